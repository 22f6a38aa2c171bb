package transport

import (
	"maps"
	"net/http"
	"slices"

	"nextup"
)

// PreviewView is what stands above the sign-up page when its recruiter looks at it
// before candidates can.
type PreviewView struct {
	Form string // where it is changed
	Back string // where it is published
}

// preview shows the sign-up page as candidates will see it when what is saved is
// published. Nothing can be sent from it.
func (s *Server) preview(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := notOver(n.State); err != nil {
		return err
	}
	kept, _, err := s.keptForm(r, n, who)
	if err != nil {
		return err
	}
	at := "/sessions/" + string(n.ID)
	d := kept.check(n.State.Settings, n.People, s.language(r, who.Language))
	if len(kept.Errors) > 0 {
		http.Redirect(w, r, at+"/edit", http.StatusSeeOther)
		return nil
	}
	v, err := s.newSignUp(r, n.ID, d.over(n), SignUpForm{}, nil)
	if err != nil {
		return err
	}
	v.Preview = &PreviewView{Form: at + "/edit", Back: at}
	if kept.Revision > 0 {
		v.Preview.Back = at + "/changes"
	}
	v.Action = at + "/preview"
	return s.render(w, r, http.StatusOK, "signup.html", Page{Path: at + "/preview", Home: "/sessions", View: v})
}

// over is a session as it will be when the draft is published.
func (d draft) over(n nextup.Snapshot) nextup.Snapshot {
	n.State.Phase, n.State.Settings = nextup.PhasePublished, d.settings
	n.Texts, n.People = maps.Clone(n.Texts), maps.Clone(n.People)
	for _, t := range d.texts {
		n.Texts[t.ID] = t.Body
	}
	for _, p := range d.people {
		n.People[p.ID] = p
	}
	n.State.Interviewers = slices.Clone(n.State.Interviewers)
	for i, w := range n.State.Interviewers {
		n.State.Interviewers[i].Removed = !slices.Contains(d.interviewers, w.ID)
	}
	for _, id := range d.interviewers {
		if _, ok := n.State.Interviewer(id); !ok {
			n.State.Interviewers = append(n.State.Interviewers, nextup.Interviewer{ID: id, Generation: 1})
		}
	}
	return n
}
