package transport

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"nextup"
)

// protectionView is what protection.html shows: what the organisation promises,
// and what was done about it.
type protectionView struct {
	Version  int
	At       time.Time
	Author   string
	Clocks   []clockField
	Words    []wordsField
	Errors   faults
	Stale    bool // somebody else has saved since; what was typed is kept
	Saved    bool
	Receipts []Receipt
}

// clockField is one clock of the form.
type clockField struct {
	Name  string // "contact", "record" or "log"
	Typed string // days
	Usual int
	Fault *faultView
}

// wordsField is the organisation's own words in one language.
type wordsField struct {
	Lang  string
	Typed string
	Fault *faultView
}

const (
	maxNoticeWords = 10000
	receiptsShown  = 14
	accessesShown  = 300
)

// private is a page that needs Privacy.
func (s *Server) private(h recruiterPage) recruiterPage {
	return func(w http.ResponseWriter, r *http.Request, who Account) error {
		if s.Privacy == nil {
			return nextup.Refuse(nextup.CodeUnknown)
		}
		return h(w, r, who)
	}
}

func (s *Server) protection(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.notice(r.Context(), who.Organisation)
	if err != nil {
		return err
	}
	return s.protectionPage(w, r, http.StatusOK, who, n, protectionView{Saved: r.URL.Query().Get("done") == "saved"}, nil)
}

// protectionPage shows the form, with what was typed if something was.
func (s *Server) protectionPage(w http.ResponseWriter, r *http.Request, status int, who Account, n Notice, v protectionView, typed func(field string) string) error {
	ctx := r.Context()
	v.Version, v.At = n.Version, n.At
	if n.Author != "" && s.Office != nil {
		author, _, err := s.Office.Account(ctx, n.Author)
		if err != nil {
			return err
		}
		v.Author = author.Name
	}
	usual := nextup.UsualRetention
	for _, c := range []struct {
		name      string
		now, used int
	}{{"contact", n.Keep.Contact, usual.Contact}, {"record", n.Keep.Record, usual.Record}, {"log", n.Keep.Log, usual.Log}} {
		f := clockField{Name: c.name, Typed: strconv.Itoa(c.now), Usual: c.used, Fault: newFault(c.name, v.Errors[c.name])}
		if typed != nil {
			f.Typed = typed(c.name)
		}
		v.Clocks = append(v.Clocks, f)
	}
	for _, lang := range languages {
		f := wordsField{Lang: lang, Typed: n.Words[lang], Fault: newFault("words-"+lang, v.Errors["words-"+lang])}
		if typed != nil {
			f.Typed = typed("words-" + lang)
		}
		v.Words = append(v.Words, f)
	}
	var err error
	if v.Receipts, err = s.Privacy.Receipts(ctx, receiptsShown); err != nil {
		return err
	}
	return s.desk(w, r, status, who, "protection.html", "/data-protection", Page{Path: "/data-protection", View: v})
}

// saveProtection writes a new version of what is promised. Versions that people
// have agreed to are never changed.
func (s *Server) saveProtection(w http.ResponseWriter, r *http.Request, who Account) error {
	ctx := r.Context()
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	typed := func(field string) string { return clip(r.PostForm.Get(field), 4*maxNoticeWords) }
	before, err := s.notice(ctx, who.Organisation)
	if err != nil {
		return err
	}
	v := protectionView{Errors: faults{}}
	days := func(field string) int {
		n, err := strconv.Atoi(strings.TrimSpace(typed(field)))
		if err != nil || n < nextup.MinKeep || n > nextup.MaxKeep {
			v.Errors.add(field, "protection.error.days", nextup.MaxKeep)
		}
		return n
	}
	next := Notice{
		Organisation: who.Organisation, At: s.Now(), Author: who.ID, Words: map[string]string{},
		Keep: nextup.Retention{Contact: days("contact"), Record: days("record"), Log: days("log")},
	}
	if len(v.Errors) == 0 && next.Keep.Check() != nil {
		v.Errors.add("contact", "protection.error.contact", 0)
	}
	for _, lang := range languages {
		next.Words[lang] = v.Errors.block("words-"+lang, r.PostForm.Get("words-"+lang), maxNoticeWords)
	}
	if len(v.Errors) > 0 {
		return s.protectionPage(w, r, http.StatusUnprocessableEntity, who, before, v, typed)
	}
	expected, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil {
		return nextup.Invalid("version")
	}
	if expected == before.Version && next.same(before) {
		http.Redirect(w, r, "/data-protection", http.StatusSeeOther)
		return nil
	}
	err = s.Privacy.SaveNotice(ctx, next, expected)
	if errors.Is(err, nextup.Refuse(nextup.CodeStale)) {
		if before, err = s.notice(ctx, who.Organisation); err != nil {
			return err
		}
		v.Stale = true
		return s.protectionPage(w, r, http.StatusConflict, who, before, v, typed)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/data-protection?done=saved", http.StatusSeeOther)
	return nil
}

// same says whether two versions promise the same in the same words.
func (n Notice) same(o Notice) bool {
	return n.Keep == o.Keep && !slices.ContainsFunc(languages, func(l string) bool { return n.Words[l] != o.Words[l] })
}

// accessesView is what accesses.html shows: who looked at the reader's sessions.
type accessesView struct {
	Rows  []accessRow
	Keep  int // days
	Limit int // the list is cut off here; 0 if it is not
}

type accessRow struct {
	At      time.Time
	Who     string // "" if he is not known any more
	Role    nextup.Role
	What    Opened
	Session nextup.SessionID
	Title   string
}

// accesses shows the record of who looked to those whose sessions they are.
func (s *Server) accesses(w http.ResponseWriter, r *http.Request, who Account) error {
	ctx := r.Context()
	ids, err := s.Office.SessionsOf(ctx, who.Organisation, who.ID)
	if err != nil {
		return err
	}
	list, err := s.Privacy.Accesses(ctx, accessesShown+1, ids...)
	if err != nil {
		return err
	}
	n, err := s.notice(ctx, who.Organisation)
	if err != nil {
		return err
	}
	v := accessesView{Keep: n.Keep.Log}
	if len(list) > accessesShown {
		list, v.Limit = list[:accessesShown], accessesShown
	}
	seen := map[nextup.SessionID]nextup.Snapshot{}
	for _, a := range list {
		n, ok := seen[a.Session]
		if !ok {
			if n, err = s.Sessions.Look(ctx, a.Session); err != nil {
				return err
			}
			seen[a.Session] = n
		}
		name, err := s.nameOf(ctx, n, a.By)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, accessRow{
			At: in(a.At, n.State.Settings.Zone), Who: name, Role: a.By.Role, What: a.What,
			Session: a.Session, Title: n.Texts[nextup.TitleText],
		})
	}
	return s.desk(w, r, http.StatusOK, who, "accesses.html", "/data-protection", Page{Path: "/data-protection/record", View: v})
}

// nameOf is what somebody who looked is called, "" if nobody knows any more.
func (s *Server) nameOf(ctx context.Context, n nextup.Snapshot, by nextup.Actor) (string, error) {
	if by.Role == nextup.RoleRecruiter {
		a, _, err := s.Office.Account(ctx, nextup.RecruiterID(by.ID))
		return a.Name, err
	}
	return n.People[nextup.PersonID(by.ID)].Name, nil
}
