package media_test

import (
	"testing"
	"time"
)

// Two people of a talk see and hear each other; a third sees nothing; before
// Show and after Clear nobody does.
func TestWhoSeesWhom(t *testing.T) {
	s := start(t, nil)
	c := clips(t)
	a := join(t, s, "a", c[0], nil)
	b := join(t, s, "b", c[1], nil)
	third := join(t, s, "x", c[2], nil)
	a.Attach()
	b.Attach()
	third.Attach()
	s.Prepare(session, 1, "a", "b")
	time.Sleep(500 * time.Millisecond)
	for name, p := range map[string]interface{ got() int }{"a": count{a}, "b": count{b}, "x": count{third}} {
		if n := p.got(); n != 0 {
			t.Errorf("%s got %d packets before Show", name, n)
		}
	}
	s.Show(session, 1, "a", "b")
	eventually(t, "a sees b", func() bool { return a.Slot(0).Video.Clips["ola-nordmann"] > 20 && a.Slot(0).Audio.Clips["ola-nordmann"] > 20 })
	eventually(t, "b sees a", func() bool { return b.Slot(0).Video.Clips["asa-oberg"] > 20 && b.Slot(0).Audio.Clips["asa-oberg"] > 20 })
	s.Show(session, 1, "a", "b") // again: nothing changes
	s.Clear(session, 1)
	time.Sleep(20 * time.Millisecond) // what was on its way
	before := [2]int{count{a}.got(), count{b}.got()}
	time.Sleep(500 * time.Millisecond)
	if after := [2]int{count{a}.got(), count{b}.got()}; after != before {
		t.Errorf("packets after Clear: %v, then %v", before, after)
	}
	if n := (count{third}).got(); n != 0 {
		t.Errorf("a stranger got %d packets", n)
	}
	for name, st := range map[string]interface{ String() string }{} {
		t.Log(name, st)
	}
	for _, p := range []count{{a}, {b}} {
		v := p.Slot(0)
		t.Logf("%+v", v)
		if v.Video.Unknown+v.Audio.Unknown > 0 || len(v.Video.Clips) != 1 || v.Video.Gaps+v.Video.Backwards > 0 {
			t.Errorf("not clean: %+v", v)
		}
	}
}
