package transport

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"nextup"
)

// PersonalTimes is what an applicant's open page asks for every other second: the
// times that he can choose now, and whether anything else has changed.
type PersonalTimes struct {
	Page string         `json:"page"` // another one than the page was made with: it is out of date
	Days []PersonalDate `json:"days"`
}

// PersonalDate is one day of it.
type PersonalDate struct {
	Date    string         `json:"date"` // "2026-12-01"
	Video   bool           `json:"video"`
	Address string         `json:"address,omitempty"`
	Times   []PersonalSlot `json:"times"`
}

// PersonalSlot is one time that can be chosen, or the one he has.
type PersonalSlot struct {
	ID    nextup.SlotID `json:"id"`
	Start string        `json:"start"` // RFC 3339
	End   string        `json:"end"`
	From  string        `json:"from"` // on the job's clock, "10:00"
	To    string        `json:"to"`
	Own   bool          `json:"own,omitempty"`
}

// personalTimes answers an open page.
func (s *Server) personalTimes(w http.ResponseWriter, r *http.Request) error {
	_, v, err := s.applicantOf(r)
	if err != nil {
		return err
	}
	x, err := s.newPersonal(r.Context(), v, personalPage{Round: r.URL.Query().Get("round")})
	if err != nil {
		return err
	}
	t := PersonalTimes{Page: x.Tag, Days: []PersonalDate{}}
	for _, d := range x.Days {
		day := PersonalDate{Date: d.Date, Video: d.Video, Address: d.Address}
		for _, one := range d.Times {
			day.Times = append(day.Times, PersonalSlot{one.ID, one.Start.Format(time.RFC3339), one.End.Format(time.RFC3339), one.From, one.To, one.Own})
		}
		t.Days = append(t.Days, day)
	}
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-store")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	_, _ = bytes.NewReader(b).WriteTo(w) // a reader that went away is nobody's fault
	return nil
}
