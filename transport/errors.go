package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"nextup"
)

// handler is one page or form. What it returns is a refusal (*nextup.Error, shown
// in the reader's language) or a fault (logged, shown as "try again").
type handler func(w http.ResponseWriter, r *http.Request) error

// statuses is the one place where a refusal becomes an HTTP status.
var statuses = map[nextup.Code]int{
	nextup.CodeForbidden:   http.StatusForbidden,
	nextup.CodeUnknown:     http.StatusNotFound,
	nextup.CodeInvalid:     http.StatusUnprocessableEntity,
	nextup.CodeStale:       http.StatusConflict,
	nextup.CodeFull:        http.StatusConflict,
	nextup.CodeTaken:       http.StatusConflict,
	nextup.CodeNotOpen:     http.StatusConflict,
	nextup.CodeNotStarted:  http.StatusConflict,
	nextup.CodeNotReleased: http.StatusConflict,
	nextup.CodeClosed:      http.StatusGone,
	nextup.CodeCancelled:   http.StatusGone,
	nextup.CodeNobody:      http.StatusConflict,
	nextup.CodeBusy:        http.StatusConflict,
	nextup.CodeNotWaiting:  http.StatusConflict,
	nextup.CodeAway:        http.StatusConflict,
	nextup.CodeNoTalk:      http.StatusConflict,
	nextup.CodeRunning:     http.StatusConflict,
	nextup.CodeReason:      http.StatusUnprocessableEntity,
	nextup.CodePIN:         http.StatusForbidden,
	nextup.CodeLocked:      http.StatusForbidden,
	nextup.CodeRemoved:     http.StatusGone,
	nextup.CodeElsewhere:   http.StatusConflict,
	nextup.CodePlaces:      http.StatusConflict,
	nextup.CodePast:        http.StatusUnprocessableEntity,
	nextup.CodeStarted:     http.StatusConflict,
	nextup.CodeUnavailable: http.StatusServiceUnavailable,
	nextup.CodeTooMany:     http.StatusTooManyRequests,
	nextup.CodeReserved:    http.StatusConflict,
	nextup.CodeRecused:     http.StatusConflict,
	nextup.CodeNotWorking:  http.StatusConflict,
	nextup.CodePanelFull:   http.StatusConflict,
	nextup.CodeNoRoom:      http.StatusServiceUnavailable,
	nextup.CodeNotInvited:  http.StatusConflict,
	nextup.CodeNotLead:     http.StatusForbidden,
	nextup.CodeOrder:       http.StatusConflict,
	nextup.CodeNotClosed:   http.StatusConflict,
	nextup.CodeRound:       http.StatusConflict,
	nextup.CodeSlotTaken:   http.StatusConflict,
	nextup.CodeSlotGone:    http.StatusConflict,
	nextup.CodeRoundClosed: http.StatusConflict,
	nextup.CodeCutOff:      http.StatusConflict,
	nextup.CodeNotOffered:  http.StatusConflict,
	nextup.CodeBooked:      http.StatusConflict,
	codeTooLarge:           http.StatusRequestEntityTooLarge,
	codeFault:              http.StatusInternalServerError,
}

// Reasons that only this package has. Their texts are in the catalogues like the others'.
const (
	codeTooLarge nextup.Code = "too_large" // the request's body is over the limit
	codeFault    nextup.Code = "fault"     // our mistake; it is in the log
)

// refusal finds out what an error means to the one who asked. known is false for
// a fault of ours.
func refusal(err error) (e *nextup.Error, status int, known bool) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
	case errors.As(err, &tooLarge):
		e = nextup.Refuse(codeTooLarge)
	default:
		return nextup.Refuse(codeFault), http.StatusInternalServerError, false
	}
	status, ok := statuses[e.Code]
	if !ok {
		status = http.StatusConflict
	}
	return e, status, true
}

// page answers with pages: a refusal becomes the error page.
func (s *Server) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// data answers with JSON: a refusal becomes {"error":CODE}.
func (s *Server) data(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		e, status, known := refusal(err)
		if !known {
			s.Log.Error("request failed", "route", r.Pattern, "error", err)
		}
		_ = s.json(w, status, struct {
			Error nextup.Code `json:"error"`
		}{e.Code})
	})
}

// Refused is what error.html shows.
type Refused struct {
	Status int
	Title  string // catalogue key
	Text   string // catalogue key, error.CODE
}

// headline is the catalogue key of an error page's title.
func headline(status int) string {
	switch status {
	case http.StatusNotFound:
		return "failure.notFound"
	case http.StatusGone:
		return "failure.over"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return "failure.wait"
	}
	return "failure.title"
}

// fail shows the error page. A 404 is the same page whatever was asked for, so
// that nobody learns which links were ever real.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	e, status, known := refusal(err)
	if !known {
		s.Log.Error("request failed", "route", r.Pattern, "error", err)
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30")
	}
	p := Page{View: Refused{Status: status, Title: headline(status), Text: "error." + string(e.Code)}}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		p.Path = "/" // a form's address has no page to come back to after a language switch
	}
	if err := s.render(w, r, status, "error.html", p); err != nil {
		s.Log.Error("error page failed", "error", err)
		http.Error(w, http.StatusText(status), status)
	}
}

// nowhere is every URL that is not in routes.go.
func (s *Server) nowhere(http.ResponseWriter, *http.Request) error {
	return nextup.Refuse(nextup.CodeUnknown)
}

// json writes a value as the whole answer.
func (s *Server) json(w http.ResponseWriter, status int, v any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader that went away is nobody's fault
	return nil
}
