package nextup

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var rewrite = flag.Bool("rewrite", false, "write what the scenarios print now into testdata/*.txt")

// TestScenario plays testdata/*.txt. A file is a row of steps: lines of script, a
// line "----", and what they print, up to an empty line. Lines with # are for the reader.
//
//	session ina ola [countdown=0s talk=10m length=60m pause=0s order=check_in round=r]   people who interview; already entered
//	book bob 13:20       the round's: a time is chosen; release bob, arrange 12:30 2h 20m, drop
//	lobby bob cia        register, check in, ready; the clock goes to the start
//	ina next [3]         Next, after the latest or the given offer; so take, skip, end ...
//	bob ack [3]          Acknowledge the latest or the given offer; so answer, hold ...
//	disconnect bob       also connect, hide, show
//	after 5s             time passes, timers fire; so until 13:15
//	restart              only the events are left
//	queue, look bob, talks, summary, deadline   print
func TestScenario(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(text))
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(text); got != want {
				t.Errorf("%s prints something else; look at it, then go test -run TestScenario -rewrite\n%s", file, differ(want, got))
			}
		})
	}
}

// differ shows the first line that is not the same, with its neighbours.
func differ(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			cut := func(l []string) string { return strings.Join(l[min(max(0, i-4), len(l)):min(i+4, len(l))], "\n") }
			return fmt.Sprintf("line %d\nwant:\n%s\n\ngot:\n%s", i+1, cut(a), cut(b))
		}
	}
	return ""
}

func play(t *testing.T, text string) string {
	var out strings.Builder
	w := &world{}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	steps := 0
	for i := 0; i < len(lines); {
		var script []string
		for ; i < len(lines) && lines[i] != "----"; i++ {
			out.WriteString(lines[i] + "\n")
			if l := strings.TrimSpace(lines[i]); l != "" && !strings.HasPrefix(l, "#") {
				script = append(script, l)
			}
		}
		if len(script) == 0 {
			break
		}
		if i >= len(lines) {
			t.Fatalf("no ---- after %q", script[len(script)-1])
		}
		for i++; i < len(lines) && lines[i] != ""; i++ { // what it printed last time
		}
		out.WriteString("----\n")
		for _, line := range script {
			out.WriteString(w.line(t, line))
		}
		steps++
	}
	if steps == 0 {
		t.Fatal("an empty scenario")
	}
	return out.String()
}

// line does one line of script and returns what it prints.
func (w *world) line(t *testing.T, line string) string {
	t.Helper()
	f := strings.Fields(line)
	said := func(kept []Recorded) (text string) {
		for _, r := range kept {
			text += fmt.Sprintf("%s %s\n", clock(r.At), words(r.Event))
		}
		return text
	}
	span := func(s string) time.Duration {
		d, err := time.ParseDuration(s)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return d
	}
	switch f[0] {
	case "session":
		s := plain()
		var people []InterviewerID
		for _, a := range f[1:] {
			switch k, v, set := strings.Cut(a, "="); {
			case !set:
				people = append(people, InterviewerID(a))
			case k == "countdown":
				s.Countdown = span(v)
			case k == "talk":
				s.Talk = span(v)
			case k == "length":
				s.Length = span(v)
			case k == "pause":
				s.Pause = span(v)
			case k == "order":
				s.Order = TurnOrder(v)
			case k == "round":
				s.Round = RoundID(v)
			default:
				t.Fatalf("%s: %s?", line, k)
			}
		}
		*w = *newWorld(t, s, people...)
		return ""
	case "lobby":
		for _, c := range f[1:] {
			c := CandidateID(c)
			w.must(t, visitor, Register{c})
			w.connect(c.Person())
			w.must(t, candidate(c), CheckIn{"phone"})
			w.now = w.now.Add(time.Second)
		}
		w.now = start
		for _, c := range f[1:] {
			w.must(t, candidate(CandidateID(c)), Confirm{})
		}
		return w.line(t, "queue")
	case "connect":
		return said(w.connect(PersonID(f[1])))
	case "disconnect":
		w.disconnect(PersonID(f[1]))
		return ""
	case "hide", "show":
		seen := w.presence[PersonID(f[1])]
		seen.Visible = f[0] == "show"
		w.presence[PersonID(f[1])] = seen
		return ""
	case "after":
		text := said(w.pass(span(f[1])))
		return text + "it is " + clock(w.now) + "\n"
	case "until":
		text := said(w.pass(moment(t, f[1]).Sub(w.now)))
		return text + "it is " + clock(w.now) + "\n"
	case "tick":
		kept, _ := w.do(TheClock, Tick{})
		return said(kept)
	case "restart":
		again := Evolve(Session{}, w.log...)
		same := "the same state"
		if !reflect.DeepEqual(again, w.state) {
			same = "ANOTHER STATE"
		}
		w.state, w.met = again, map[PersonID]bool{}
		for id := range w.presence {
			w.presence[id] = Seen{Since: w.now}
		}
		return same + " from " + strconv.Itoa(len(w.log)) + " events\n"
	case "queue", "talks", "summary", "deadline", "look":
		return w.print(t, f)
	}
	by, c := w.command(t, line, f)
	kept, err := w.do(by, c)
	if err != nil {
		var refusal *Error
		if !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		return fmt.Sprintf("refused: %s\n", refusal.Code)
	}
	if len(kept) == 0 {
		return "nothing new\n"
	}
	return said(kept)
}

