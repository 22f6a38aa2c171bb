package transport

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"nextup"
	"nextup/transport/mail"
)

// maxInvites is how many people one pasted list may name.
const maxInvites = 200

// invitee is one person of a pasted list.
type invitee struct {
	Name, Email string
}

// inviteFault is what is wrong with one line of a pasted list.
type inviteFault struct {
	Line  int // from 1
	Words string
	fieldError
}

// parseInvites reads a list as people paste it: one person a line, name and address in
// any order between tabs, semicolons or commas, or "Name <address>", or an address
// alone. A first line without an address is a heading. Somebody who stands there
// twice is taken once. Lines that cannot be read are all named; twice counts those
// that were merged.
func parseInvites(typed string) (list []invitee, wrong []inviteFault, twice int) {
	seen := map[string]bool{}
	first := true
	for i, raw := range strings.Split(strings.ReplaceAll(strings.ReplaceAll(typed, "\r\n", "\n"), "\r", "\n"), "\n") {
		raw = strings.TrimPrefix(raw, "\ufeff")
		if strings.Trim(raw, " \t,;\"") == "" {
			continue
		}
		heading := first
		first = false
		one, key, limit := parseInvite(raw)
		switch {
		case key == "board.invite.noAddress" && heading && strings.ContainsAny(raw, ",;\t"):
			continue
		case key != "":
			wrong = append(wrong, inviteFault{i + 1, visible(clip(strings.TrimSpace(raw), 120)), fieldError{key, limit}})
		case seen[strings.ToLower(one.Email)]:
			twice++
		default:
			seen[strings.ToLower(one.Email)] = true
			list = append(list, one)
		}
	}
	return list, wrong, twice
}

// parseInvite reads one line; key says what is wrong with it, "" nothing.
func parseInvite(raw string) (one invitee, key string, limit int) {
	if strings.ContainsFunc(strings.ReplaceAll(raw, "\t", " "), hidden) {
		return invitee{}, "form.error.control", 0
	}
	cells := strings.FieldsFunc(strings.NewReplacer("<", ";", ">", ";").Replace(raw), func(r rune) bool { return r == '\t' || r == ';' || r == ',' })
	var names []string
	for _, c := range cells {
		c = strings.Trim(strings.TrimSpace(c), `"' `)
		c = strings.TrimPrefix(c, "mailto:")
		switch {
		case c == "":
		case !strings.Contains(c, "@"):
			names = append(names, strings.Join(strings.Fields(c), " "))
		case one.Email != "":
			return invitee{}, "board.invite.twoAddresses", 0
		default:
			words := strings.Fields(c) // "Anna Berg anna@example.se"
			address := words[len(words)-1]
			if !strings.Contains(address, "@") {
				return invitee{}, "form.error.email", 0
			}
			if strings.Contains(strings.Join(words[:len(words)-1], ""), "@") {
				return invitee{}, "board.invite.twoAddresses", 0
			}
			names = append(names, words[:len(words)-1]...)
			email, err := mail.ParseAddress(address)
			if err != nil {
				return invitee{}, "form.error.email", 0
			}
			one.Email = email
		}
	}
	if one.Email == "" {
		return invitee{}, "board.invite.noAddress", 0
	}
	if one.Name = strings.Join(names, " "); utf8.RuneCountInString(one.Name) > maxName {
		return invitee{}, "form.error.long", maxName
	}
	return one, "", 0
}

// inviteView is what invite.html shows.
type inviteView struct {
	Session  nextup.SessionID
	Title    string
	Link     string
	Typed    string
	Language string
	Langs    []string
	Max      int
	Wrong    []inviteFault
	Fault    *faultView
	Invited  []invitedRow
	In       int // of them, who have registered
	Sent     int // by the last press
	Twice    int // of what was pasted, merged
	Known    int // of what was pasted, registered already
	SMTP     bool
	Open     bool // still takes registrations
	Done     bool // this is the answer to a press
}

// invitedRow is somebody who was mailed the sign-up link.
type invitedRow struct {
	ID         nextup.PersonID
	Name       string
	Email      string
	Registered bool
	Sent       *deliveryView
}

// invite shows where a list is pasted, and who was invited before.
func (s *Server) invite(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	v, err := s.newInvite(r, who, n)
	if err != nil {
		return err
	}
	if q := r.URL.Query(); q.Get("done") == "invite" {
		v.Done = true
		for name, field := range map[string]*int{"sent": &v.Sent, "known": &v.Known, "twice": &v.Twice} {
			if k, err := strconv.Atoi(q.Get(name)); err == nil && k > 0 && k <= maxInvites {
				*field = k
			}
		}
	}
	return s.invitePage(w, r, http.StatusOK, who, v)
}

