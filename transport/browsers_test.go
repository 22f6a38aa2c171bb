package transport

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The names that browsers give themselves, as they do.
const (
	uaChrome      = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
	uaEdge        = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0"
	uaOldChrome   = "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"
	uaFirefox     = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
	uaOldFirefox  = "Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0"
	uaSafari      = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15"
	uaOldSafari   = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6.1 Safari/605.1.15"
	uaIE          = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
	uaIE9         = "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)"
	uaIPhone      = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1"
	uaOldIPhone   = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1"
	uaIPhoneCh    = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1"
	uaAndroid     = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"
	uaInstagram   = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,2; iOS 18_6; sv_SE)"
	uaFacebook    = "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/156.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/500.0.0.0;]"
	uaLinkedIn    = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.31"
	uaIOSView     = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
	uaAndroidView = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/156.0.0.0 Mobile Safari/537.36"
)

func TestReadBrowser(t *testing.T) {
	for _, v := range []struct {
		ua   string
		want visitorBrowser
	}{
		{uaChrome, visitorBrowser{}},
		{uaEdge, visitorBrowser{}},
		{uaFirefox, visitorBrowser{}},
		{uaSafari, visitorBrowser{}},
		{uaOldChrome, visitorBrowser{Old: true}},
		{uaOldFirefox, visitorBrowser{Old: true}},
		{uaOldSafari, visitorBrowser{Old: true}},
		{uaIE, visitorBrowser{Old: true, Dead: true}},
		{uaIE9, visitorBrowser{Old: true, Dead: true}},
		{uaIPhone, visitorBrowser{IOS: true, Phone: true}},
		{uaIPhoneCh, visitorBrowser{IOS: true, Phone: true}},
		{uaOldIPhone, visitorBrowser{IOS: true, Phone: true, Old: true}},
		{uaAndroid, visitorBrowser{Phone: true}},
		{uaInstagram, visitorBrowser{IOS: true, Phone: true, App: "Instagram"}},
		{uaLinkedIn, visitorBrowser{IOS: true, Phone: true, App: "LinkedIn"}},
		{uaFacebook, visitorBrowser{Phone: true, App: "Facebook"}},
		{uaIOSView, visitorBrowser{IOS: true, Phone: true, App: "app"}},
		{uaAndroidView, visitorBrowser{Phone: true, App: "app"}},
		{"", visitorBrowser{}},
		{"curl/8.5.0", visitorBrowser{}},
	} {
		if got := readBrowser(v.ua); got != v.want {
			t.Errorf("%s\n got %+v\nwant %+v", v.ua, got, v.want)
		}
	}
}

// as opens a page under another name.
func (x *site) as(ua, path string) got {
	x.t.Helper()
	r, err := http.NewRequest(http.MethodGet, x.http.URL+path, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("User-Agent", ua)
	return x.send(x.browser(), r)
}

// Internet Explorer gets a page that says so, on every page that needs a camera, and
// that needs no script; signing up works in it.
func TestS3_52_OldEngines(t *testing.T) {
	x := newSite(t)
	id := x.candidate("CANDIDATE1", "Åsa Öberg")
	mine := x.server.links.Candidate(x.session, id)
	room := pathOf(x.server.links.Interviewer(x.session, x.first, 1))
	for _, at := range []string{pathOf(mine), room} {
		for _, ua := range []string{uaIE, uaIE9} {
			g := x.as(ua, at)
			for _, want := range []string{"Internet Explorer", "Chrome", "Edge", "Safari", "Firefox", x.http.Listener.Addr().String()} {
				if !strings.Contains(g.body, want) {
					t.Errorf("%s: the page does not say %q", at, want)
				}
			}
			if g.StatusCode != http.StatusOK || strings.Contains(g.body, `id="boot"`) || strings.Contains(g.body, `id="pin"`) {
				t.Errorf("%s: %d, and it is the page that cannot work", at, g.StatusCode)
			}
		}
		if g := x.as(uaFirefox, at); strings.Contains(g.body, "Internet Explorer") {
			t.Errorf("%s: Firefox is told that it is Internet Explorer", at)
		}
	}
	// What needs no camera works: his registration is a link away, and he can sign up.
	if g := x.as(uaIE, pathOf(mine)); !strings.Contains(g.body, pathOf(mine)+"/details") {
		t.Error("no way to the registration")
	}
	if g := x.as(uaIE, pathOf(x.server.links.SignUp(x.session))); !strings.Contains(g.body, `id="email"`) {
		t.Error("Internet Explorer cannot sign up")
	}
	// An engine that does not run our scripts finds the same words in the page itself.
	if g := x.as(uaOldChrome, pathOf(mine)); !strings.Contains(g.body, `id="unfit" hidden`) || !strings.Contains(g.body, `js/unfit.js`) {
		t.Error("no words for an engine that does not understand the scripts")
	}
}

// Older versions and windows inside apps are advised, and not stopped.
func TestS3_53_OldVersionsAndApps(t *testing.T) {
	x := newSite(t)
	at := pathOf(x.server.links.Candidate(x.session, x.candidate("CANDIDATE1", "Åsa Öberg")))
	for ua, want := range map[string]string{
		uaChrome: "", uaFirefox: "", uaSafari: "", uaIPhone: "phone", uaAndroid: "phone",
		uaOldChrome: "old", uaOldFirefox: "old", uaOldSafari: "old", uaOldIPhone: "old phone",
		uaInstagram: "app", uaFacebook: "app", uaLinkedIn: "app", uaIOSView: "app", uaAndroidView: "app",
	} {
		g := x.as(ua, at)
		for _, notice := range []string{"old", "app", "phone"} {
			has := strings.Contains(g.body, fmt.Sprintf(`data-notice="%s"`, notice))
			if has != strings.Contains(want, notice) {
				t.Errorf("%s: notice %s is %v", ua, notice, has)
			}
		}
		if !strings.Contains(g.body, `id="boot"`) {
			t.Errorf("%s: stopped", ua)
		}
	}
	if g := x.as(uaInstagram, at); !strings.Contains(g.body, "Instagram") || !strings.Contains(g.body, "Safari") || strings.Contains(g.body, "intent:") {
		t.Error("Instagram on an iPhone is not led to Safari")
	}
	if g := x.as(uaFacebook, at); !strings.Contains(g.body, "Facebook") || !strings.Contains(g.body, `href="intent://`+x.http.Listener.Addr().String()+at+`#Intent;scheme=http;package=com.android.chrome;end"`) {
		t.Error("Facebook on Android is not led to Chrome")
	}
}
