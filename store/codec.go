package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"nextup"
)

// Events are stored under names of their own, so that a Go type can be renamed
// without touching what is on the disk. The number after the slash is the
// payload's form. To change a payload's meaning: add the new form with the next
// number, and keep the old name decoding into what it means today. A field that is
// left out while empty may be added: what was written before reads as it did.
// testdata/events.golden shows every name with its payload.
var forms = []form{
	stored[nextup.Created]("session.created/1"),
	stored[nextup.Changed]("session.changed/1"),
	stored[nextup.Published]("session.published/1"),
	stored[nextup.Cancelled]("session.cancelled/1"),
	stored[nextup.Closed]("session.closed/1"),
	stored[nextup.Reopened]("session.reopened/1"),
	stored[nextup.Archived]("session.archived/1"),
	stored[nextup.Unarchived]("session.unarchived/1"),
	stored[nextup.Removed]("session.removed/1"),
	stored[nextup.Transferred]("session.transferred/1"),
	stored[nextup.Announced]("session.announced/1"),
	stored[nextup.Invited]("session.invited/1"),
	stored[nextup.Reminded]("session.reminded/1"),

	stored[nextup.InterviewerAdded]("interviewer.added/1"),
	stored[nextup.InterviewerRemoved]("interviewer.removed/1"),
	stored[nextup.InvitationRepeated]("interviewer.invitation_repeated/1"),
	stored[nextup.LinkRenewed]("interviewer.link_renewed/1"),
	stored[nextup.PINRefused]("interviewer.pin_refused/1"),
	stored[nextup.PINAccepted]("interviewer.pin_accepted/1"),
	stored[nextup.Entered]("interviewer.entered/1"),
	stored[nextup.Paused]("interviewer.paused/1"),
	stored[nextup.Unpaused]("interviewer.unpaused/1"),
	stored[nextup.SummaryGranted]("interviewer.summary_granted/1"),
	stored[nextup.SummaryRevoked]("interviewer.summary_revoked/1"),
	stored[nextup.Recused]("interviewer.recused/1"),

	stored[nextup.Registered]("candidate.registered/1"),
	stored[nextup.RegistrationRepeated]("candidate.registration_repeated/1"),
	stored[nextup.Withdrawn]("candidate.withdrawn/1"),
	stored[nextup.Responded]("candidate.responded/1"),
	stored[nextup.Tested]("candidate.tested/1"),
	stored[nextup.Corrected]("candidate.corrected/1"),
	stored[nextup.Erased]("candidate.erased/1"),
	stored[nextup.Linked]("candidate.linked/1"),

	stored[nextup.CheckedIn]("queue.checked_in/1"),
	stored[nextup.Booked]("queue.booked/1"),
	stored[nextup.Promised]("queue.promised/1"),
	stored[nextup.Continued]("queue.continued/1"),
	stored[nextup.Confirmed]("queue.confirmed/1"),
	stored[nextup.Held]("queue.held/1"),
	stored[nextup.Resumed]("queue.resumed/1"),
	stored[nextup.Skipped]("queue.skipped/1"),
	stored[nextup.SkipUndone]("queue.skip_undone/1"),
	stored[nextup.Called]("queue.called/1"),
	stored[nextup.Missed]("queue.missed/1"),
	stored[nextup.NoShow]("queue.no_show/1"),
	stored[nextup.NoShowCorrected]("queue.no_show_corrected/1"),
	stored[nextup.CalledOff]("queue.called_off/1"),
	stored[nextup.Admitted]("queue.admitted/1"),
	stored[nextup.Acknowledged]("queue.acknowledged/1"),
	stored[nextup.Lapsed]("queue.lapsed/1"),

	stored[nextup.TalkStarted]("talk.started/1"),
	stored[nextup.TalkExtended]("talk.extended/1"),
	stored[nextup.TalkResumed]("talk.resumed/1"),
	stored[nextup.TalkEnded]("talk.ended/1"),
	stored[nextup.TalkAbandoned]("talk.abandoned/1"),
	stored[nextup.WrittenUp]("talk.written_up/1"),
	stored[nextup.HandedOver]("talk.handed_over/1"),
	stored[nextup.HandOverDeclined]("talk.hand_over_declined/1"),
	stored[nextup.HandOverLapsed]("talk.hand_over_lapsed/1"),
	stored[nextup.PanelInvited]("talk.panel_invited/1"),
	stored[nextup.PanelDeclined]("talk.panel_declined/1"),
	stored[nextup.PanelJoined]("talk.panel_joined/1"),
	stored[nextup.PanelLeft]("talk.panel_left/1"),
	stored[nextup.TalkMeasured]("talk.measured/1"),
}

// form ties a stored name to the Go type it is read into.
type form struct {
	name   string
	event  reflect.Type
	decode func([]byte) (nextup.Event, error)
}

func stored[E nextup.Event](name string) form {
	return form{
		name:  name,
		event: reflect.TypeFor[E](),
		decode: func(payload []byte) (nextup.Event, error) {
			var e E
			err := strict(payload, &e)
			return e, err
		},
	}
}

var (
	byName = index(func(f form) string { return f.name })
	byType = index(func(f form) reflect.Type { return f.event })
)

func index[K comparable](key func(form) K) map[K]form {
	m := make(map[K]form, len(forms))
	for _, f := range forms {
		if _, twice := m[key(f)]; twice {
			panic(fmt.Sprintf("store: %v is in forms twice", key(f)))
		}
		m[key(f)] = f
	}
	return m
}

// Names are the stored names of all events, each with an empty event of its type.
func Names() map[string]nextup.Event {
	all := make(map[string]nextup.Event, len(forms))
	for _, f := range forms {
		all[f.name] = reflect.Zero(f.event).Interface().(nextup.Event)
	}
	return all
}

// encode is the stored name and payload of an event.
func encode(e nextup.Event) (name string, payload []byte, err error) {
	f, ok := byType[reflect.TypeOf(e)]
	if !ok {
		return "", nil, fmt.Errorf("store: %T has no stored name", e)
	}
	if payload, err = json.Marshal(e); err != nil {
		return "", nil, fmt.Errorf("store: %s: %w", f.name, err)
	}
	return f.name, payload, nil
}

// decode reads an event back. An unknown name or field is an error: an event
// that is not understood cannot be left out without changing everything after it.
func decode(name string, payload []byte) (nextup.Event, error) {
	f, ok := byName[name]
	if !ok {
		return nil, fmt.Errorf("store: unknown event %q; was it written by a newer nextup?", name)
	}
	e, err := f.decode(payload)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", name, err)
	}
	return e, nil
}

// strict is json.Unmarshal that refuses fields it would have to forget.
func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the payload")
	}
	return nil
}
