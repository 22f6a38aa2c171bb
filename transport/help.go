package transport

import "net/http"

// helpSection is one part of the help page; its words are in the catalogue under
// "help.section.", "help.q." and "help.a.".
type helpSection struct {
	Name      string   // also its anchor
	Questions []string // names within it
}

// helpSections are the questions that people ask, in the order in which they come up.
var helpSections = []helpSection{
	{"booking", []string{"what", "why", "how", "who", "many", "deep", "questions", "ad", "language"}},
	{"inviting", []string{"how", "signup", "abroad", "mail", "interviewers", "more"}},
	{"times", []string{"how", "sees", "change", "moved", "early", "who"}},
	{"technology", []string{"candidate", "interviewer", "phone", "trouble", "check", "support"}},
	{"editing", []string{"change", "remove", "copy", "colleague"}},
	{"during", []string{"before", "several", "order", "time", "lost"}},
	{"after", []string{"summary", "print", "access"}},
	{"privacy", []string{"recorded", "long", "erase"}},
}

// candidateHelp is what candidates ask; these texts have a name of their own
// ("help.NAME.title" and ".text").
var candidateHelp = []string{"link", "camera", "place", "network"}

// helpView is what help.html shows.
type helpView struct {
	Sections   []helpSection
	Candidates []string
}

// help is the page of questions and answers: the same for everybody, without signing in.
func (s *Server) help(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "help.html", Page{View: helpView{helpSections, candidateHelp}})
}