func (s *Server) newInvite(r *http.Request, who Account, n nextup.Snapshot) (inviteView, error) {
	v := inviteView{
		Session: n.ID, Title: n.Texts[nextup.TitleText], Link: s.links.SignUp(n.ID), Language: s.language(r, who.Language),
		Langs: languages, Max: maxInvites, SMTP: s.SMTP,
		Open: n.State.Phase == nextup.PhasePublished && n.Now.Before(n.State.Settings.End()),
	}
	posted, err := s.Office.Posted(r.Context(), n.ID)
	if err != nil {
		return v, err
	}
	letters := latest(posted)[n.ID]
	for _, id := range n.State.Invited {
		p, ok := n.People[id]
		if !ok || p.Email == "" { // erased
			continue
		}
		row := invitedRow{ID: id, Name: p.Name, Email: p.Email, Registered: registeredAs(n, p.Email)}
		if l, ok := letters[id]; ok {
			d := newDelivery(l, s.SMTP)
			row.Sent = &d
		}
		if row.Registered {
			v.In++
		}
		v.Invited = append(v.Invited, row)
	}
	return v, nil
}

func (s *Server) invitePage(w http.ResponseWriter, r *http.Request, status int, who Account, v inviteView) error {
	return s.desk(w, r, status, who, "invite.html", "/sessions", Page{Path: "/sessions/" + string(v.Session) + "/invite", View: v})
}

// sendInvites mails the sign-up link to everybody on a pasted list. If a line cannot
// be read nothing is sent at all. Who has a place already gets no mail; who was
// invited before gets one more.
func (s *Server) sendInvites(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v, err := s.newInvite(r, who, n)
	if err != nil {
		return err
	}
	v.Typed = r.PostForm.Get("list")
	if lang := r.PostForm.Get("language"); knownLanguage(lang) {
		v.Language = lang
	}
	list, wrong, twice := parseInvites(v.Typed)
	if id := nextup.PersonID(r.PostForm.Get("again")); id != "" {
		p, ok := n.People[id]
		if !ok || p.Role != nextup.RoleVisitor {
			return nextup.Refuse(nextup.CodeUnknown)
		}
		list, wrong, v.Language = []invitee{{p.Name, p.Email}}, nil, p.Language
	}
	v.Wrong = wrong
	switch {
	case len(wrong) > 0:
		v.Fault = newFault("list", &fieldError{"board.invite.wrong", len(wrong)})
	case len(list) == 0:
		v.Fault = newFault("list", &fieldError{Key: "board.invite.empty"})
	case len(list) > maxInvites:
		v.Fault = newFault("list", &fieldError{"board.invite.many", maxInvites})
	}
	if v.Fault != nil {
		return s.invitePage(w, r, http.StatusUnprocessableEntity, who, v)
	}
	before := map[string]nextup.Person{}
	for _, id := range n.State.Invited {
		if p := n.People[id]; p.Email != "" {
			before[strings.ToLower(p.Email)] = p
		}
	}
	var order nextup.Order
	var ids []nextup.PersonID
	for _, one := range list {
		if registeredAs(n, one.Email) {
			v.Known++
			continue
		}
		p := nextup.Person{ID: nextup.PersonID(NewID()), Role: nextup.RoleVisitor, Name: one.Name, Email: one.Email, Language: v.Language}
		if old, again := before[strings.ToLower(one.Email)]; again { // one more mail is one more invitation, and it takes the old one's place
			if p.Name == "" {
				p.Name = old.Name
			}
			order.People = append(order.People, nextup.Person{ID: old.ID, Role: nextup.RoleVisitor, Language: old.Language})
		}
		ids = append(ids, p.ID)
		order.People = append(order.People, p)
	}
	if len(ids) > 0 {
		order.ID, order.By, order.Command = newCommand(), who.by(), nextup.Invite{People: ids}
		if _, err := s.Sessions.Do(r.Context(), n.ID, order); err != nil {
			e, status, sure := refusal(err)
			if !sure {
				s.Log.Error("invite", "error", err)
			}
			v.Fault = newFault("list", &fieldError{"error." + string(e.Code), e.Left})
			return s.invitePage(w, r, status, who, v)
		}
	}
	told := url.Values{"done": {"invite"}, "sent": {strconv.Itoa(len(ids))}, "known": {strconv.Itoa(v.Known)}, "twice": {strconv.Itoa(twice)}}
	http.Redirect(w, r, "/sessions/"+string(n.ID)+"/invite?"+told.Encode(), http.StatusSeeOther)
	return nil
}
