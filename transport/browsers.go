package transport

import (
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// visitorBrowser is what a browser's name for itself tells. It only chooses which
// advice stands on a page: nothing is allowed or refused because of it, except that
// an engine which never had cameras gets a page that needs no scripts.
type visitorBrowser struct {
	Dead  bool   // never had cameras in pages (Internet Explorer, Opera Mini): only pages without scripts work
	Old   bool   // older than what our pages need to look right
	App   string // the app whose window this is, such as "Instagram"; "app" when its name is not told
	IOS   bool
	Phone bool // a phone or a tablet
}

// The oldest versions our pages are right in: these know light-dark() of CSS Color 5
// and :has(). Older ones may work; they are told to be updated.
const (
	oldestChromium = 123
	oldestFirefox  = 121
	oldestSafari   = 17.5
)

var (
	chromiumVersion = regexp.MustCompile(`Chrome/(\d+)`)
	firefoxVersion  = regexp.MustCompile(`Firefox/(\d+)`)
	safariVersion   = regexp.MustCompile(`Version/(\d+(?:\.\d+)?)\S* .*Safari/`)
	iosVersion      = regexp.MustCompile(`(?:iPhone OS|CPU OS) (\d+)_(\d+)`)
)

// inApps are the apps that open links in a window of their own, by what they add to
// the browser's name.
var inApps = []struct{ mark, name string }{
	{"Instagram", "Instagram"},
	{"Barcelona ", "Threads"},
	{"FBAN/Messenger", "Messenger"},
	{"FB_IAB/Orca", "Messenger"},
	{"FBAN/", "Facebook"},
	{"FBAV/", "Facebook"},
	{"FB_IAB/", "Facebook"},
	{"LinkedInApp", "LinkedIn"},
	{"Snapchat", "Snapchat"},
	{"BytedanceWebview", "TikTok"},
	{"musical_ly", "TikTok"},
	{"trill_", "TikTok"},
	{"Twitter for", "X"},
	{"MicroMessenger", "WeChat"},
	{"Line/", "LINE"},
	{"GSA/", "Google"},
	{"YahooMobile", "Yahoo"},
	{"OutlookMobile", "Outlook"},
}

// readBrowser reads a User-Agent header.
func readBrowser(ua string) visitorBrowser {
	b := visitorBrowser{
		Dead: strings.Contains(ua, "MSIE ") || strings.Contains(ua, "Trident/") || strings.Contains(ua, "Opera Mini"),
		IOS:  strings.Contains(ua, "iPhone") || strings.Contains(ua, "iPad") || strings.Contains(ua, "iPod"),
	}
	b.Phone = b.IOS || strings.Contains(ua, "Android") || strings.Contains(ua, "Mobile")
	for _, a := range inApps {
		if strings.Contains(ua, a.mark) {
			b.App = a.name
			break
		}
	}
	if b.App == "" {
		// Safari and every browser on iOS say Safari/; a window inside an app does not. Android marks them "wv".
		inside := b.IOS && strings.Contains(ua, "AppleWebKit/") && !strings.Contains(ua, "Safari/")
		if inside || strings.Contains(ua, "; wv)") {
			b.App = "app"
		}
	}
	b.Old = b.Dead || outdated(ua, b.IOS)
	return b
}

func outdated(ua string, ios bool) bool {
	below := func(version string, oldest float64) bool {
		v, err := strconv.ParseFloat(version, 64)
		return err == nil && v < oldest
	}
	if ios { // every browser there is the system's own engine
		m := iosVersion.FindStringSubmatch(ua)
		return m != nil && below(m[1]+"."+m[2], oldestSafari)
	}
	if m := firefoxVersion.FindStringSubmatch(ua); m != nil {
		return below(m[1], oldestFirefox)
	}
	if m := chromiumVersion.FindStringSubmatch(ua); m != nil {
		return below(m[1], oldestChromium)
	}
	if m := safariVersion.FindStringSubmatch(ua); m != nil {
		return below(m[1], oldestSafari)
	}
	return false
}

// Advice is what a page tells about the reader's browser, once and without being in the way.
type Advice struct {
	Old   bool
	App   string       // the app whose window this is; empty if it is a browser
	Name  string       // what the way out is called there: "Safari" or "Chrome"
	Away  template.URL // opens the same page in Name where the system can; empty if only people can
	Link  string       // to be copied
	Phone bool         // a computer would show more
}

// advice is for a page that people talk on; link is that page's own address.
func advice(r *http.Request, link string) Advice {
	b := readBrowser(r.UserAgent())
	a := Advice{Old: b.Old, App: b.App, Name: "Chrome", Link: link, Phone: b.Phone && b.App == ""}
	if b.IOS {
		a.Name = "Safari"
	}
	if b.App == "" || b.IOS {
		return a
	}
	if u, err := url.Parse(link); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		// https://developer.chrome.com/docs/android/intents; made of our own link only.
		a.Away = template.URL("intent://" + u.Host + u.EscapedPath() + "#Intent;scheme=" + u.Scheme + ";package=com.android.chrome;end") //nolint:gosec // see above
	}
	return a
}

// OldView is old.html: what a browser that never had cameras is told instead of a
// page it cannot show.
type OldView struct {
	Title     string // of the session
	Candidate bool   // his page; else an interviewer's
	Unfit
}

// Unfit is what remains to do in a browser that cannot show the live page, all of it without scripts.
type Unfit struct {
	Link    string // the page's own, to open elsewhere
	Details string // a candidate's registration; empty for an interviewer
	Contact string // whom to call instead; may be empty
	Respondable
}

// tooOld says whether a page of pictures and sound is of no use to the browser that asks for it.
func tooOld(r *http.Request) bool { return readBrowser(r.UserAgent()).Dead }
