package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/store"
)

// shelves is the real store behind the recruiters' pages, joined as cmd joins it.
type shelves struct{ *store.Store }

func (s shelves) UseSetup(ctx context.Context, hash string, o nextup.OrganisationID, name string, first Account) (bool, error) {
	err := s.Store.UseSetup(ctx, hash, o, name, store.Recruiter(first))
	if errors.Is(err, store.ErrSetup) || errors.Is(err, store.ErrFounded) {
		return false, nil
	}
	return err == nil, err
}

func (s shelves) AccountByEmail(ctx context.Context, email string) (Account, bool, error) {
	a, ok, err := s.RecruiterByEmail(ctx, email)
	return Account(a), ok, err
}

func (s shelves) Account(ctx context.Context, id nextup.RecruiterID) (Account, bool, error) {
	a, ok, err := s.Recruiter(ctx, id)
	return Account(a), ok, err
}

func (s shelves) SessionsOf(context.Context, nextup.OrganisationID, nextup.RecruiterID) ([]nextup.SessionID, error) {
	return nil, nil
}

func (s shelves) Posted(context.Context, ...nextup.SessionID) ([]Posted, error) { return nil, nil }

// The whole way in over the real database: set-up, sign-out, sign-in; and neither
// link, cookie nor password is in its files.
func TestRecruitersOverTheRealStore(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d := newDesks(t, func(c *Config) { c.Office, c.Logins = shelves{db}, db.Logins() })
	link, _, err := NewSetUpLink(t.Context(), shelves{db}, d.server.BaseURL, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c := d.browser()
	if g := d.post(c, pathOf(link), rightSetUp); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("set-up: %d %s", g.StatusCode, parse(t, g).one("main").text())
	}
	if g := d.post(d.browser(), pathOf(link), rightSetUp); g.StatusCode != http.StatusNotFound {
		t.Errorf("second use: %d", g.StatusCode)
	}
	if _, _, err := NewSetUpLink(t.Context(), shelves{db}, d.server.BaseURL, time.Now()); !errors.Is(err, store.ErrFounded) {
		t.Errorf("another link: %v", err)
	}
	if g := d.get(c, "/sessions"); g.StatusCode != http.StatusOK {
		t.Fatalf("not signed in: %d", g.StatusCode)
	}
	token := c.Jar.Cookies(mustURL(t, d.http.URL))[0].Value
	if g := d.post(c, "/sign-out", nil); g.StatusCode != http.StatusSeeOther {
		t.Errorf("sign-out: %d", g.StatusCode)
	}
	if g := d.get(c, "/sessions"); g.StatusCode != http.StatusSeeOther {
		t.Errorf("after it: %d", g.StatusCode)
	}
	form := url.Values{"email": {"ASA@example.test"}, "password": rightSetUp["password"]}
	if g := d.post(c, "/sign-in", form); g.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", g.StatusCode)
	}
	again := c.Jar.Cookies(mustURL(t, d.http.URL))[0].Value
	if token == again {
		t.Error("the same token twice")
	}
	for _, secret := range []string{strings.TrimPrefix(link, d.http.URL+"/setup/"), token, again, rightSetUp.Get("password")} {
		files, _ := filepath.Glob(filepath.Join(dir, "*"))
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(b), secret) {
				t.Errorf("a secret of %d characters is in %s", len(secret), filepath.Base(f))
			}
		}
		d.logLock.Lock()
		if strings.Contains(d.log.String(), secret) {
			t.Errorf("a secret of %d characters is in the log", len(secret))
		}
		d.logLock.Unlock()
	}
}
