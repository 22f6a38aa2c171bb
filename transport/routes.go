package transport

import (
	"net/http"

	"nextup"
)

// routes is every URL there is. GET also answers HEAD, and neither ever changes
// anything that somebody said or chose; the way into an interview may have its session
// told sooner what was booked. What is not named here is the neutral 404 page.
func (s *Server) routes() http.Handler {
	m := http.NewServeMux()
	page := func(pattern string, h handler) { m.Handle(pattern, s.page(h)) } // refusals as pages
	data := func(pattern string, h handler) { m.Handle(pattern, s.data(h)) } // refusals as JSON

	// everybody
	page("POST /language", s.chooseLanguage)
	page("GET /help", s.help)
	page("GET /privacy", s.privacy)
	page("GET /privacy/{token}", s.privacy)
	page("GET /a/{hash}/{path...}", s.asset)

	// sign-up, with the public link
	page("GET /s/{token}", s.signUp)
	page("POST /s/{token}", s.register)

	// a candidate, with the personal link
	page("GET /c/{token}", s.candidate)
	page("GET /c/{token}/details", s.details)
	page("POST /c/{token}/details", s.correct)
	page("POST /c/{token}/withdraw", s.withdraw)
	page("POST /c/{token}/respond", s.respond)
	page("GET /c/{token}/calendar.ics", s.candidateCalendar)
	page("GET /c/{token}/data", s.myData)
	page("GET /c/{token}/data.json", s.myDataFile)
	page("POST /c/{token}/data/erase", s.eraseMe)
	data("GET /c/{token}/live", s.candidateLive)

	// an applicant, with the personal link
	page("GET /p/{token}", s.personal)
	data("GET /p/{token}/times", s.personalTimes)
	page("POST /p/{token}/confirm", s.confirmInterview)
	page("POST /p/{token}/cancel", s.cancelInterview)
	page("POST /p/{token}/none", s.noneFits)
	data("POST /p/{token}/opened", s.personalOpened)
	page("GET /p/{token}/data", s.applicantData)
	page("GET /p/{token}/data.json", s.applicantDataFile)
	page("POST /p/{token}/details", s.correctApplicant)
	page("POST /p/{token}/data/erase", s.eraseApplicant)
	page("POST /p/{token}/leave", s.leaveInterviews)
	page("GET /p/{token}/{round}/calendar.ics", s.bookingCalendar)
	page("GET /p/{token}/{round}/join", s.joinInterview)

	// an interviewer, with link and PIN
	page("GET /i/{token}", s.interviewer)
	page("POST /i/{token}", s.tryPIN)
	data("GET /i/{token}/sheet", s.sheet)
	data("GET /i/{token}/assessments", s.assessments)
	data("GET /i/{token}/live", s.interviewerLive)

	// recruiters
	login := func(pattern string, h handler) { m.Handle(pattern, s.remembered(h)) }            // knows who is signed in
	desk := func(pattern string, h recruiterPage) { m.Handle(pattern, s.requireRecruiter(h)) } // only when signed in
	login("GET /{$}", s.landing)
	login("GET /setup/{token}", s.setUpForm)
	login("POST /setup/{token}", s.setUp)
	login("GET /sign-in", s.signInForm)
	login("POST /sign-in", s.signIn)
	login("POST /sign-out", s.signOut)
	login("GET /join/{token}", s.joinForm)
	login("POST /join/{token}", s.join)
	login("GET /forgot", s.forgot)
	login("POST /forgot", s.askReset)
	login("GET /reset/{token}", s.resetForm)
	login("POST /reset/{token}", s.reset)
	staff := func(pattern string, h recruiterPage) { desk(pattern, s.staffed(h)) }
	staff("GET /account", s.account)
	staff("POST /account", s.saveAccount)
	staff("POST /account/password", s.changePassword)
	staff("POST /account/others", s.endOthers)
	staff("GET /colleagues", s.colleagues)
	staff("POST /colleagues/invite", s.inviteColleague)
	staff("POST /colleagues/take-back", s.takeBack)
	staff("POST /colleagues/share", s.share)
	staff("GET /colleagues/{id}", s.colleague)
	staff("POST /colleagues/{id}/close", s.closeAccount)
	staff("POST /colleagues/{id}/hand-over", s.handOverSessions)
	staff("POST /colleagues/{id}/open", s.openAccount)
	private := func(pattern string, h recruiterPage) { desk(pattern, s.private(h)) }
	private("GET /data-protection", s.protection)
	private("POST /data-protection", s.saveProtection)
	private("GET /data-protection/record", s.accesses)
	desk("GET /alive", s.alive)
	desk("GET /sessions", s.list)
	desk("GET /sessions/new", s.newSession)
	desk("POST /sessions/new", s.createSession)
	desk("GET /sessions/{id}", s.overview)
	desk("GET /sessions/{id}/now", s.overviewNow)
	desk("GET /sessions/{id}/qr.svg", s.qrFile)
	desk("GET /sessions/{id}/edit", s.editSession)
	desk("POST /sessions/{id}/edit", s.changeSession)
	desk("GET /sessions/{id}/preview", s.preview)
	desk("GET /sessions/{id}/changes", s.changesPage)
	desk("POST /sessions/{id}/changes", s.publishChanges)
	desk("POST /sessions/{id}/discard", s.discardChanges)
	desk("POST /sessions/{id}/copy", s.copySession)
	desk("GET /sessions/{id}/remove", s.removePage)
	desk("POST /sessions/{id}/remove", s.remove)
	desk("POST /sessions/{id}/archive", s.putAway("archive", nextup.Archive{}))
	desk("POST /sessions/{id}/unarchive", s.putAway("unarchive", nextup.Unarchive{}))
	desk("POST /sessions/{id}/publish", s.overviewDo("publish", publishCommand))
	desk("POST /sessions/{id}/cancel", s.cancel)
	desk("POST /sessions/{id}/close", s.overviewDo("close", closeCommand))
	desk("POST /sessions/{id}/renew", s.overviewDo("renew", renewCommand))
	desk("POST /sessions/{id}/resend", s.resend)
	desk("POST /sessions/{id}/enter", s.enter)
	desk("POST /sessions/{id}/reopen", s.reopen)
	desk("POST /sessions/{id}/announce", s.announce)
	desk("POST /sessions/{id}/reinstate", s.overviewDo("reinstate", reinstateCommand))
	desk("POST /sessions/{id}/erase", s.overviewDo("erase", eraseCommand))
	desk("POST /sessions/{id}/grant", s.overviewDo("grant", grantCommand))
	desk("POST /sessions/{id}/revoke", s.overviewDo("revoke", revokeCommand))
	desk("POST /sessions/{id}/link", s.linkCandidate)
	desk("GET /sessions/{id}/candidates/{person}", s.applicant)
	desk("GET /sessions/{id}/interviewers/{person}", s.seat)
	desk("POST /sessions/{id}/interviewers", s.addInterviewer)
	desk("POST /sessions/{id}/interviewers/remove", s.removeInterviewer)
	desk("POST /sessions/{id}/interviewers/correct", s.correctInterviewer)
	desk("GET /sessions/{id}/invite", s.invite)
	desk("POST /sessions/{id}/invite", s.sendInvites)
	desk("GET /sessions/{id}/summary", s.recruiterSummary)
	desk("GET /sessions/{id}/summary/now", s.recruiterSummaryNow)
	desk("GET /sessions/{id}/summary.csv", s.summaryFile)
	desk("GET /sessions/{id}/summary.pdf", s.recruiterPDF)
	desk("GET /sessions/{id}/correct/{offer}", s.recruiterCorrect)
	desk("POST /sessions/{id}/correct/{offer}", s.recruiterCorrect)
	desk("GET /outbox", s.outbox)
	s.jobRoutes(desk)
	page("GET /i/{token}/summary", s.interviewerSummary)
	page("GET /i/{token}/summary/now", s.interviewerSummaryNow)
	page("GET /i/{token}/summary.pdf", s.interviewerPDF)
	page("GET /i/{token}/correct/{offer}", s.interviewerCorrect)
	page("POST /i/{token}/correct/{offer}", s.interviewerCorrect)

	page("/", s.nowhere)
	return m
}

