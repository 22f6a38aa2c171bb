package transport

import (
	"context"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"nextup"
)

func cookie(g got, name string) *http.Cookie {
	for _, c := range g.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func TestSignInAndOut(t *testing.T) {
	d := newDesks(t)
	c := d.browser()
	if g := d.get(c, "/sessions?x=1"); g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != "/sign-in?next=%2Fsessions%3Fx%3D1" {
		t.Fatalf("without a login: %d to %q", g.StatusCode, g.Header.Get("Location"))
	}
	form := parse(t, d.get(c, "/sign-in?next=%2Fsessions%3Fx%3D1")).one("form", "action", "/sign-in").fields("")
	form.Set("email", " Maria@Example.test")
	form.Set("password", password)
	g := d.post(c, "/sign-in", form)
	if g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != "/sessions?x=1" {
		t.Fatalf("sign-in: %d to %q", g.StatusCode, g.Header.Get("Location"))
	}
	k := cookie(g, "nextup_login")
	if k == nil || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.MaxAge != 0 {
		t.Errorf("cookie %v", k)
	}
	if g := d.get(c, "/sessions"); g.StatusCode != http.StatusOK || !strings.Contains(g.body, "Maria Lindqvist") {
		t.Errorf("list: %d", g.StatusCode)
	}
	old := c.Jar.Cookies(mustURL(t, d.http.URL))
	if g := d.post(c, "/sign-out", nil); g.StatusCode != http.StatusSeeOther {
		t.Errorf("sign-out: %d", g.StatusCode)
	}
	if g := d.get(c, "/sessions"); g.StatusCode != http.StatusSeeOther {
		t.Errorf("after sign-out: %d", g.StatusCode)
	}
	thief := d.browser() // with the cookie of before the sign-out
	thief.Jar.SetCookies(mustURL(t, d.http.URL), old)
	if g := d.get(thief, "/sessions"); g.StatusCode != http.StatusSeeOther {
		t.Errorf("a signed-out cookie works: %d", g.StatusCode)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// T24: a token that was there before the password is not the one after it.
func TestSignInRenewsTheToken(t *testing.T) {
	d := newDesks(t)
	attacker := d.signedIn("sven@elsewhere.test")
	planted := attacker.Jar.Cookies(mustURL(t, d.http.URL))
	victim := d.browser()
	victim.Jar.SetCookies(mustURL(t, d.http.URL), planted)
	g := d.post(victim, "/sign-in", url.Values{"email": {d.maria.Email}, "password": {password}})
	k := cookie(g, "nextup_login")
	if k == nil || k.Value == planted[0].Value {
		t.Fatal("the planted token is still the login")
	}
	if g := d.get(attacker, "/sessions"); g.StatusCode == http.StatusOK && strings.Contains(g.body, "Maria Lindqvist") {
		t.Error("the planted token became Maria's")
	}
	made := d.browser()
	made.Jar.SetCookies(mustURL(t, d.http.URL), []*http.Cookie{{Name: "nextup_login", Value: "madeup", Path: "/"}})
	g = d.post(made, "/sign-in", url.Values{"email": {d.maria.Email}, "password": {password}})
	if k := cookie(g, "nextup_login"); k == nil || k.Value == "madeup" {
		t.Error("a made-up token was taken")
	}
}

func TestLoginCookieUnderHTTPS(t *testing.T) {
	r := newRecruiting(Config{BaseURL: mustURL(t, "https://nextup.example"), Logins: noLogins{}})
	if k := r.logins.Cookie; k.Name != "__Host-nextup_login" || !k.Secure || k.Path != "/" || k.Domain != "" {
		t.Errorf("%+v", k)
	}
	if r.logins.Lifetime != 12*time.Hour || r.logins.IdleTimeout != 2*time.Hour {
		t.Errorf("lifetime %v, idle %v", r.logins.Lifetime, r.logins.IdleTimeout)
	}
}

type noLogins struct{}

func (noLogins) Delete(string) error                    { return nil }
func (noLogins) Find(string) ([]byte, bool, error)      { return nil, false, nil }
func (noLogins) Commit(string, []byte, time.Time) error { return nil }

// T22: an unknown address and a wrong password get the same answer.
func TestSignInTellsNothing(t *testing.T) {
	d := newDesks(t)
	answer := func(email, password string) (int, string) {
		g := d.post(d.browser(), "/sign-in", url.Values{"email": {email}, "password": {password}})
		page := parse(t, g)
		if v := page.one("input", "id", "email").attr("value"); v != email {
			t.Errorf("the address typed is not kept: %q", v)
		}
		if v := page.one("input", "id", "password").attr("value"); v != "" {
			t.Errorf("the password comes back: %q", v)
		}
		if cookie(g, "nextup_login") != nil {
			t.Error("a login without a password")
		}
		return g.StatusCode, strings.ReplaceAll(page.text(), email, "")
	}
	s1, a := answer("maria@example.test", "wrong password here")
	s2, b := answer("nobody@example.test", "wrong password here")
	if s1 != s2 || a != b || s1 != http.StatusUnprocessableEntity {
		t.Errorf("%d %q and %d %q", s1, a, s2, b)
	}
	if s, _ := answer("nobody@example.test", ""); s != s1 {
		t.Errorf("an empty password for an unknown address: %d", s)
	}
}

// T22: an unknown address costs the same work as a known one. The quickest of a
// dozen tries each, taken in turn, shows what the work alone takes, whatever else
// the machine does; without the hash for nobody it would be next to nothing.
func TestSignInTakesTheSameWork(t *testing.T) {
	if testing.Short() {
		t.Skip("hashes 24 passwords")
	}
	h := newHashing()
	kept, err := h.hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	quickest := map[string]time.Duration{}
	for range 12 {
		for _, of := range []string{kept, ""} {
			began := time.Now()
			if ok, err := h.matches(t.Context(), of, "wrong password here"); ok || err != nil {
				t.Fatal(ok, err)
			}
			if took := time.Since(began); quickest[of] == 0 || took < quickest[of] {
				quickest[of] = took
			}
		}
	}
	t.Logf("known %v, unknown %v", quickest[kept], quickest[""])
	if quickest[""] < quickest[kept]/2 || quickest[""] > quickest[kept]*2 {
		t.Errorf("known %v, unknown %v", quickest[kept], quickest[""])
	}
}

func TestPasswordHash(t *testing.T) {
	h := newHashing()
	kept, err := h.hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("kept as %q", kept)
	}
	again, _ := h.hash(t.Context(), password)
	if again == kept {
		t.Error("two hashes of one password are equal: no salt")
	}
	for try, want := range map[string]bool{password: true, password + " ": false, "": false, strings.Repeat("x", 5000): false} {
		if got, err := h.matches(t.Context(), kept, try); err != nil || got != want {
			t.Errorf("%.20q: %v, %v", try, got, err)
		}
	}
	for _, broken := range []string{"plain", "$argon2id$v=19$m=19456,t=2,p=1$!!$!!", "$argon2id$v=1$m=1,t=1,p=1$YQ$YQ", "$argon2id$v=19$m=99999999,t=2,p=1$YQ$YQ", "$2y$10$abc$d$e"} {
		if ok, err := h.matches(t.Context(), broken, password); ok || err == nil {
			t.Errorf("%q: %v, %v", broken, ok, err)
		}
	}
	// The hash that stands for nobody is nobody's, whatever is typed.
	if ok, _ := h.matches(t.Context(), "", ""); ok {
		t.Error("nobody signed in")
	}
}

// T23: any number of guesses at once needs the memory of two.
func TestHashingIsBounded(t *testing.T) {
	h := newHashing()
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	stop := make(chan struct{})
	var peak uint64
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
		}
	})
	var wg sync.WaitGroup
	var mu sync.Mutex
	answered, turnedAway := 0, 0
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	for range 500 {
		wg.Go(func() {
			_, err := h.matches(ctx, "", "guess")
			mu.Lock()
			defer mu.Unlock()
			if code(err) == nextup.CodeTooMany {
				turnedAway++
			} else {
				answered++
			}
		})
	}
	wg.Wait()
	close(stop)
	watch.Wait()
	if turnedAway < 400 {
		t.Errorf("%d of 500 were turned away at once, %d not", turnedAway, answered)
	}
	// Two hashes of 19 MiB, and what the collector has not taken back yet.
	if grown := int64(peak) - int64(before.HeapInuse); grown > 200<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

