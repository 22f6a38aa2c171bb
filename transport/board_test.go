package transport

import (
	"context"
	"fmt"
	"testing"
	"time"

	"nextup"
)

// going is a session at work: Johan talks with Åsa, Ola and Jane wait, Ali did not
// come, Maija is registered, Elif withdrew.
func (d *desks) going() {
	d.t.Helper()
	for i, p := range []struct{ name, lang, needs, phone string }{
		{"Åsa Öberg", "sv", "", "070-123 45 67"}, {"Ola Nordmann", "nb", "Tegnspråktolk", ""}, {"Jane Okafor", "en", "", ""},
		{"Ali Hassan", "sv", "", ""}, {"Maija Niemelä", "en", "", ""}, {"Elif Yılmaz", "sv", "", ""},
	} {
		id := nextup.CandidateID(fmt.Sprint("CANDIDATE", i+1))
		o := nextup.Order{
			ID: newCommand(), By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: id},
			People: []nextup.Person{{ID: id.Person(), Role: nextup.RoleCandidate, Name: p.name, Email: fmt.Sprintf("c%d@example.test", i+1), Language: p.lang, Phone: p.phone}},
		}
		if p.needs != "" {
			o.Texts = []nextup.Text{{ID: nextup.NeedsText(id), Body: p.needs}}
		}
		if _, err := d.Do(context.Background(), d.session, o); err != nil {
			d.t.Fatal(err)
		}
	}
	for _, id := range []string{"CANDIDATE1", "CANDIDATE2", "CANDIDATE3", "CANDIDATE4"} {
		d.must(d.session, as(nextup.RoleCandidate, id), nextup.CheckIn{Device: nextup.DeviceID("device" + id)})
		d.seen(nextup.PersonID(id), nextup.Seen{Connected: true, Visible: true, Checked: true, Since: time.Now()})
	}
	d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE6"), nextup.Withdraw{})
	d.seen("INTERVIEWER1", nextup.Seen{Connected: true, Visible: true, Since: time.Now()})
	d.must(d.session, as(nextup.RoleInterviewer, "INTERVIEWER1"), nextup.Enter{Device: "deviceI1"})
	d.must(d.session, as(nextup.RoleInterviewer, "INTERVIEWER1"), nextup.Next{})
	w, _ := d.state().Interviewer("INTERVIEWER1")
	d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE1"), nextup.Acknowledge{Offer: w.Offer.ID})
	d.must(d.session, nextup.TheClock, nextup.Tick{})
}

func as(role nextup.Role, id string) nextup.Actor { return nextup.Actor{Role: role, ID: id} }

// seen says how somebody's connection stands.
func (d *desks) seen(p nextup.PersonID, s nextup.Seen) {
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	d.sessions[d.session].presence[p] = s
}

// noShow makes a candidate one who did not come, as the clock does.
func (d *desks) noShow(id nextup.CandidateID) {
	d.t.Helper()
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	s := d.sessions[d.session]
	s.state = nextup.Evolve(s.state, nextup.Recorded{Version: s.state.Version + 1, At: time.Now(), By: nextup.TheClock, Event: nextup.NoShow{Candidate: id}})
}

var _ = testing.Short