// command reads "who verb ...".
func (w *world) command(t *testing.T, line string, f []string) (Actor, Command) {
	t.Helper()
	if len(f) < 2 && f[0] != "drop" {
		t.Fatalf("%q?", line)
	}
	arg := func(n int) string {
		if n < len(f) {
			return f[n]
		}
		return ""
	}
	number := func(latest OfferID) OfferID {
		if n, err := strconv.Atoi(arg(2)); err == nil {
			return OfferID(n)
		}
		return latest
	}
	span := func() time.Duration {
		d, err := time.ParseDuration(arg(2))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return d
	}
	switch f[0] {
	case "book":
		return TheClock, Book{CandidateID(f[1]), moment(t, f[2])}
	case "release":
		return TheClock, Release{CandidateID(f[1])}
	case "drop":
		return TheClock, Drop{}
	case "arrange":
		c := Arrange{Start: moment(t, f[1]), Places: 10}
		c.Length, _ = time.ParseDuration(arg(2))
		c.Talk, _ = time.ParseDuration(arg(3))
		return TheClock, c
	}
	if f[0] == "recruiter" {
		var ids []InterviewerID
		for _, i := range w.state.Interviewers {
			if !i.Removed && (f[1] != "remove" || string(i.ID) != arg(2)) {
				ids = append(ids, i.ID)
			}
		}
		switch f[1] {
		case "close":
			return recruiter, Close{}
		case "cancel":
			return recruiter, Cancel{}
		case "reopen":
			return recruiter, Reopen{w.now.Add(span())}
		case "reinstate":
			return recruiter, Reinstate{CandidateID(arg(2))}
		case "erase":
			return recruiter, EraseCandidate{CandidateID(arg(2))}
		case "remove":
			return recruiter, Configure{Settings: w.state.Settings, Interviewers: ids}
		case "add":
			return recruiter, Configure{Settings: w.state.Settings, Interviewers: append(ids, InterviewerID(arg(2)))}
		case "start":
			s := w.state.Settings
			s.Start = s.Start.Add(span())
			return recruiter, Configure{Settings: s, Interviewers: ids}
		}
	}
	if i, ok := w.state.Interviewer(InterviewerID(f[0])); ok {
		by, who := interviewer(i.ID), CandidateID(arg(2))
		switch f[1] {
		case "next":
			return by, Next{After: number(i.Last)}
		case "end+next":
			return by, Next{After: i.Last, EndTalk: true}
		case "take":
			return by, Take{After: i.Last, Candidate: who, Reason: Reason{Preset: Preset(arg(3))}}
		case "skip":
			return by, Skip{Candidate: who, ToEnd: arg(3) == "end", Reason: Reason{Preset: Preset(arg(4))}}
		case "undo":
			return by, UndoSkip{who}
		case "correct":
			return by, CorrectNoShow{who}
		case "calloff":
			return by, CallOff{number(i.Last)}
		case "extend":
			return by, Extend{i.Talk, span()}
		case "end":
			return by, End{Offer: number(i.Talk)}
		case "endall":
			return by, End{Offer: i.Talk, All: true}
		case "submit":
			return by, Submit{number(i.WriteUp)}
		case "recuse":
			return by, Recuse{who, Reason{Preset: Preset(arg(3))}}
		case "hand":
			return by, HandOver{i.Talk, InterviewerID(arg(2)), TextID(arg(3))}
		case "decline":
			return by, DeclineHandOver{who}
		case "ask":
			return by, InvitePanel{i.Talk, InterviewerID(arg(2))}
		case "join":
			return by, JoinPanel{number(w.asked(i.ID))}
		case "refuse":
			return by, DeclinePanel{number(w.asked(i.ID))}
		case "pause":
			return by, Pause{}
		case "unpause":
			return by, Unpause{}
		case "enter":
			return by, Enter{DeviceID(arg(2))}
		}
	}
	c := w.state.Candidates[CandidateID(f[0])]
	by := candidate(CandidateID(f[0]))
	switch f[1] {
	case "register":
		return visitor, Register{CandidateID(f[0])}
	case "checkin":
		return by, CheckIn{DeviceID(arg(2))}
	case "continue":
		return by, Continue{DeviceID(arg(2))}
	case "confirm":
		return by, Confirm{}
	case "hold":
		return by, Hold{}
	case "resume":
		return by, Resume{}
	case "ack":
		return by, Acknowledge{number(c.Offer)}
	case "callme":
		return by, CallMe{number(c.Offer)}
	case "answer":
		return by, Answer{number(c.Offer)}
	case "withdraw":
		return by, Withdraw{}
	case "leave":
		return by, Leave{number(c.Offer)}
	case "requeue":
		return by, Requeue{number(c.Offer)}
	case "respond":
		return by, Respond{Interest(arg(2))}
	}
	t.Fatalf("%q?", line)
	return Actor{}, nil
}

