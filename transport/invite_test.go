package transport

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"nextup"
)

func TestS3_25_PastedLists(t *testing.T) {
	anna, lars := invitee{"Anna Berg", "anna@example.se"}, invitee{"Lars Öst", "lars@example.se"}
	for name, x := range map[string]struct {
		typed string
		want  []invitee
		wrong []int
		twice int
	}{
		"comma":            {"Anna Berg, anna@example.se\nLars Öst, lars@example.se", []invitee{anna, lars}, nil, 0},
		"tabs":             {"Anna Berg\tanna@example.se\r\nLars Öst\tlars@example.se\r\n", []invitee{anna, lars}, nil, 0},
		"semicolons":       {"anna@example.se;Anna Berg\nlars@example.se;Lars Öst", []invitee{anna, lars}, nil, 0},
		"mail client":      {"Anna Berg <anna@example.se>\n\"Lars Öst\" <lars@example.se>,", []invitee{anna, lars}, nil, 0},
		"spaces":           {"  Anna   Berg   anna@example.se  ", []invitee{anna}, nil, 0},
		"address alone":    {"anna@example.se\nmailto:lars@example.se", []invitee{{"", "anna@example.se"}, {"", "lars@example.se"}}, nil, 0},
		"with a heading":   {"\ufeffNamn;E-post;Ort\nAnna;Berg;anna@example.se\n", []invitee{anna}, nil, 0},
		"empty lines":      {"\n\n Anna Berg, anna@example.se \n\n,,\n", []invitee{anna}, nil, 0},
		"old Mac":          {"Anna Berg, anna@example.se\rLars Öst, lars@example.se", []invitee{anna, lars}, nil, 0},
		"twice":            {"Anna Berg, anna@example.se\nA. Berg, ANNA@example.se\nLars Öst, lars@example.se", []invitee{anna, lars}, nil, 1},
		"several wrong":    {"Anna Berg, anna@example.se\nLars Öst\nx@localhost\na@b.se, c@d.se\nLars Öst, lars@example.se", []invitee{anna, lars}, []int{2, 3, 4}, 0},
		"no heading":       {"Anna Berg", nil, []int{1}, 0},
		"only one heading": {"Namn;E-post\nNamn;E-post\nAnna Berg;anna@example.se", []invitee{anna}, []int{2}, 0},
		"hidden":           {"Anna\u202e Berg, anna@example.se\nLars\x00, lars@example.se", nil, []int{1, 2}, 0},
		"long name":        {strings.Repeat("å", maxName+1) + ", anna@example.se", nil, []int{1}, 0},
		"injection":        {"Anna, anna@example.se\\r\\nBcc: x@y.se", nil, []int{1}, 0},
		"nothing":          {"  \n\t", nil, nil, 0},
	} {
		list, wrong, twice := parseInvites(x.typed)
		var lines []int
		for _, w := range wrong {
			lines = append(lines, w.Line)
		}
		if !slices.Equal(list, x.want) || !slices.Equal(lines, x.wrong) || twice != x.twice {
			t.Errorf("%s: %v, wrong %v, %d twice", name, list, wrong, twice)
		}
	}
}

// A list is mailed as a whole or not at all; who has a place gets nothing; who of
// the invited has registered since is shown.
func TestS3_25_InviteByMail(t *testing.T) {
	d := newDesks(t)
	d.coming()
	c := d.signedIn("maria@example.test")
	at := "/sessions/COMING12/invite"
	since := d.letters()
	typed := "Anna Berg, anna@example.se\nLars Öst\n"
	g := d.post(c, at, url.Values{"list": {typed}, "language": {"nb"}})
	page := parse(t, g)
	if says := page.one("div", "role", "alert").text(); g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(says, "1 line cannot be read. Nothing has been sent") || !strings.Contains(says, "Line 2: Lars Öst: There is no mail address") {
		t.Errorf("%d %q", g.StatusCode, says)
	}
	if !strings.Contains(g.body, typed) || !page.one("select", "id", "language").one("option", "value", "nb").has("selected") || d.letters() != since {
		t.Error("what was typed is gone, or something was sent")
	}
	for _, list := range []string{"", "\n", many(maxInvites + 1)} {
		if g := d.post(c, at, url.Values{"list": {list}, "language": {"nb"}}); g.StatusCode != http.StatusUnprocessableEntity || d.letters() != since {
			t.Errorf("%.20q: %d", list, g.StatusCode)
		}
	}
	g = d.post(c, at, url.Values{"list": {"Anna Berg;anna@example.se\nlars@example.se\nC;C1@example.test\nAnna;ANNA@example.se"}, "language": {"nb"}})
	if want := at + "?done=invite&known=1&sent=2&twice=1"; g.Header.Get("Location") != want {
		t.Fatalf("%d %s", g.StatusCode, g.Header.Get("Location"))
	}
	invited := d.state().Invited
	if got := d.written(since); len(invited) != 2 || !slices.Equal(got, []string{"sign_up " + string(invited[0]), "sign_up " + string(invited[1])}) {
		t.Fatalf("%v, letters %v", invited, got)
	}
	l, err := d.server.Letter(context.Background(), d.session, nextup.Mail{Kind: nextup.MailSignUp, Person: invited[0]})
	if err != nil || l.To != "anna@example.se" || l.Name != "Anna Berg" || l.Language != "nb" || l.Link != d.server.links.SignUp(d.session) || l.ReplyTo != "maria@example.test" || l.Method() != "" {
		t.Errorf("%+v, %v", l, err)
	}
	page = parse(t, d.get(c, g.Header.Get("Location")))
	if says := page.one("div", "role", "status").text(); !strings.Contains(says, "2 invitations are being sent. 1 was registered already and gets no mail. 1 was on the list twice") {
		t.Errorf("says %q", says)
	}
	if got := parse(t, d.get(c, "/sessions/COMING12")).one("main").text(); !strings.Contains(got, "2 invited, 0 registered") {
		t.Error("the overview does not say how many were invited")
	}

	// Anna registers, with the link of her mail; Lars is asked once more.
	d.post(d.browser(), pathOf(l.Link), url.Values{"name": {"Anna Berg"}, "email": {"Anna@Example.se"}, "language": {"nb"}})
	page = parse(t, d.get(c, at))
	if row := page.one("li", "data-invited", string(invited[0])).text(); !strings.Contains(row, "Registered") || strings.Contains(row, "Send again") {
		t.Errorf("Anna: %q", row)
	}
	if _, err := d.server.Letter(context.Background(), d.session, nextup.Mail{Kind: nextup.MailSignUp, Person: invited[0]}); err == nil {
		t.Error("a late invitation to somebody who has registered")
	}
	since = d.letters()
	if g := d.post(c, at, url.Values{"again": {string(invited[1])}}); g.StatusCode != http.StatusSeeOther || len(d.written(since)) != 1 {
		t.Errorf("again: %d, %v", g.StatusCode, d.written(since))
	}
	page = parse(t, d.get(c, at))
	if rows := page.all("li", "data-invited", string(invited[1])); len(rows) != 0 || strings.Count(page.one("main").text(), "lars@example.se") != 2 { // the second names the button
		t.Error("Lars stands there twice")
	}
	d.must(d.session, d.maria.by(), nextup.Cancel{})
	if g := d.get(c, at); strings.Contains(g.body, "<textarea") || !strings.Contains(g.body, "Nobody can register any more") {
		t.Error("a cancelled session invites")
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p%d@example.se\n", i)
	}
	return b.String()
}
