package transport

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/transport/mail"
)

func base64Reader(r io.Reader) io.Reader { return base64.NewDecoder(base64.StdEncoding, r) }

// Which letters are still true when they are sent.
func TestWantedOfRound(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	board := func(change ...func(*nextup.Job, *nextup.RoundBoard, *nextup.Applicant, *nextup.Entry)) (nextup.Job, nextup.RoundBoard, nextup.Applicant) {
		j := nextup.Job{}
		a := nextup.Applicant{ID: "A"}
		rb := nextup.RoundBoard{
			Round: nextup.Round{CutOff: 24 * time.Hour},
			Slots: []nextup.Slot{
				{ID: "past", Start: now.Add(-2 * time.Hour), Length: time.Hour, Seats: 1},
				{ID: "near", Start: now.Add(2 * time.Hour), Length: time.Hour, Seats: 1},
				{ID: "far", Start: now.Add(48 * time.Hour), Length: time.Hour, Seats: 1},
			},
		}
		e := nextup.Entry{Applicant: "A", Invited: now}
		for _, f := range change {
			f(&j, &rb, &a, &e)
		}
		rb.Entries = append(rb.Entries, e)
		return j, rb, a
	}
	type setting = func(*nextup.Job, *nextup.RoundBoard, *nextup.Applicant, *nextup.Entry)
	has := func(slot, was nextup.SlotID) setting {
		return func(_ *nextup.Job, _ *nextup.RoundBoard, _ *nextup.Applicant, e *nextup.Entry) {
			e.Booking = nextup.Booking{UID: "U", Slot: slot, Was: was}
		}
	}
	removed := func(_ *nextup.Job, _ *nextup.RoundBoard, a *nextup.Applicant, _ *nextup.Entry) { a.Removed = now }
	closed := func(_ *nextup.Job, rb *nextup.RoundBoard, _ *nextup.Applicant, _ *nextup.Entry) {
		rb.Round.Closed = now
	}
	away := func(j *nextup.Job, _ *nextup.RoundBoard, _ *nextup.Applicant, _ *nextup.Entry) { j.Closed = now }
	late := func(_ *nextup.Job, rb *nextup.RoundBoard, _ *nextup.Applicant, _ *nextup.Entry) {
		rb.Slots = rb.Slots[:2]
	}
	left := func(_ *nextup.Job, rb *nextup.RoundBoard, _ *nextup.Applicant, e *nextup.Entry) {
		rb.Left = append(rb.Left, *e)
		e.Applicant = "somebody else"
	}
	for _, c := range []struct {
		name   string
		kind   nextup.MailKind
		state  []setting
		wanted bool
	}{
		{"asked, nothing chosen", nextup.MailChoose, nil, true},
		{"asked again", nextup.MailChooseAgain, nil, true},
		{"asked, chosen since", nextup.MailChoose, []setting{has("far", "")}, false},
		{"asked, cancelled since", nextup.MailChooseAgain, []setting{has("", "far")}, true},
		{"asked, removed since", nextup.MailChoose, []setting{removed}, false},
		{"asked, left since", nextup.MailChoose, []setting{left}, false},
		{"asked, round closed since", nextup.MailChooseAgain, []setting{closed}, false},
		{"asked, job put away since", nextup.MailChoose, []setting{away}, false},
		{"asked, all times over", nextup.MailChoose, []setting{late}, false},
		{"booked", nextup.MailBooked, []setting{has("far", "")}, true},
		{"booked, moved since", nextup.MailBooked, []setting{has("near", "far")}, true},
		{"booked, cancelled since", nextup.MailBooked, []setting{has("", "far")}, false},
		{"booked, over", nextup.MailBooked, []setting{has("past", "")}, false},
		{"booked, round closed since", nextup.MailBooked, []setting{has("far", ""), closed}, true},
		{"moved", nextup.MailMoved, []setting{has("far", "near")}, true},
		{"moved, cancelled since", nextup.MailMoved, []setting{has("", "far")}, false},
		{"cancelled", nextup.MailUnbooked, []setting{has("", "far")}, true},
		{"cancelled, chosen again since", nextup.MailUnbooked, []setting{has("near", "far")}, false},
		{"cancelled, removed", nextup.MailUnbooked, []setting{has("", "far"), removed}, true},
		{"cancelled, left", nextup.MailUnbooked, []setting{has("", "far"), left}, true},
		{"cancelled, over", nextup.MailUnbooked, []setting{has("", "past")}, false},
		{"never had one", nextup.MailUnbooked, nil, false},
		{"a letter of a session", nextup.MailConfirmation, nil, false},
	} {
		j, rb, a := board(c.state...)
		if got := wantedOfRound(j, rb, a, c.kind, now); got != c.wanted {
			t.Errorf("%s: %v, want %v", c.name, got, c.wanted)
		}
	}
}

