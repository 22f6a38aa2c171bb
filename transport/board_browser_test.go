package transport

import (
	"testing"
	"time"

	"nextup"
)

// The board as the recruiter sees it: it follows without a reload, nothing that is
// held moves away, and a wrong no-show is put right from it.
func TestS3_37_BoardInTheBrowser(t *testing.T) {
	d := newDesks(t)
	d.going()
	d.noShow("CANDIDATE4")
	w := d.window(d.signedIn("maria@example.test"))
	w.open("/sessions/SESSION1")
	const queue = `[...document.querySelectorAll("[data-board] ol li a")].map(a => a.textContent).join()`
	w.wait(queue, `"Ola Nordmann,Jane Okafor"`)
	w.wait(`document.querySelector("[data-figure=talking] dd").textContent`, `"1"`)
	w.wait(`document.querySelector("[data-board] ul li [data-with]").innerText`, `"Åsa Öberg"`)
	w.wait(`document.querySelectorAll("[data-act=reinstate]").length`, `1`)
	// Somebody has the keyboard on Jane while the queue changes above her.
	w.script(`document.querySelectorAll("[data-board] ol li a")[1].focus(); window.held = document.activeElement; true`)
	d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE5"), nextup.CheckIn{Device: "deviceCANDIDATE5"})
	d.must(d.session, as(nextup.RoleCandidate, "CANDIDATE2"), nextup.Withdraw{})
	w.wait(queue, `"Jane Okafor,Maija Niemelä"`)
	w.wait(`document.activeElement === window.held && window.held.isConnected`, `true`)
	w.wait(`document.querySelector('tr[data-id="CANDIDATE2"] [data-state]').innerText.trim()`, `"Withdrew"`)
	w.script(`document.querySelector("[data-act=reinstate]").click()`)
	w.wait(`(document.querySelector(".note--ok")?.innerText ?? "").trim()`, `"Back in the queue, in the old place."`)
	w.wait(queue, `"Jane Okafor,Ali Hassan,Maija Niemelä"`)
	// Nobody interviews any more, and some wait.
	d.seen("INTERVIEWER1", nextup.Seen{Since: time.Now()})
	w.wait(`document.querySelector("[data-board] [role=status]").innerText.trim().startsWith("3 are waiting, but no interviewer is here")`, `true`)
}

// K8: the mail is shown while it is to be sent, with the words as they are typed;
// without it the recruiter is told that it is his to tell.
func TestNoticeInTheBrowser(t *testing.T) {
	d := newDesks(t)
	d.coming()
	w := d.window(d.signedIn("maria@example.test"))
	w.open("/sessions/COMING12")
	w.script(`document.querySelector("#cancel").open = true`)
	const shows = `[".notice__mail", ".notice__not"].map(s => document.querySelector(s).checkVisibility()).join()`
	w.wait(shows, `"true,false"`)
	w.script(typing)
	w.script(`type("#notice-sv", "Vi <b>hörs</b>!")`)
	w.wait(`document.querySelector("#notice-sv").closest("[data-notice-letter]").querySelector("[data-notice-shown]").textContent`, `"Vi <b>hörs</b>!"`)
	w.script(`document.querySelector("[data-notice-send]").click()`)
	w.wait(shows, `"false,true"`)
	w.script(`document.querySelector("#cancel form").requestSubmit()`)
	w.wait(`document.querySelector("[data-overview]").dataset.shown`, `"cancelled"`)
	w.wait(`document.querySelector("main").innerText.includes("2 were registered: tell them")`, `true`)
	if n := len(d.written(0)); n != 6 { // two invitations, three confirmations, one withdrawal
		t.Errorf("%d letters", n)
	}
}
