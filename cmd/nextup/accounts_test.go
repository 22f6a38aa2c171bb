package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"nextup"
	"nextup/transport"
)

// Colleagues, passwords and closed accounts, over the whole program with a real
// mail server.
func TestAccounts(t *testing.T) {
	beside(t, waits)
	h := newHouse(t)
	maria := h.found()
	johan := h.invites(maria, "Johan Ek", "johan@example.org")

	t.Run("an invitation works once, and opening it changes nothing", func(t *testing.T) {
		maria.get("/colleagues").form("/colleagues/invite").set("email", "eva@example.org").set("language", "sv").send("")
		letter := h.letter("eva@example.org", 1)
		link := h.link(letter, "/join/")
		if !strings.Contains(letter.text, "7 dagar") || !strings.Contains(letter.text, "Maria Lindqvist") {
			t.Errorf("the letter is not Swedish or names nobody: %s", letter.text)
		}
		eva := h.visitor()
		for range 3 {
			if p := eva.get(link); p.status != http.StatusOK || !strings.Contains(p.text(), "eva@example.org") {
				t.Fatalf("opening it: %d %s", p.status, p.text())
			}
		}
		if p := eva.get(link).form("/join/").set("name", "Eva Alm").set("password", "short").send(""); p.status != http.StatusUnprocessableEntity || !strings.Contains(string(p.body), `value="Eva Alm"`) {
			t.Errorf("a short password: %d", p.status)
		}
		form := eva.get(link).form("/join/").set("name", "Eva Alm").set("password", recruiterPassword)
		if p := form.send(""); p.url.Path != "/sessions" {
			t.Fatalf("joining led to %s: %s", p.url.Path, p.text())
		}
		if p := form.send(""); p.status != http.StatusGone {
			t.Errorf("a second use: %d", p.status)
		}
		if p := h.visitor().get(link); p.status != http.StatusGone || strings.Contains(p.text(), "eva@example.org") {
			t.Errorf("a used link: %d %s", p.status, p.text())
		}
		if p := h.visitor().get(link[:len(link)-1] + "x"); p.status != http.StatusNotFound {
			t.Errorf("a made-up link: %d", p.status)
		}
	})

	t.Run("an invitation never touches an account, and who invites learns nothing", func(t *testing.T) {
		answer := func(email string) string {
			p := maria.get("/colleagues").form("/colleagues/invite").set("email", email).send("")
			if p.status != http.StatusOK {
				t.Fatalf("%d %s", p.status, p.text())
			}
			page := strings.ReplaceAll(string(p.body), email, "ADDRESS")
			page = regexp.MustCompile(`[A-Z2-7]{26}`).ReplaceAllString(page, "ID")
			return page[strings.Index(page, "<main"):strings.Index(page, "</main>")]
		}
		unknown := answer("nobody@example.org")
		h.letter("nobody@example.org", 1)
		maria.get("/colleagues").form("/colleagues/take-back").send("")
		known := answer("JOHAN@example.org")
		letter := h.letter("johan@example.org", 2)
		maria.get("/colleagues").form("/colleagues/take-back").send("")
		// The letter may be on its way while the page is made.
		steady := regexp.MustCompile(`<time[^>]*>[^<]*</time>|data-[a-z-]+="[^"]*"|<span class="state[^>]*>.*`)
		if a, b := steady.ReplaceAllString(unknown, ""), steady.ReplaceAllString(known, ""); a != b {
			t.Errorf("the answers differ:\n%s\n%s", a, b)
		}
		if strings.Contains(letter.text, "/join/") || !strings.Contains(letter.text, "already has an account") {
			t.Errorf("the letter to an account: %s", letter.text)
		}
		if p := johan.get("/account"); p.status != http.StatusOK || !strings.Contains(p.text(), "johan@example.org") {
			t.Errorf("his account: %d", p.status)
		}
	})

	t.Run("an address gets three letters a day", func(t *testing.T) {
		for n := range 4 {
			p := maria.get("/colleagues").form("/colleagues/invite").set("email", "cannon@example.org").send("")
			if want := map[bool]int{true: http.StatusOK, false: http.StatusTooManyRequests}[n < 3]; p.status != want {
				t.Errorf("invitation %d: %d, want %d", n+1, p.status, want)
			}
			if n < 3 {
				h.letter("cannon@example.org", n+1) // one that was taken back before it left would never be sent
			}
		}
		// Only the newest of them works.
		first, last := h.link(h.letter("cannon@example.org", 1), "/join/"), h.link(h.letter("cannon@example.org", 3), "/join/")
		open := 0
		for _, link := range []string{first, last} {
			if h.visitor().get(link).status == http.StatusOK {
				open++
			}
		}
		if open != 1 {
			t.Errorf("%d of two links work", open)
		}
	})

	t.Run("a new password by letter", func(t *testing.T) {
		ask := func(email string) string {
			p := h.visitor().get("/forgot").form("/forgot").set("email", email).send("")
			if p.status != http.StatusOK {
				t.Fatalf("%d %s", p.status, p.text())
			}
			return strings.ReplaceAll(string(p.body), email, "ADDRESS")
		}
		if ask("johan@example.org") != ask("stranger@example.org") {
			t.Error("the answers differ")
		}
		link := h.link(h.letter("johan@example.org", 3), "/reset/")
		ask("johan@example.org")
		older := link
		link = h.link(h.letter("johan@example.org", 4), "/reset/")
		const fresh = "en helt ny mening med mening"
		elsewhere := h.visitor()
		if p := elsewhere.signsIn("johan@example.org", recruiterPassword); p.url.Path != "/sessions" {
			t.Fatal("he cannot sign in")
		}
		here := h.visitor()
		here.get(link) // changes nothing
		if p := elsewhere.get("/account"); p.url.Path != "/account" {
			t.Error("opening the link ended a login")
		}
		if p := here.get(link).form("/reset/").set("password", fresh).send(""); p.url.Path != "/sessions" {
			t.Fatalf("choosing led to %s (%d): %s", p.url.Path, p.status, p.text())
		}
		for _, v := range []*visitor{elsewhere, johan} {
			if p := v.get("/account"); p.url.Path != "/sign-in" {
				t.Errorf("another login goes on: %s", p.url.Path)
			}
		}
		for _, dead := range []string{link, older} {
			if p := h.visitor().get(dead); p.status != http.StatusGone {
				t.Errorf("a used or older link: %d", p.status)
			}
		}
		if p := h.visitor().signsIn("johan@example.org", recruiterPassword); p.url.Path != "/sign-in" {
			t.Error("the old password works")
		}
		if p := johan.signsIn("johan@example.org", fresh); p.url.Path != "/sessions" {
			t.Error("the new one does not")
		}
		if n := len(h.letters("stranger@example.org")); n != 0 {
			t.Errorf("a stranger got %d letters", n)
		}
	})

	t.Run("one's own name, language and password", func(t *testing.T) {
		p := johan.get("/account").form("/account").set("name", "Johan Åkerlund").set("language", "nb").send("")
		if p.status != http.StatusOK || !strings.Contains(string(p.body), `lang="nb"`) || !strings.Contains(p.text(), "Johan Åkerlund") {
			t.Errorf("saving: %d %s", p.status, p.text())
		}
		other := h.visitor()
		other.signsIn("johan@example.org", "en helt ny mening med mening")
		form := johan.get("/account").form("/account/password").set("password", "not it").set("new", recruiterPassword)
		if p := form.send(""); p.status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong password: %d", p.status)
		}
		if p := form.set("password", "en helt ny mening med mening").send(""); p.status != http.StatusOK || p.url.Path != "/account" {
			t.Errorf("changing it: %d %s", p.status, p.text())
		}
		if p := other.get("/account"); p.url.Path != "/sign-in" {
			t.Error("the other login goes on")
		}
		other.signsIn("johan@example.org", recruiterPassword)
		johan.get("/account").form("/account/others").send("")
		if p := other.get("/account"); p.url.Path != "/sign-in" {
			t.Error("signing out elsewhere did not")
		}
		if p := johan.get("/account"); p.url.Path != "/account" {
			t.Error("it signed out here")
		}
	})

	t.Run("S3-39 who interviews needs no account, and a recruiter in his own session no PIN", func(t *testing.T) {
		e := maria.publish(plan{title: "Lager", interviewers: []string{"Sara Lind"}})
		h.visitor().enter(e.interviewers[1])
		p := maria.get(e.path).form("/enter").send("")
		if p.status != http.StatusOK || !strings.Contains(string(p.body), `id="boot"`) {
			t.Errorf("entering led to %s (%d)", p.url.Path, p.status)
		}
		if p := h.visitor().get(p.url.String()); !strings.Contains(string(p.body), `name="pin"`) {
			t.Error("another browser is let in without a PIN")
		}
	})

	t.Run("S3-01 a colleague's session is nowhere, until handed over or shared", func(t *testing.T) {
		e := maria.publish(plan{title: "Marias egen"})
		nowhere := johan.get("/no/such/page")
		for _, path := range []string{e.path, e.path + "/now", e.path + "/edit", e.path + "/summary", e.path + "/summary.csv", e.path + "/qr.svg"} {
			if p := johan.get(path); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, p.status)
			} else if !strings.HasSuffix(path, "now") && p.text() != nowhere.text() {
				t.Errorf("%s has a 404 of its own", path)
			}
		}
		if strings.Contains(johan.get("/sessions").text(), "Marias egen") {
			t.Error("it is in his list")
		}
		f := maria.get("/colleagues").form("/colleagues/share")
		f.values.Set("shared", "yes")
		f.send("")
		if p := johan.get(e.path); p.status != http.StatusOK {
			t.Errorf("shared: %d", p.status)
		}
		if !strings.Contains(johan.get("/sessions").text(), "Marias egen") {
			t.Error("shared, and not in his list")
		}
		f = maria.get("/colleagues").form("/colleagues/share")
		f.values.Del("shared")
		f.send("")
		if p := johan.get(e.path); p.status != http.StatusNotFound {
			t.Errorf("not shared any more: %d", p.status)
		}
	})

	t.Run("a closed account hands its sessions and jobs over and signs in no more", func(t *testing.T) {
		e := johan.publish(plan{title: "Johans egen"})
		path := accountPath(t, maria, "johan@example.org")
		org, err := h.main.Store.OnlyOrganisation(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		job := nextup.Job{
			ID: nextup.JobID(transport.NewID()), Organisation: org, Owner: nextup.RecruiterID(strings.TrimPrefix(path, "/colleagues/")),
			Title: "Johans jobb", Zone: "Europe/Stockholm", Created: time.Now(),
		}
		if err := h.main.Store.SaveJob(t.Context(), job, 0); err != nil {
			t.Fatal(err)
		}
		if p := maria.get(path).form("/close").send(""); p.status != http.StatusUnprocessableEntity {
			t.Errorf("without saying to whom: %d", p.status)
		}
		if p := johan.get("/sessions"); p.url.Path != "/sessions" {
			t.Fatal("a refused closing ended his login")
		}
		to := strings.TrimPrefix(accountPath(t, maria, recruiterMail), "/colleagues/")
		if p := maria.get(path).form("/close").set("to", to).send(""); p.url.Path != "/colleagues" || p.status != http.StatusOK {
			t.Fatalf("closing led to %s (%d): %s", p.url.Path, p.status, p.text())
		}
		if p := johan.get("/sessions"); p.url.Path != "/sign-in" {
			t.Error("his login goes on")
		}
		if p := h.visitor().signsIn("johan@example.org", recruiterPassword); p.url.Path != "/sign-in" {
			t.Error("he can sign in")
		}
		resets := func() (n int) { // the letter with his own link to what he published may come late
			for _, l := range h.letters("johan@example.org") {
				if strings.Contains(l.text, "/reset/") {
					n++
				}
			}
			return n
		}
		before := resets()
		h.visitor().get("/forgot").form("/forgot").set("email", "johan@example.org").send("")
		if p := maria.get(e.path); p.status != http.StatusOK {
			t.Errorf("his session: %d", p.status)
		}
		if !strings.Contains(maria.get("/sessions").text(), "Johans egen") {
			t.Error("his session is not in Maria's list")
		}
		n, err := h.main.Actors.Look(t.Context(), nextup.SessionID(e.id))
		if err != nil || string(n.State.Owner) != to {
			t.Errorf("its owner is %s, %v", n.State.Owner, err)
		}
		if b, err := h.main.Store.Board(t.Context(), job.ID); err != nil || string(b.Job.Owner) != to {
			t.Errorf("his job's owner is %s, %v", b.Job.Owner, err)
		}
		maria.get(path).form("/open").send("")
		if p := johan.signsIn("johan@example.org", recruiterPassword); p.url.Path != "/sessions" {
			t.Error("opened again, he cannot sign in")
		}
		if resets() != before {
			t.Error("a closed account was sent a new-password link")
		}
	})

	t.Run("the last account cannot be closed", func(t *testing.T) {
		to := strings.TrimPrefix(accountPath(t, maria, recruiterMail), "/colleagues/")
		for _, email := range []string{"johan@example.org", "eva@example.org"} {
			f := maria.get(accountPath(t, maria, email)).form("/close")
			f.values.Set("to", to)
			f.send("")
		}
		own := accountPath(t, maria, recruiterMail)
		if p := maria.get(own); strings.Contains(string(p.body), "/close") {
			t.Error("the page offers it")
		}
		p, err := maria.ask(http.MethodPost, own+"/close", nil)
		if err != nil || p.status != http.StatusConflict {
			t.Errorf("closing it: %d, %v", p.status, err)
		}
		if p := maria.get("/sessions"); p.url.Path != "/sessions" {
			t.Error("she is signed out")
		}
	})

	t.Run("nothing of it is in the log or, once used, in the files", func(t *testing.T) {
		for _, word := range []string{"@example.org", "Johan", "/join/T", recruiterPassword} {
			if strings.Contains(h.log.String(), word) {
				t.Errorf("the log holds %q", word)
			}
		}
		if err := h.main.Store.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
		if where := h.onDisk("cannon@example.org"); len(where) == 0 {
			t.Error("the search does not work")
		}
		if where := h.onDisk("nobody@example.org"); len(where) > 0 {
			t.Errorf("an address that was taken back is in %v", where)
		}
		if where := h.onDisk("stranger@example.org"); len(where) > 0 {
			t.Errorf("an address that only asked for a password is in %v", where)
		}
	})
}

// accountPath is the page of somebody's account.
func accountPath(t *testing.T, v *visitor, email string) string {
	t.Helper()
	page := string(v.get("/colleagues").body)
	for _, part := range strings.Split(page, `data-account="`)[1:] {
		if id, rest, _ := strings.Cut(part, `"`); strings.Contains(rest[:strings.Index(rest, "</li>")], email) {
			return "/colleagues/" + id
		}
	}
	t.Fatalf("no account of %s", email)
	return ""
}
