package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"nextup"
)

// The ways into the lobby of an interview by video stand on the page from joinBefore
// its time, until joinAfter its end: queues are early and late.
const (
	joinBefore = 30 * time.Minute
	joinAfter  = 4 * time.Hour
)

// personalView is what personal.html shows.
type personalView struct {
	Here         string // the page's path
	Page         string // the same with the round
	Step         string // the same with a question mark, for the steps before something is done
	State        string // which of the page's faces: see stateOf
	Title        string // the job's
	Organisation string
	FirstName    string
	Email        string
	Zone         string
	City         string
	Round        nextup.Round
	Join         string // path into the lobby
	Calendar     string // path of the calendar file
	Days         []personalDay
	Length       time.Duration // of the interviews, if all are equally long
	Own          *personalTime // his time
	Lost         *personalTime // the time that was his
	Lobby        bool          // the way into the lobby is open
	Until        time.Time     // he may change and cancel until then
	MayChoose    bool
	MayChange    bool // there is something else to choose
	MayCancel    bool
	NoneFits     bool
	Unopened     bool // nobody has told the recruiter yet that he was here
	Notice       personalNotice
	Message      *personalMessage // the latest
	Earlier      []personalMessage
	Others       []personalOther // his other rounds
	Contact      string          // the job's own words on whom to ask; may be empty
	Host         string          // the recruiter
	HostMail     string
	Sent         bool   // a letter tells him his time
	Kept         bool   // something is stored of him
	Tag          string // changes with anything but the free times
}

// personalDay is a day with its times.
type personalDay struct {
	At      time.Time // somewhen that day
	Date    string
	Video   bool
	Address string
	Times   []personalTime
}

// personalTime is one time in the job's zone.
type personalTime struct {
	ID      nextup.SlotID
	Start   time.Time
	End     time.Time
	From    string // "10:00"
	To      string
	Own     bool // it is his already
	Checked bool
	Video   bool
	Address string
}

// personalMessage is what the recruiter wrote.
type personalMessage struct {
	Subject  string
	Body     string
	Language string
	At       time.Time
}

// personalOther leads to another round of his.
type personalOther struct {
	Href  string
	Round nextup.Round
	At    time.Time // of his time in it; zero: none
}

// personalNotice is one sentence on what has just happened. The zero value says nothing.
type personalNotice struct {
	Key  string // personal.notice.KEY and personal.notice.KEY.text
	Tone string // "ok", "wait" or "bad"
	Icon string
	At   time.Time // of the time it is about; zero: none
}

// stateOf is which face the page has.
func stateOf(v nextup.ApplicantView, c nextup.Choice, ask string) string {
	switch {
	case v.Standing != nextup.LinkHere:
		return string(v.Standing)
	case c.Moment == nextup.ChoiceBooked && ask == "change" && c.MayChoose && len(c.Days) > 0:
		return "change"
	case c.Moment == nextup.ChoiceBooked && ask == "cancel" && c.MayCancel:
		return "cancel"
	}
	return string(c.Moment)
}

// newPersonal makes the page of what an applicant may know.
func (s *Server) newPersonal(ctx context.Context, v nextup.ApplicantView, p personalPage) (personalView, error) {
	here := "/p/" + s.links.applicant(v.Applicant.ID)
	c, _ := chosenRound(v, p.Round)
	now := s.Now()
	x := personalView{
		Here: here, Page: here, State: stateOf(v, c, p.Ask), Title: v.Job.Title, FirstName: firstName(v.Applicant.Name), Email: v.Applicant.Email,
		Zone: v.Job.Zone, City: city(in(now, v.Job.Zone)), Round: c.Round, Contact: v.Job.Contact, Notice: p.Fault,
		Kept: v.Standing != nextup.LinkErased && v.Standing != nextup.LinkOver,
	}
	if err := s.askWhom(ctx, v.Job, &x); err != nil {
		return personalView{}, err
	}
	if dead(v.Standing) {
		return x, nil
	}
	s.personalRound(&x, v, c, p.Slot, now)
	if x.Notice.Key == "" {
		x.Notice = doneNotice(p.Done, x)
	}
	for i, m := range v.Messages {
		one := personalMessage{m.Subject, m.Body, m.Language, in(m.At, v.Job.Zone)}
		if i == 0 {
			x.Message = &one
		} else {
			x.Earlier = append(x.Earlier, one)
		}
	}
	for _, o := range v.Choices {
		if o.Round.ID == c.Round.ID {
			continue
		}
		other := personalOther{Href: here + "?round=" + url.QueryEscape(string(o.Round.ID)), Round: o.Round}
		if o.Own.Slot.ID != "" {
			other.At = in(o.Own.Slot.Start, v.Job.Zone)
		}
		x.Others = append(x.Others, other)
	}
	x.Tag = tagOf(x)
	return x, nil
}

