package transport

import "net/http"

// routes is every URL there is. GET also answers HEAD, and neither ever changes
// anything. What is not named here is the neutral 404 page.
func (s *Server) routes() http.Handler {
	m := http.NewServeMux()
	page := func(pattern string, h handler) { m.Handle(pattern, s.page(h)) } // refusals as pages
	data := func(pattern string, h handler) { m.Handle(pattern, s.data(h)) } // refusals as JSON

	// everybody
	page("POST /language", s.chooseLanguage)
	page("GET /help", s.help)
	page("GET /a/{hash}/{path...}", s.asset)

	// sign-up, with the public link
	page("GET /s/{token}", s.signUp)
	page("POST /s/{token}", s.register)

	// a candidate, with the personal link
	page("GET /c/{token}", s.candidate)
	page("POST /c/{token}/withdraw", s.withdraw)
	page("POST /c/{token}/respond", s.respond)
	data("GET /c/{token}/live", s.candidateLive)

	// an interviewer, with link and PIN
	page("GET /i/{token}", s.interviewer)
	page("POST /i/{token}", s.tryPIN)
	data("GET /i/{token}/sheet", s.sheet)
	data("GET /i/{token}/assessments", s.assessments)
	data("GET /i/{token}/live", s.interviewerLive)

	// recruiters: setup.go, login.go, recruiter*.go add theirs here

	page("/", s.nowhere)
	return m
}
