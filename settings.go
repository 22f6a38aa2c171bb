package nextup

import (
	"errors"
	"slices"
	"time"
)

// Limits and defaults of a session's settings.
const (
	MaxQuestions      = 20
	MaxTraits         = 20
	MaxLength         = 24 * time.Hour
	DefaultLobbyOpens = 30 * time.Minute
	DefaultAnswer     = 30 * time.Second
	DefaultCountdown  = 3 * time.Second
)

// Settings are a recruiter's choices for one session. The words (title, job
// text, questions, traits) are rows of Text with the identifiers given here.
type Settings struct {
	Start      time.Time     `json:"start"` // an instant; shown in Zone
	Zone       string        `json:"zone"`  // IANA name
	Length     time.Duration `json:"length"`
	Talk       time.Duration `json:"talk"`
	Pause      time.Duration `json:"pause"`
	Places     int           `json:"places"`     // how many may register
	LobbyOpens time.Duration `json:"lobbyOpens"` // before Start
	Answer     time.Duration `json:"answer"`     // how long a call rings
	Countdown  time.Duration `json:"countdown"`  // between being connected and being seen; may be 0
	Questions  []QuestionID  `json:"questions"`  // in the order all interviewers see
	Traits     []TraitID     `json:"traits"`
	Order      TurnOrder     `json:"order,omitempty"` // empty: by check-in
	Round      RoundID       `json:"round,omitempty"` // whose day it is; its times are the round's business. "": its own
}

// TurnOrder says by what those who have checked in take their places.
type TurnOrder string

// The turn orders.
const (
	OrderCheckIn      TurnOrder = "check_in" // by time of checking in; the default
	OrderRegistration TurnOrder = "registration"
)

// End is when the session is planned to be over.
func (s Settings) End() time.Time { return s.Start.Add(s.Length) }

// Opens is when the lobby opens for check-in.
func (s Settings) Opens() time.Time { return s.Start.Add(-s.LobbyOpens) }

// byRegistration says whether places in the queue follow the time of registration.
func (s Settings) byRegistration() bool { return s.Order == OrderRegistration }

// concerns says whether somebody with an appointment must know of the change from
// other settings: when it is, how long, and how long his talk is.
func (s Settings) concerns(before Settings) bool {
	return !s.Start.Equal(before.Start) || s.Zone != before.Zone || s.Length != before.Length || s.Talk != before.Talk
}

// Check finds the first value that no session can have. Times in the past are
// not its business: an old session keeps its settings (see Create).
func (s Settings) Check() error {
	switch {
	case s.Start.IsZero():
		return Invalid("start")
	case s.Zone == "":
		return Invalid("zone")
	case s.Length < 5*time.Minute || s.Length > MaxLength:
		return Invalid("length")
	case s.Talk < time.Minute || s.Talk > s.Length:
		return Invalid("talk")
	case s.Pause < 0 || s.Pause > time.Hour:
		return Invalid("pause")
	case s.Places < 1 || s.Places > 10000:
		return Invalid("places")
	case s.LobbyOpens < 0 || s.LobbyOpens > 24*time.Hour:
		return Invalid("lobbyOpens")
	case s.Answer < 10*time.Second || s.Answer > 5*time.Minute:
		return Invalid("answer")
	case s.Countdown < 0 || s.Countdown > 10*time.Second:
		return Invalid("countdown")
	case len(s.Questions) > MaxQuestions || repeats(s.Questions):
		return Invalid("questions")
	case len(s.Traits) > MaxTraits || repeats(s.Traits):
		return Invalid("traits")
	case s.Order != "" && s.Order != OrderCheckIn && s.Order != OrderRegistration:
		return Invalid("order")
	}
	if _, err := time.LoadLocation(s.Zone); err != nil {
		return Invalid("zone")
	}
	return nil
}

// Capacity is how many talks fit: floor((length + pause) / (talk + pause)) for
// each interviewer. It is 0 when a length is missing.
func (s Settings) Capacity(interviewers int) int {
	if s.Talk <= 0 || s.Length < s.Talk || interviewers < 0 {
		return 0
	}
	return int((s.Length+s.Pause)/(s.Talk+s.Pause)) * interviewers
}

// Why a date and time of day is not an instant.
var (
	ErrGap  = errors.New("nextup: the clocks go forward over this time of day; it does not exist")
	ErrTime = errors.New("nextup: not a date and time of day")
)

// LocalTime is the instant of a date ("2026-11-24") and time of day ("13:00")
// in a zone. Go would move a time inside a daylight-saving gap without a word;
// here it is ErrGap. Of a time that occurs twice the first is meant.
func LocalTime(date, clock, zone string) (time.Time, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return time.Time{}, Invalid("zone")
	}
	const layout = "2006-01-02 15:04"
	want := date + " " + clock
	wall, err := time.Parse(layout, want)
	if err != nil || wall.Format(layout) != want {
		return time.Time{}, ErrTime
	}
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, loc)
	if at.Format(layout) != want {
		return time.Time{}, ErrGap
	}
	for back := 30 * time.Minute; back <= 2*time.Hour; back += 30 * time.Minute { // overlaps are whole half hours
		if earlier := at.Add(-back); earlier.Format(layout) == want {
			at = earlier
			break
		}
	}
	return at.UTC(), nil
}

func repeats[T comparable](list []T) bool {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return true
		}
	}
	return false
}