// personalRound fills in what is true of the round that the page is about.
func (s *Server) personalRound(x *personalView, v nextup.ApplicantView, c nextup.Choice, wanted nextup.SlotID, now time.Time) {
	if c.Round.ID == "" {
		return
	}
	x.Page, x.Step = s.personalHere(v, c), x.Here+"?round="+url.QueryEscape(string(c.Round.ID))
	x.Sent = s.SMTP && c.By == nextup.RoleCandidate
	x.Join, x.Calendar = x.Here+"/"+string(c.Round.ID)+"/join", x.Here+"/"+string(c.Round.ID)+"/calendar.ics"
	x.MayChoose, x.MayCancel, x.NoneFits, x.Unopened = c.MayChoose, c.MayCancel, c.NoneFits, !c.Opened
	x.MayChange = c.MayChoose && len(c.Days) > 0
	zone := v.Job.Zone
	if own := c.Own.Slot; own.ID != "" {
		t := newPersonalTime(own.ID, own.Start, own.Length, zone)
		t.Own, t.Video, t.Address = true, c.Own.Place.Video, c.Own.Place.Address
		x.Own, x.Until = &t, in(c.Until, zone)
		x.Lobby = t.Video && !now.Before(own.Start.Add(-joinBefore)) && now.Before(own.End().Add(joinAfter))
	}
	if c.Lost.ID != "" && c.By == nextup.RoleRecruiter {
		t := newPersonalTime(c.Lost.ID, c.Lost.Start, c.Lost.Length, zone)
		x.Lost = &t
	}
	x.Days = personalDays(c, zone, wanted)
	if len(x.Days) > 0 && len(x.Days[0].Times) > 0 {
		first := x.Days[0].Times[0]
		x.Length = first.End.Sub(first.Start)
		for _, d := range x.Days {
			for _, t := range d.Times {
				if t.End.Sub(t.Start) != x.Length {
					x.Length = 0
				}
			}
		}
	}
}

// personalDays are the times to choose among, with his own marked between them.
func personalDays(c nextup.Choice, zone string, wanted nextup.SlotID) []personalDay {
	days := slices.Clone(c.Days)
	if own := c.Own.Slot; own.ID != "" && len(days) > 0 {
		i := slices.IndexFunc(days, func(d nextup.FreeDay) bool { return d.Date == own.Date })
		if i < 0 {
			i, _ = slices.BinarySearchFunc(days, own.Date, func(d nextup.FreeDay, date string) int {
				if d.Date < date {
					return -1
				}
				return 1
			})
			days = slices.Insert(days, i, nextup.FreeDay{Date: own.Date, Place: c.Own.Place})
		}
		times := append(slices.Clone(days[i].Times), nextup.FreeTime{Slot: own.ID, Start: own.Start, Length: own.Length})
		slices.SortStableFunc(times, func(x, y nextup.FreeTime) int { return x.Start.Compare(y.Start) })
		days[i].Times = times
	}
	var list []personalDay
	for _, d := range days {
		day := personalDay{Date: d.Date, Video: d.Place.Video, Address: d.Place.Address}
		for _, f := range d.Times {
			t := newPersonalTime(f.Slot, f.Start, f.Length, zone)
			t.Own, t.Checked = f.Slot == c.Own.Slot.ID, f.Slot == wanted
			t.Video, t.Address = day.Video, day.Address
			day.Times = append(day.Times, t)
		}
		day.At = day.Times[0].Start
		list = append(list, day)
	}
	return list
}

func newPersonalTime(id nextup.SlotID, start time.Time, length time.Duration, zone string) personalTime {
	from, to := in(start, zone), in(start.Add(length), zone)
	return personalTime{ID: id, Start: from, End: to, From: from.Format("15:04"), To: to.Format("15:04")}
}

// askWhom finds whom an applicant can ask.
func (s *Server) askWhom(ctx context.Context, j nextup.Job, x *personalView) error {
	var err error
	if x.Organisation, err = s.Store.OrganisationName(ctx, j.Organisation); err != nil || s.Office == nil {
		return err
	}
	owner, ok, err := s.Office.Account(ctx, j.Owner)
	if ok {
		x.Host, x.HostMail = owner.Name, owner.Email
	}
	return err
}

// tagOf is a short name of all that the page shows but the free times: when it
// changes, an open page is out of date.
func tagOf(x personalView) string {
	x.Days, x.Length, x.Notice, x.MayChange, x.Unopened = nil, 0, personalNotice{}, false, false
	switch x.State {
	case "change", "cancel":
		x.State = string(nextup.ChoiceBooked)
	}
	b, _ := json.Marshal(x) // strings, times and booleans: always possible
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
