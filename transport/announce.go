package transport

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"nextup"
)

// maxLine is how long a line to those who wait may be, in characters.
const maxLine = 200

// announce says one line to everybody who waits, in place of the one before; an
// empty one takes it away.
func (s *Server) announce(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	typed, fits := typedWords(r.PostForm.Get("line"))
	line := strings.Join(strings.Fields(typed), " ")
	if r.PostForm.Has("clear") {
		line, fits = "", true
	}
	if !fits || utf8.RuneCountInString(line) > maxLine {
		v, err := s.newOverview(r, n, who)
		if err != nil {
			return err
		}
		v.LineTyped, v.LineFault = clip(line, 4*maxWords), newFault("line", &fieldError{"form.error.long", maxLine})
		return s.overviewPage(w, r, http.StatusUnprocessableEntity, who, n, v)
	}
	done := "announce"
	if line == "" {
		done = "clear"
	}
	return s.carryOut(w, r, who, n, done, nextup.Order{Command: nextup.Announce{}, Texts: []nextup.Text{{ID: nextup.LineText, Body: line}}})
}

// reopenForm is when a session that is taken up again is to end, as typed.
type reopenForm struct {
	Date, Clock string
	Fault       *faultView
}

// newReopen offers an hour from now, or the planned end if that is later.
func newReopen(n nextup.Snapshot) reopenForm {
	set := n.State.Settings
	at := n.Now.Add(time.Hour)
	if set.End().After(at) {
		at = set.End()
	}
	at = in(at, set.Zone).Truncate(5 * time.Minute)
	return reopenForm{Date: at.Format(time.DateOnly), Clock: at.Format("15:04")}
}

// reopen takes a closed session up again until a new end.
func (s *Server) reopen(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	f := reopenForm{Date: strings.TrimSpace(clip(r.PostForm.Get("date"), 20)), Clock: strings.TrimSpace(clip(r.PostForm.Get("clock"), 20))}
	ends, err := nextup.LocalTime(f.Date, f.Clock, n.State.Settings.Zone)
	key := ""
	switch {
	case errors.Is(err, nextup.ErrGap):
		key = "form.error.gap"
	case err != nil:
		key = "form.error.clock"
	case !ends.After(n.Now):
		key = "board.reopen.past"
	case ends.Sub(n.State.Settings.Start) > nextup.MaxLength:
		key = "board.reopen.long"
	}
	if key != "" {
		v, err := s.newOverview(r, n, who)
		if err != nil {
			return err
		}
		f.Fault = newFault("reopen", &fieldError{Key: key})
		v.Reopen = f
		return s.overviewPage(w, r, http.StatusUnprocessableEntity, who, n, v)
	}
	return s.carryOut(w, r, who, n, "reopen", nextup.Order{Command: nextup.Reopen{Ends: ends}})
}
