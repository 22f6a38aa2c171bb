package transport

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"nextup"
)

// Privacy is what the database keeps for data protection: what is promised, who
// looked, and what was erased when.
type Privacy interface {
	// Accessed keeps that somebody looked.
	Accessed(ctx context.Context, a Access) error
	// Accesses lists who looked at these sessions, the newest first, at most limit.
	Accesses(ctx context.Context, limit int, sessions ...nextup.SessionID) ([]Access, error)
	// Notices lists the versions that an organisation has written, the newest first.
	Notices(ctx context.Context, o nextup.OrganisationID) ([]Notice, error)
	// SaveNotice writes the version after expected. CodeStale: somebody else did.
	SaveNotice(ctx context.Context, n Notice, expected int) error
	Purger
	// OnlyOrganisation is the organisation of this server, "" before it is founded.
	OnlyOrganisation(ctx context.Context) (nextup.OrganisationID, error)
}

// Notice is what an organisation promises to those whose data it keeps.
type Notice struct {
	Organisation nextup.OrganisationID
	Version      int // 1 is nextup's own text with the usual times
	At           time.Time
	Author       nextup.RecruiterID
	Keep         nextup.Retention
	Words        map[string]string // the organisation's own by language, Markdown
}

// firstNotice is what holds before anybody has written anything.
func firstNotice(o nextup.OrganisationID) Notice {
	return Notice{Organisation: o, Version: 1, Keep: nextup.UsualRetention, Words: map[string]string{}}
}

// notice is what an organisation promises now.
func (s *Server) notice(ctx context.Context, o nextup.OrganisationID) (Notice, error) {
	if s.Privacy == nil {
		return firstNotice(o), nil
	}
	all, err := s.Privacy.Notices(ctx, o)
	if err != nil {
		return Notice{}, err
	}
	if len(all) == 0 {
		return firstNotice(o), nil
	}
	return all[0], nil
}

// noticeVersion is the version of the privacy notice that a sign-up page shows now,
// for Person.Notice; 0 if it cannot be told.
func (s *Server) noticeVersion() int {
	if s.Privacy == nil {
		return 1
	}
	// One server is one organisation's (store.Found).
	ctx := context.Background()
	o, err := s.Privacy.OnlyOrganisation(ctx)
	if err == nil {
		var n Notice
		if n, err = s.notice(ctx, o); err == nil {
			return n.Version
		}
	}
	s.Log.Error("privacy notice", "error", err)
	return 0
}

// privacyView is what privacy.html shows.
type privacyView struct {
	Organisation string
	Here         string // the page's address, without a version
	Own          []ownWords
	Keep         nextup.Retention
	Version      int
	At           time.Time
	Old          bool  // not what applies now
	Older        []int // the other versions
}

// ownWords are an organisation's own for readers of one language.
type ownWords struct {
	For          string // the reader's language
	Lang         string // the words'
	Organisation string
	Words        template.HTML // safe
}

// Args are the arguments of the heading, for scripts.
func (w ownWords) Args() (string, error) { return argsJSON([]any{"organisation", w.Organisation}) }

// privacy is the public page on what is kept and for how long. Its address may name
// a sign-up link, which says whose page it is; one server is one organisation's.
func (s *Server) privacy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := privacyView{Here: "/privacy"}
	var o nextup.OrganisationID
	var err error
	if token := r.PathValue("token"); token != "" {
		session, err := s.links.openSignUp(token)
		if err != nil {
			return err
		}
		n, err := s.look(r, session)
		if err != nil {
			return err
		}
		o, v.Here = n.State.Organisation, "/privacy/"+token
	} else if s.Privacy != nil {
		if o, err = s.Privacy.OnlyOrganisation(ctx); err != nil {
			return err
		}
	}
	if o != "" {
		if v.Organisation, err = s.Store.OrganisationName(ctx, o); err != nil {
			return err
		}
	}
	all := []Notice{firstNotice(o)}
	if s.Privacy != nil {
		written, err := s.Privacy.Notices(ctx, o)
		if err != nil {
			return err
		}
		all = append(written, all...)
	}
	shown := all[0]
	if asked := r.URL.Query().Get("version"); asked != "" {
		i := slices.IndexFunc(all, func(n Notice) bool { return strconv.Itoa(n.Version) == asked })
		if i < 0 {
			return nextup.Refuse(nextup.CodeUnknown)
		}
		shown, v.Old = all[i], i > 0
	}
	for _, n := range all {
		if n.Version != shown.Version {
			v.Older = append(v.Older, n.Version)
		}
	}
	v.Keep, v.Version, v.At = shown.Keep, shown.Version, shown.At
	if v.Own, err = newOwnWords(shown.Words, v.Organisation); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "privacy.html", Page{View: v})
}

// newOwnWords gives readers of each language the words in it, or in another if
// there are none.
func newOwnWords(words map[string]string, organisation string) ([]ownWords, error) {
	var all []ownWords
	for _, lang := range languages {
		for _, from := range append([]string{lang}, languages...) {
			if strings.TrimSpace(words[from]) == "" {
				continue
			}
			safe, err := markdown(words[from])
			if err != nil {
				return nil, err
			}
			all = append(all, ownWords{For: lang, Lang: from, Organisation: organisation, Words: safe})
			break
		}
	}
	return all, nil
}
