package transport

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
	"golang.org/x/time/rate"

	"nextup"
)

// recruiting is what the recruiters' pages share.
type recruiting struct {
	logins  *scs.SessionManager // browsers that are signed in; "session" is that library's word
	hashing hashing
	guesses *guesses
	asks    *guesses // for a new password
}

func newRecruiting(c Config) recruiting {
	// Not scs.New: it would start a store of its own in the background.
	m := &scs.SessionManager{
		Store: c.Logins, Codec: scs.GobCodec{}, Lifetime: 12 * time.Hour, IdleTimeout: 2 * time.Hour,
		Cookie: scs.SessionCookie{Name: "nextup_login", HttpOnly: true, SameSite: http.SameSiteLaxMode, Path: "/"},
	}
	if m.Store == nil {
		m.Store = memstore.NewWithCleanupInterval(0)
	}
	if c.BaseURL.Scheme == "https" {
		// Browsers refuse this name without Secure, with a Domain or another Path: no neighbour can set it.
		m.Cookie.Name, m.Cookie.Secure = "__Host-nextup_login", true
	}
	return recruiting{logins: m, hashing: newHashing(), guesses: newGuesses(), asks: newGuesses()}
}

// What a login holds.
const (
	loginAccount    = "recruiter"  // whose it is
	loginGeneration = "generation" // of the account's logins when it began
)

// remembered gives a request its login. A store that does not answer is a refusal
// as on any page.
func (s *Server) remembered(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Office == nil {
			s.fail(w, r, nextup.Refuse(nextup.CodeUnknown))
			return
		}
		s.recruiting.logins.LoadAndSave(s.page(h)).ServeHTTP(w, r)
	})
}

// loginFault is what the login library calls when the store fails.
func (s *Server) loginFault(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		s.Log.Error("login store", "error", err)
	}
	s.fail(w, r, nextup.Refuse(nextup.CodeUnavailable))
}

// recruiterPage is a page of somebody who is signed in.
type recruiterPage func(w http.ResponseWriter, r *http.Request, who Account) error

// requireRecruiter lets only signed-in recruiters through. Others are sent to the
// sign-in page and come back; a form they sent is answered there, so that "back"
// in the browser still has what they typed.
func (s *Server) requireRecruiter(h recruiterPage) http.Handler {
	return s.remembered(func(w http.ResponseWriter, r *http.Request) error {
		who, ok, err := s.signedIn(r)
		switch {
		case err != nil:
			return err
		case ok:
			return h(w, r, who)
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
			return nil
		}
		return s.render(w, r, http.StatusForbidden, "login.html", Page{Path: "/sign-in", View: signInView{Ended: true}})
	})
}

// signedIn is whose browser this is.
func (s *Server) signedIn(r *http.Request) (Account, bool, error) {
	id := s.recruiting.logins.GetString(r.Context(), loginAccount)
	if id == "" {
		return Account{}, false, nil
	}
	who, ok, err := s.Office.Account(r.Context(), nextup.RecruiterID(id))
	if who.Disabled || who.Generation != s.recruiting.logins.GetInt(r.Context(), loginGeneration) {
		return Account{}, false, err // ended from elsewhere: a new password, a closed account
	}
	return who, ok, err
}

// desk shows a page of a signed-in recruiter. nav is the current entry of the menu.
func (s *Server) desk(w http.ResponseWriter, r *http.Request, status int, who Account, name, nav string, p Page) error {
	p.Lang, p.Home = who.Language, "/sessions"
	p.User = &User{Name: who.Name, Initials: initials(who.Name), Tone: tone(0)}
	p.Nav = []Nav{
		{Href: "/sessions", Key: "nav.sessions", Current: nav == "/sessions"},
	}
	if s.Jobs != nil {
		p.Nav = append(p.Nav, Nav{Href: "/jobs", Key: "nav.jobs", Current: nav == "/jobs"})
	}
	p.Nav = append(p.Nav, Nav{Href: "/outbox", Key: "nav.mail", Current: nav == "/outbox"})
	if s.Staff != nil {
		p.Nav = append(p.Nav, Nav{Href: "/colleagues", Key: "nav.people", Current: nav == "/colleagues"})
	}
	if s.Privacy != nil {
		p.Nav = append(p.Nav, Nav{Href: "/data-protection", Key: "nav.privacy", Current: nav == "/data-protection"})
	}
	return s.render(w, r, status, name, p)
}