// What a letter says is what is so when it is sent, and nobody is written to any more
// who was erased.
func TestRoundLettersSayWhatIsSo(t *testing.T) {
	t.Parallel()
	x := newRecruitment(t)
	job, round, who, slots := x.invited(2)
	letters := x.server.RoundLetters()
	letter := func(id nextup.ApplicantID, kind nextup.MailKind) (mail.Letter, error) {
		return letters.Letter(t.Context(), nextup.SessionID(round), nextup.Mail{Kind: kind, Person: nextup.PersonID(id)})
	}
	text := func(l mail.Letter, err error) string {
		t.Helper()
		x.ok(err)
		w, err := l.Compose()
		x.ok(err)
		return w.Text
	}
	outdated := func(_ mail.Letter, err error) {
		t.Helper()
		if !errors.Is(err, mail.ErrOutdated) {
			t.Errorf("got %v, want %v", err, mail.ErrOutdated)
		}
	}
	outdated(letter(who[0], nextup.MailBooked))
	x.booked(round, who[0], slots[0].ID)
	words := text(letter(who[0], nextup.MailBooked))
	if !strings.Contains(words, "09:00 to 09:45") || !strings.Contains(words, "choose another time or cancel, until") || !strings.Contains(words, "Interview round 1") {
		t.Errorf("S0-17:\n%s", words)
	}
	x.ok(x.db.CloseRound(t.Context(), round, time.Now()))
	if words = text(letter(who[0], nextup.MailBooked)); strings.Contains(words, "another time") || !strings.Contains(words, "you can cancel, until") {
		t.Errorf("a closed round:\n%s", words)
	}
	x.ok(x.db.CloseRound(t.Context(), round, time.Time{}))

	t.Run("S0-21 a recruiter cancels, and there are other times", func(t *testing.T) {
		_, err := x.db.Unbook(t.Context(), nextup.Claim{Round: round, Applicant: who[0], From: slots[0].ID, By: nextup.RoleRecruiter, At: time.Now(), Notify: true})
		x.ok(err)
		outdated(letter(who[0], nextup.MailBooked))
		words := text(letter(who[0], nextup.MailUnbooked))
		if !strings.Contains(words, "Maria Lindqvist at Malmö stad has cancelled your interview") || !strings.Contains(words, "There are other times") {
			t.Errorf("%s", words)
		}
		for i, s := range slots[1:] { // until none is left but the one he had
			x.booked(round, who[1], s.ID)
			if i == len(slots)-2 {
				break
			}
		}
		x.plan(round, 1, x.dayOf(0, video, 9), x.dayOf(1, room, 14))
		if words = text(letter(who[0], nextup.MailUnbooked)); strings.Contains(words, "There are other times") {
			t.Errorf("no other time is free:\n%s", words)
		}
	})
	t.Run("S0-14 the preview is the letter", func(t *testing.T) { // the words as they are: what is kept has been filled in
		b := x.boardOf(round)
		rb, _ := b.Round(round)
		a, _ := b.Applicant(who[0])
		m := nextup.Message{Round: round, Applicant: who[0], Kind: nextup.MailChoose, Subject: "Hello Applicant 1", Body: "About {job}: <b>hi</b>", Language: "nb"}
		seen, err := x.server.previewRound(t.Context(), b, rb, a, m)
		x.ok(err)
		if seen.Subject != "Hello Applicant 1" || !strings.HasPrefix(seen.Text, "About {job}: <b>hi</b>\n") || !strings.Contains(seen.Text, "Velg") && !strings.Contains(seen.Text, "tidene") {
			t.Errorf("%q\n%s", seen.Subject, seen.Text)
		}
		m.ID, m.At, m.By = nextup.MessageID(NewID()), time.Now(), x.maria.ID
		x.ok(x.db.Send(t.Context(), []nextup.Message{m}))
		l, err := letters.Letter(t.Context(), nextup.SessionID(round), nextup.Mail{Kind: m.Kind, Person: nextup.PersonID(who[0]), Text: nextup.TextID(m.ID)})
		if sent := text(l, err); sent != seen.Text {
			t.Errorf("seen:\n%s\nsent:\n%s", seen.Text, sent)
		}
		if _, err := x.server.previewRound(t.Context(), b, rb, a, nextup.Message{Kind: nextup.MailChoose, Language: "sv"}); err != nil {
			t.Errorf("nothing written yet: %v", err)
		}
	})
	t.Run("erased", func(t *testing.T) {
		x.ok(x.db.EraseApplicant(t.Context(), who[1], time.Now()))
		for _, kind := range []nextup.MailKind{nextup.MailChoose, nextup.MailBooked, nextup.MailUnbooked} {
			outdated(letter(who[1], kind))
		}
		outdated(letter(nextup.ApplicantID(NewID()), nextup.MailBooked))
		g := x.get(x.browser(), pathOf(x.server.links.Applicant(who[1]))+"/"+string(round)+"/calendar.ics")
		if g.StatusCode != 404 {
			t.Errorf("the file of somebody erased: %d", g.StatusCode)
		}
	})
	_ = job
}