// T37: a sign-in leads nowhere but here.
func TestSignInFollowsOnlyOwnPaths(t *testing.T) {
	for next, want := range map[string]string{
		"/sessions/ABC/edit?x=1": "/sessions/ABC/edit?x=1", "/outbox": "/outbox",
		"": "/sessions", "/": "/sessions", "//evil.example": "/sessions", "/\\evil.example": "/sessions", "https://evil.example": "/sessions",
		"javascript:alert(1)": "/sessions", "/x\r\nSet-Cookie: a=b": "/sessions", "evil": "/sessions", "/sign-in?next=/sign-in": "/sessions",
		"\t//evil.example": "/sessions", "/%2f/evil.example": "/%2f/evil.example",
	} {
		if got := inside(here(next)); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func FuzzHere(f *testing.F) {
	for _, s := range []string{"/a", "//a", "/\\a", "https:a", "/a?b#c", "/\t/a", "\x00/a", "/a//b"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://nextup.example/sign-in")
	f.Fuzz(func(t *testing.T, next string) {
		got := inside(here(next))
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || u.User != nil || strings.ContainsAny(got, "\r\n\\") || strings.HasPrefix(got, "//") || !strings.HasPrefix(got, "/") {
			t.Errorf("%q leads to %q", next, got)
		}
	})
}

func TestSignInIsHeldBack(t *testing.T) {
	d := newDesks(t)
	held := 0
	for range 12 {
		g := d.post(d.browser(), "/sign-in", url.Values{"email": {"maria@example.test"}, "password": {"wrong password here"}})
		if g.StatusCode == http.StatusTooManyRequests {
			held++
			if g.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		}
	}
	if held < 2 {
		t.Errorf("%d of 12 quick tries from one address were held back", held)
	}
}

// The limit of one account holds from any number of addresses, and is the same for
// one that does not exist.
func TestGuessesByAccount(t *testing.T) {
	g, now := newGuesses(), time.Now()
	for _, email := range []string{"maria@example.test", "nobody@example.test"} {
		n := 0
		for range 100 {
			if g.allow(email, now) {
				n++
			}
		}
		if n != guessBurst {
			t.Errorf("%s: %d tries at once", email, n)
		}
		if g.allow(" "+strings.ToUpper(email), now) {
			t.Errorf("%s: another spelling counts anew", email)
		}
		if !g.allow(email, now.Add(guessEvery)) {
			t.Errorf("%s: held back for ever", email)
		}
	}
}

// A form from a browser whose login has ended is not lost: the answer says so and
// "back" has what was typed.
func TestFormAfterTheLoginEnded(t *testing.T) {
	d := newDesks(t)
	g := d.post(d.browser(), "/sessions/new", url.Values{"title": {"x"}})
	if g.StatusCode != http.StatusForbidden || len(parse(t, g).all("form", "action", "/sign-in")) != 1 {
		t.Errorf("%d", g.StatusCode)
	}
}

// T9: forms from other sites do nothing.
func TestForeignFormsForRecruitersAreRefused(t *testing.T) {
	d := newDesks(t)
	c := d.signedIn("maria@example.test")
	for _, path := range []string{"/sign-in", "/sign-out", "/sessions/new", "/sessions/SESSION1/edit", "/sessions/SESSION1/cancel", "/sessions/SESSION1/close", "/sessions/SESSION1/renew", "/sessions/SESSION1/enter"} {
		r, err := http.NewRequest(http.MethodPost, d.http.URL+path, strings.NewReader("interviewer=INTERVIEWER1"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if g := d.send(c, r); g.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, g.StatusCode)
		}
	}
	if g := d.get(c, "/sessions"); g.StatusCode != http.StatusOK {
		t.Error("a foreign sign-out worked")
	}
	if s := d.state(); s.Phase != nextup.PhasePublished {
		t.Errorf("phase %s", s.Phase)
	}
}
