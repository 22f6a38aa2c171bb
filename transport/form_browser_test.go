package transport

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"nextup"
)

// What hands do in the form: rows that come back, follow the pointer and the keys,
// and words that survive a crash. One browser for all of it.
func TestFormInTheBrowser(t *testing.T) {
	d := newDesks(t)
	w := d.window(d.signedIn("maria@example.test"))
	fresh := func() {
		t.Helper()
		w.script(`localStorage.clear(); window.stop()`)
		w.open("/sessions/new")
		w.wait(`document.querySelector("[data-total]").textContent`, `"6"`)
		w.wait(`document.querySelectorAll("[data-grip]").length`, `6`)
		w.script(typing)
	}
	words := func(kind string) string {
		return `[...document.querySelectorAll("[data-rows=` + kind + `] [data-list] input[name=` + kind + `]")].map((i) => i.value).join(" ")`
	}
	three := func(kind string) {
		t.Helper()
		for n, word := range []string{"one", "two", "three"} {
			w.script(`type("[name=` + kind + `]", "` + word + `", ` + string(rune('0'+n)) + `)`)
		}
		w.wait(words(kind), `"one two three"`)
	}
	w.open("/sessions/new")
	for kind, row := range map[string]string{"question": "S3-15 a question", "trait": "S3-18 a trait"} {
		t.Run(row+" comes back, and follows keys and pointer", func(t *testing.T) {
			fresh()
			three(kind)
			section := `document.querySelector('[data-rows="` + kind + `"]')`
			w.script(section + `.querySelectorAll("[data-do=remove]")[1].click()`)
			w.wait(words(kind), `"one three"`)
			w.wait(section+`.querySelector("[data-undo]").hidden`, `false`)
			w.script(section + `.querySelector("[data-do=undo]").click()`)
			w.wait(words(kind), `"one two three"`)
			w.wait(`document.activeElement.value`, `"two"`)
			w.script(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowDown", altKey: true, bubbles: true, cancelable: true}))`)
			w.wait(words(kind), `"one three two"`)
			w.wait(`document.activeElement.value`, `"two"`)
			w.wait(section+`.querySelector("[data-moved]").textContent`, `"Now number 3."`)
			// With the pointer, by the number: the first below the last.
			w.script(section + `.scrollIntoView({block: "center", behavior: "instant"})`)
			w.script(`(() => {
				const rows = [...` + section + `.querySelectorAll("[data-list] > li")];
				const grip = rows[0].querySelector("[data-grip]");
				const at = (type, e, y) => e.dispatchEvent(new PointerEvent(type, {bubbles: true, cancelable: true, button: 0, pointerId: 1, clientX: 10, clientY: y}));
				grip.setPointerCapture = grip.hasPointerCapture = () => true; // a made-up pointer cannot be captured
				at("pointerdown", grip, rows[0].getBoundingClientRect().top + 5);
				for (const row of rows.slice(1)) at("pointermove", grip, row.getBoundingClientRect().bottom - 2);
				at("pointermove", grip, rows[2].getBoundingClientRect().bottom + 5);
				at("pointerup", grip, 0);
			})()`)
			w.wait(words(kind), `"three two one"`)
			w.wait(`[...`+section+`.querySelectorAll(".n")].slice(0, 3).map((n) => n.textContent).join("")`, `"123"`)
			w.wait(section+`.querySelectorAll("[data-held]").length`, `0`)
		})
	}
	t.Run("S3-02 what was typed is offered back after a crash, and not after it was saved", func(t *testing.T) {
		fresh()
		three("question")
		w.script(`type("#title", "Lager"); type("#job", "Ett jobb"); type("#clock", "13:00")`)
		w.script(`document.querySelector('[data-rows="interviewer"] [data-do="add"]').click()`)
		w.script(`type("[name=interviewer_name]", "Johan Ek", 1); type("[name=interviewer_email]", "johan@example.test", 1)`)
		w.script(`document.querySelector('[data-rows="question"] [data-do="add"]').click(); type("[name=question]", "four", 3)`)
		w.wait(`Object.values(localStorage).some((v) => v.includes("four"))`, `true`)
		// The browser goes without a word to the page; another one comes with the same storage.
		if err := chromedp.Do(w.ctx, chromedp.Navigate("about:blank")); err != nil && !strings.Contains(err.Error(), "dialog") {
			t.Log(err)
		}
		w.open("/sessions/new")
		w.wait(`document.querySelector("[data-restore]").hidden`, `false`)
		w.wait(`document.querySelector("#title").value`, `""`)
		w.script(`document.querySelector("[data-act=restore]").click()`)
		w.wait(`document.querySelector("#title").value + document.querySelector("#job").value`, `"LagerEtt jobb"`)
		w.wait(words("question"), `"one two three four"`)
		w.wait(`document.querySelectorAll("[name=interviewer_name]")[1].value`, `"Johan Ek"`)
		w.wait(`document.querySelector("[data-total]").textContent`, `"12"`)
		w.script(typing)
		w.script(`type("#date", "2030-11-25"); document.querySelector("button[value=publish]").click()`)
		w.wait(`document.querySelector("h1").textContent`, `"Lager"`)
		w.open("/sessions/new")
		w.wait(`document.querySelectorAll("[data-grip]").length`, `6`)
		w.wait(`Object.keys(localStorage).filter((k) => k.startsWith("nextup.form")).length`, `0`)
		w.wait(`document.querySelector("[data-restore]").hidden`, `true`)
		n := d.newest()
		if len(n.State.Settings.Questions) != 4 || n.State.Phase != nextup.PhasePublished {
			t.Errorf("made %+v", n.State.Settings)
		}
	})
}
