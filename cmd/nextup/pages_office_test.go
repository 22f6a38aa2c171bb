package main

import (
	"strings"
	"testing"
	"time"
)

// What a recruiter sees beside the list, the form and the overview.
func TestPagesOfOffices(t *testing.T) {
	h := newHouse(t)
	maria := h.found()
	h.invites(maria, "Johan Ek", "johan@example.org")
	maria.get("/colleagues").form("/colleagues/invite").set("email", "eva@example.org").set("language", "sv").send("")
	e := maria.publish(plan{title: "Lagerarbetare, Malmö", begins: 30 * time.Hour, places: 8, interviewers: []string{"Ingrid Dahl"}, questions: []string{"Vilka truckkort har du?"}})
	h.visitor().signUp(e, "Åsa Öberg", "sv")
	personal := h.link(h.letter(mailOf("Åsa Öberg"), 1), "/c/")

	c := chromium(t)
	b := show(t, c, &person{name: recruiterName})
	b.Allow(`status of 4\d\d`)
	visitor := show(t, c, &person{name: "Eva Alm"})
	visitor.Open(h.link(h.letter("eva@example.org", 1), "/join/"))
	look(t, visitor, "join")
	visitor.Open(h.base + "/forgot")
	look(t, visitor, "forgot")
	visitor.Type("#email", "johan@example.org")
	visitor.Click(`main form button[type=submit]`)
	visitor.Lacks(`#email`)
	look(t, visitor, "forgot sent")
	visitor.Open(personal + "/data")
	look(t, visitor, "my data")
	visitor.Open(h.base + "/privacy")
	look(t, visitor, "privacy")

	b.SignsIn(h.base)
	for name, path := range map[string]string{
		"account": "/account", "colleagues": "/colleagues", "data protection": "/data-protection", "who looked": "/data-protection/record",
		"invite": e.path + "/invite", "preview": e.path + "/preview", "remove": e.path + "/remove", "archive": "/sessions?archive=1",
		"list, nothing found": "/sessions?q=" + "finnsinte",
	} {
		b.Open(h.base + path)
		look(t, b, name)
	}
	follow := func(from, link, name string) {
		t.Helper()
		b.Open(h.base + from)
		b.Click(link)
		b.WaitFor(`location.pathname !== `+quote(from)+` && document.readyState === "complete"`, long)
		look(t, b, name)
	}
	follow("/colleagues", `main a[href^="/colleagues/"]`, "colleague")
	follow(e.path, `a[href*="/candidates/"]`, "candidate of a session")
	follow(e.path, `a[href*="/interviewers/"]`, "interviewer of a session")

	b.Open(h.base + e.path + "/invite")
	b.Type("#list", "Ola Nordmann, ola@example.org\nnobody at all\n")
	b.Click(`main form button[type=submit]`)
	b.Has(`[data-fault]`)
	look(t, b, "invite refused")

	edit := maria.get(e.path + "/edit").form("/edit")
	edit.set("talk", "15").send("save")
	if !strings.Contains(maria.get("/sessions").text(), word("en", "list.unpublished")) {
		t.Error("the list does not say that changes wait")
	}
	b.Open(h.base + e.path + "/changes")
	look(t, b, "changes")
	b.Open(h.base + e.path)
	look(t, b, "overview with changes that wait")
}