// signInView is what login.html shows.
type signInView struct {
	Email string
	Next  string
	Wrong bool // address or password, never which
	Many  bool // too many tries
	Ended bool // a form came from a browser whose login had ended
}

// signInForm is the sign-in page.
func (s *Server) signInForm(w http.ResponseWriter, r *http.Request) error {
	next := here(r.URL.Query().Get("next"))
	if _, ok, err := s.signedIn(r); err == nil && ok {
		http.Redirect(w, r, inside(next), http.StatusSeeOther)
		return nil
	}
	return s.render(w, r, http.StatusOK, "login.html", Page{View: signInView{Next: next}})
}

// signIn checks a password. The answer and the work are the same for an unknown
// address and for a wrong password.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := signInView{Email: clip(r.PostForm.Get("email"), 254), Next: here(r.PostForm.Get("next"))}
	refuse := func(status int) error {
		return s.render(w, r, status, "login.html", Page{Path: "/sign-in", View: v})
	}
	now := s.Now()
	if !s.limits.login.allow(s.client(r), now) || !s.recruiting.guesses.allow(v.Email, now) {
		v.Many = true
		w.Header().Set("Retry-After", "30")
		return refuse(http.StatusTooManyRequests)
	}
	ctx := r.Context()
	who, known, err := s.Office.AccountByEmail(ctx, v.Email)
	if err != nil {
		return err
	}
	if !known || who.Disabled {
		who = Account{}
	}
	right, err := s.recruiting.hashing.matches(ctx, who.PasswordHash, r.PostForm.Get("password"))
	switch {
	case errors.Is(err, nextup.Refuse(nextup.CodeTooMany)):
		v.Many = true
		return refuse(http.StatusTooManyRequests)
	case err != nil:
		return err
	case !right:
		v.Wrong = true
		return refuse(http.StatusUnprocessableEntity)
	}
	s.recruiting.guesses.forget(v.Email)
	return s.letRecruiterIn(w, r, who, inside(v.Next))
}

// letRecruiterIn begins a login under a new token: one that was there before the
// password is never honoured.
func (s *Server) letRecruiterIn(w http.ResponseWriter, r *http.Request, who Account, next string) error {
	if err := s.recruiting.logins.RenewToken(r.Context()); err != nil {
		return err
	}
	s.recruiting.logins.Put(r.Context(), loginAccount, string(who.ID))
	s.recruiting.logins.Put(r.Context(), loginGeneration, who.Generation)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// signOut ends the login, here and in the store.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.recruiting.logins.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// alive keeps the login of a long form from ending while somebody types.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request, _ Account) error {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// landing is the front page.
func (s *Server) landing(w http.ResponseWriter, r *http.Request) error {
	if _, ok, err := s.signedIn(r); err == nil && ok {
		http.Redirect(w, r, "/sessions", http.StatusSeeOther)
		return nil
	}
	return s.render(w, r, http.StatusOK, "landing.html", Page{})
}

// inside is where a sign-in leads: back, or to the list.
func inside(next string) string {
	if next == "/" || strings.HasPrefix(next, "/sign-in") {
		return "/sessions"
	}
	return next
}

// guesses holds back tries at one account from wherever they come. It counts by
// the address typed, whether it has an account or not.
type guesses struct {
	mu sync.Mutex
	by map[[sha256.Size]byte]*rate.Limiter
}

const (
	guessEvery = 20 * time.Second
	guessBurst = 20
	guessKeep  = 10000 // addresses remembered; beyond it the full ones are forgotten
)

func newGuesses() *guesses { return &guesses{by: map[[sha256.Size]byte]*rate.Limiter{}} }

func guessKey(email string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
}

func (g *guesses) allow(email string, now time.Time) bool {
	key := guessKey(email)
	g.mu.Lock()
	defer g.mu.Unlock()
	l, ok := g.by[key]
	if !ok {
		if len(g.by) >= guessKeep {
			for k, l := range g.by {
				if l.TokensAt(now) >= guessBurst {
					delete(g.by, k)
				}
			}
		}
		l = rate.NewLimiter(rate.Every(guessEvery), guessBurst)
		g.by[key] = l
	}
	return l.AllowN(now, 1)
}

func (g *guesses) forget(email string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.by, guessKey(email))
}