// moment is a time of day in UTC, on the day of the tests.
func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return start.Truncate(24 * time.Hour).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
}

// asked is the first talk that an interviewer is asked to join.
func (w *world) asked(id InterviewerID) OfferID {
	for _, t := range w.state.Talks {
		if slices.Contains(t.Invited, id) {
			return t.Offer
		}
	}
	return 0
}

// print says in words what there is to see.
func (w *world) print(t *testing.T, f []string) string {
	var out strings.Builder
	snap := Snapshot{ID: "s", State: w.state, Presence: w.presence, Now: w.now}
	left := func(ms int64) string { return (time.Duration(ms) * time.Millisecond).String() }
	switch f[0] {
	case "deadline":
		return "deadline " + clock(Deadline(w.state, w.presence)) + "\n"
	case "queue":
		v := snap.ViewOfInterviewer("", "")
		var queue []string
		for _, r := range v.Queue {
			text := string(r.State)
			if r.Booked != "" {
				text += ", time " + clock(w.state.Candidates[r.ID].Booked)
			}
			if r.Promised {
				text += ", has come"
			}
			queue = append(queue, fmt.Sprintf("%s (%s)", r.ID, text))
		}
		fmt.Fprintf(&out, "%s; waiting: %s\n", w.state.Phase, strings.Join(queue, ", "))
		for _, id := range w.state.Registered {
			if st := w.status(id); st != StatusWaiting {
				fmt.Fprintf(&out, "%s: %s\n", id, st)
			}
		}
	case "talks":
		for _, talk := range w.state.Talks {
			end := "runs until " + clock(talk.EndsAt)
			if !talk.Ended.IsZero() {
				end = "ended " + clock(talk.Ended) + " by " + string(talk.EndedBy)
			}
			panel := ""
			for _, p := range talk.Panel {
				panel += " and " + string(p)
			}
			fmt.Fprintf(&out, "%s%s with %s from %s, %s\n", talk.Interviewer, panel, talk.Candidate, clock(talk.Started), end)
		}
	case "summary":
		sum := Summarise(w.state, nil, recruiter)
		fmt.Fprintf(&out, "complete: %v, interviews: %d\n", sum.Complete, sum.Interviews)
		for _, r := range sum.Talks {
			fmt.Fprintf(&out, "%s with %s: %s, waited %s\n", r.Interviewer, r.Candidate, r.Length, r.Waited)
		}
		for _, r := range sum.Missing {
			fmt.Fprintf(&out, "%s: %s\n", r.Candidate, r.Status)
		}
		for _, d := range sum.Deviations {
			fmt.Fprintf(&out, "%s %s %s %s\n", clock(d.At), d.Kind, d.Candidate, d.Reason.Preset)
		}
	case "look":
		if i, ok := w.state.Interviewer(InterviewerID(f[1])); ok {
			v := snap.ViewOfInterviewer(i.ID, i.Device)
			fmt.Fprintf(&out, "%s sees: %s %s", i.ID, v.You.State, v.You.Stage)
			if v.You.Candidate != nil {
				fmt.Fprintf(&out, " %s, %s left, lost %s", v.You.Candidate.ID, left(v.You.Left), left(v.You.Lost))
			}
			if v.Removed {
				out.WriteString(" (removed)")
			}
			for _, m := range v.You.Panel {
				fmt.Fprintf(&out, ", with %s", m.ID)
				if m.Lead {
					out.WriteString(" leading")
				}
			}
			for _, r := range v.Queue {
				if r.For != nil && r.For.ID == i.ID {
					fmt.Fprintf(&out, "; %s waits for you, from %s", r.ID, w.state.Candidates[r.ID].From)
				}
			}
			for _, a := range v.Invites {
				fmt.Fprintf(&out, "; asked to join %d", a.Offer)
			}
			for _, r := range v.Told {
				fmt.Fprintf(&out, "; %s came back: %s", r.Candidate, r.Why)
			}
			fmt.Fprintf(&out, "; next up: %s\n", v.NextUp)
			return out.String()
		}
		id := CandidateID(f[1])
		device := w.state.Candidates[id].Device
		if len(f) > 2 {
			device = DeviceID(f[2])
		}
		v := snap.ViewOfCandidate(id, device)
		fmt.Fprintf(&out, "%s sees: %s", id, v.Moment)
		switch v.Moment {
		case MomentWaiting:
			fmt.Fprintf(&out, ", %d before", v.Before)
			if v.Booked != "" {
				fmt.Fprintf(&out, ", his time in %s", left(v.Due))
			}
			if v.Late {
				out.WriteString(", late for it")
			}
			if c := w.state.Candidates[id]; c.For != "" {
				fmt.Fprintf(&out, ", for %s", c.For)
			}
			for _, flag := range []struct {
				on   bool
				name string
			}{{v.OnHold, "on hold"}, {v.Missed, "missed"}, {v.StillYou, "still there?"}} {
				if flag.on {
					out.WriteString(", " + flag.name)
				}
			}
		case MomentCalled, MomentCountdown, MomentTalk, MomentAdmitted:
			fmt.Fprintf(&out, ", offer %d, %s left", v.Offer, left(v.Left))
			if v.Lost > 0 {
				fmt.Fprintf(&out, ", interviewer gone for %s", left(v.Lost))
			}
		}
		out.WriteString("\n")
	default:
		t.Fatal(f)
	}
	return out.String()
}
