package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// SetUpTime is how long a set-up link works.
const SetUpTime = 24 * time.Hour

// SetUps keeps the set-up link of the first start; only its hash.
type SetUps interface {
	// SetSetup makes the link with this hash the only one that works, until expires.
	SetSetup(ctx context.Context, tokenHash string, expires time.Time) error
	// CheckSetup says whether a link works, without using it up.
	CheckSetup(ctx context.Context, tokenHash string) (bool, error)
	// UseSetup uses a link up and founds the organisation with its first recruiter, both or
	// neither. False: the link is wrong, used or expired, or there is an organisation already.
	UseSetup(ctx context.Context, tokenHash string, o nextup.OrganisationID, name string, first Account) (bool, error)
}

// NewSetUpLink makes the link that cmd prints at the first start. Earlier ones
// stop working. Whoever opens it first makes the organisation, so it is secret.
func NewSetUpLink(ctx context.Context, keep SetUps, base *url.URL, now time.Time) (link string, expires time.Time, err error) {
	token := NewID()
	expires = now.Add(SetUpTime)
	if err := keep.SetSetup(ctx, setUpHash(token), expires); err != nil {
		return "", time.Time{}, err
	}
	return base.Scheme + "://" + base.Host + "/setup/" + token, expires, nil
}

func setUpHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// setUpView is what setup.html shows.
type setUpView struct {
	Organisation, Name, Email string
	Errors                    faults
	Min                       int // characters of a password
}

// setUpForm shows the form. Opening the link does not use it up.
func (s *Server) setUpForm(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkSetUp(r); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "setup.html", Page{View: setUpView{Min: minPassword}})
}

// checkSetUp is CodeUnknown for a link that does not work, for whatever reason.
func (s *Server) checkSetUp(r *http.Request) error {
	token := r.PathValue("token")
	if !knownID(token) {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	ok, err := s.Office.CheckSetup(r.Context(), setUpHash(token))
	switch {
	case err != nil:
		return err
	case !ok:
		return nextup.Refuse(nextup.CodeUnknown)
	}
	return nil
}

// setUp founds the organisation and signs its first recruiter in.
func (s *Server) setUp(w http.ResponseWriter, r *http.Request) error {
	if !s.limits.login.allow(s.client(r), s.Now()) {
		return nextup.Refuse(nextup.CodeTooMany)
	}
	if err := s.checkSetUp(r); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	faults := faults{}
	v := setUpView{Min: minPassword, Errors: faults}
	v.Organisation = faults.line("organisation", r.PostForm.Get("organisation"), maxName, true)
	v.Name = faults.line("name", r.PostForm.Get("name"), maxName, true)
	v.Email = strings.TrimSpace(clip(r.PostForm.Get("email"), 300))
	email, err := mail.ParseAddress(v.Email)
	if err != nil {
		faults.add("email", "form.error.email", 0)
	}
	password := r.PostForm.Get("password")
	faults.password("password", password)
	if len(faults) > 0 {
		return s.render(w, r, http.StatusUnprocessableEntity, "setup.html", Page{View: v})
	}
	ctx := r.Context()
	hash, err := s.recruiting.hashing.hash(ctx, password)
	if err != nil {
		return err
	}
	first := Account{
		ID: nextup.RecruiterID(NewID()), Organisation: nextup.OrganisationID(NewID()),
		Name: v.Name, Email: email, Language: s.language(r, ""), PasswordHash: hash,
	}
	ok, err := s.Office.UseSetup(ctx, setUpHash(r.PathValue("token")), first.Organisation, v.Organisation, first)
	switch {
	case err != nil:
		return err
	case !ok:
		return nextup.Refuse(nextup.CodeUnknown)
	}
	return s.letRecruiterIn(w, r, first, "/sessions")
}