// jobRoutes are the pages of jobs, rounds and slots.
func (s *Server) jobRoutes(desk func(string, recruiterPage)) {
	job := func(pattern string, h jobPage) { desk(pattern, s.ofJob(h)) }                // of a job that the recruiter may open
	round := func(pattern string, h roundPage) { desk(pattern, s.ofJob(s.ofRound(h))) } // and one of its rounds
	desk("GET /jobs", s.jobs)
	desk("GET /jobs/new", s.newJob)
	desk("POST /jobs/new", s.createJob)
	job("GET /jobs/{job}", s.job)
	job("GET /jobs/{job}/edit", s.editJob)
	job("POST /jobs/{job}/edit", s.changeJob)
	job("POST /jobs/{job}/close", s.closeJob)
	job("POST /jobs/{job}/open", s.openJob)
	job("GET /jobs/{job}/applicants", s.addApplicants)
	job("POST /jobs/{job}/applicants", s.saveApplicants)
	job("GET /jobs/{job}/applicants/remove", s.removeApplicantsPage)
	job("POST /jobs/{job}/applicants/remove", s.removeApplicants)
	job("GET /jobs/{job}/applicants/{applicant}", s.jobApplicant)
	job("POST /jobs/{job}/applicants/{applicant}", s.changeApplicant)
	job("POST /jobs/{job}/applicants/{applicant}/erase", s.eraseJobApplicant)
	job("POST /jobs/{job}/rounds", s.enterRound)
	round("GET /jobs/{job}/rounds/{round}", s.round)
	round("GET /jobs/{job}/rounds/{round}/now", s.roundNow)
	round("POST /jobs/{job}/rounds/{round}/name", s.renameRound)
	round("POST /jobs/{job}/rounds/{round}/close", s.closeRound)
	round("POST /jobs/{job}/rounds/{round}/open", s.openRound)
	round("GET /jobs/{job}/rounds/{round}/leave", s.leaveRoundPage)
	round("POST /jobs/{job}/rounds/{round}/leave", s.leaveRound)
	round("GET /jobs/{job}/rounds/{round}/book", s.bookForPage)
	round("POST /jobs/{job}/rounds/{round}/book", s.bookFor)
	round("POST /jobs/{job}/rounds/{round}/resend", s.resendRound)
	round("GET /jobs/{job}/rounds/{round}/message", s.message)
	round("POST /jobs/{job}/rounds/{round}/message", s.sendMessage)
	round("GET /jobs/{job}/rounds/{round}/slots", s.slots)
	round("POST /jobs/{job}/rounds/{round}/slots", s.saveSlots)
	round("GET /jobs/{job}/rounds/{round}/proposals", s.proposals)
	round("GET /jobs/{job}/rounds/{round}/slots/{slot}", s.slotPage)
	round("POST /jobs/{job}/rounds/{round}/slots/{slot}", s.moveSlot)
}
