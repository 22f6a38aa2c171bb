package main

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
)

// axeSource is axe-core, which knows what keeps people from using a page.
//
//go:embed testdata/axe-core/axe.min.js
var axeSource string

// barrier is something that keeps people from using a page.
type barrier struct {
	ID, Impact, Help string
	Nodes            []struct{ Target, Why string }
}

func (b barrier) String() string {
	var where []string
	for _, n := range b.Nodes {
		where = append(where, n.Target+": "+n.Why)
	}
	return fmt.Sprintf("%s (%s): %s\n\t%s", b.ID, b.Impact, b.Help, strings.Join(where, "\n\t"))
}

// Barriers are what axe-core finds on the page as it stands, serious or critical. What
// it would call less (a rule's faults all have the rule's own weight) is not looked for.
func (b *tab) Barriers() (found []barrier) {
	b.t.Helper()
	var there bool
	if b.Eval(`typeof axe === "object"`, &there); !there {
		b.Eval(`(function () { `+axeSource+`; return true; })()`, nil)
	}
	b.Eval(`axe.run(document, {
		resultTypes: ["violations"],
		rules: Object.fromEntries(axe._audit.rules.filter((r) => r.impact === "minor" || r.impact === "moderate").map((r) => [r.id, {enabled: false}])),
	}).then((r) => r.violations
		.filter((v) => v.impact === "serious" || v.impact === "critical")
		.map((v) => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 6).map((n) => ({
			target: n.target.join(" "), why: [...n.any, ...n.all, ...n.none].map((c) => c.message).join("; "),
		}))})))`, &found)
	return found
}

// The check of the pages finds what it is for: each of these is put into a page
// that has no faults.
func TestLookFindsFaults(t *testing.T) {
	beside(t, looks)
	s := startServer(t)
	b := show(t, chromium(t), &person{name: "visitor"})
	for name, x := range map[string]struct{ js, want string }{
		"contrast":  {`Object.assign(document.querySelector("h1").style, {color: "#ccc"})`, "color-contrast"},
		"no label":  {`document.querySelector("main").append(document.createElement("input"))`, "label"},
		"no name":   {`document.querySelector("main").append(document.createElement("button"))`, "button-name"},
		"too wide":  {`Object.assign(document.querySelector("h1").style, {width: "3000px"})`, "wide in a window"},
		"key":       {`document.querySelector("h1").textContent = "landing.noSuchText"`, "shows the key landing.noSuchText"},
		"foreign":   {`document.querySelector("h1").textContent = ` + quote(word("nb", "landing.head")), "in nb"},
		"pattern":   {`document.querySelector("h1").textContent = ` + quote(word("sv", "room.waited.other", "count", "7")), "in sv"},
		"undefined": {`document.querySelector("h1").textContent = "Hello undefined"`, "undefined"},
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.Open(s.base + "/")
			b.Speak("en")
			if before := faults(b, "en"); len(before) > 0 {
				t.Fatalf("the page has faults already: %q", before)
			}
			b.Eval("void ("+x.js+")", nil)
			if after := strings.Join(faults(b, "en"), "\n"); !strings.Contains(after, x.want) {
				t.Errorf("found %q, want %q", after, x.want)
			}
		})
	}
	b.t = t
}

// faults is all that is found on a page as it stands.
func faults(b *tab, lang string) []string {
	b.t.Helper()
	all := b.Faults(lang)
	for _, x := range b.Barriers() {
		all = append(all, x.String())
	}
	return all
}
