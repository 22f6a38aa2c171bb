package transport

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"nextup"
	"nextup/transport/mail"
)

// What a recruiter may write to applicants, in characters.
const (
	maxMessageSubject = 200
	maxMessageBody    = 5000
)

// messageView is what message.html shows: to whom, in which words, and how the
// letter will look. All ways to invite or remind somebody lead here.
type messageView struct {
	Title   string
	Round   nextup.Round
	Path    string
	JobPath string
	Remind  bool
	Shut    bool   // the job is closed
	Nobody  bool   // there is nobody in the round at all
	Token   string // of this form: the same press twice is one message
	People  []recipientRow
	Letters []messageLetter // one for each language of those who can get it
	Figures nextup.Figures
	Short   int    // times that are missing for those who are ticked and have none
	Why     string // key of why nothing can be sent; "" it can
	SMTP    bool
	Fault   *faultView // of the recipients
	Refused *fieldError
}

// recipientRow is somebody who can get the message, or why not.
type recipientRow struct {
	ID             nextup.ApplicantID
	Name, Email    string
	Language       string
	State          stateView
	Chosen         bool // ticked
	Before         bool // was invited before: he gets it again only on purpose
	Booked, Unread bool // has a time; has no address any more
}

// messageLetter is the message in one language.
type messageLetter struct {
	Lang                  string
	Subject, Body         string // as typed
	Count                 int    // how many of those ticked get it
	Name                  string // whom the preview is written to
	Before, Shown, After  string // the letter round the recruiter's words
	ShownSubject          string
	SubjectFault, OfWords *faultView
}

// Chosen is how many are ticked.
func (v messageView) Chosen() (n int) {
	for _, p := range v.People {
		if p.Chosen {
			n++
		}
	}
	return n
}

// message shows the message that asks people to choose a time, to be written.
func (s *Server) message(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	v := s.newMessage(who, b, rb, r.URL.Query())
	if err := s.previewMessage(r.Context(), b, rb, &v); err != nil {
		return err
	}
	return s.messagePage(w, r, http.StatusOK, who, v)
}

func (s *Server) messagePage(w http.ResponseWriter, r *http.Request, status int, who Account, v messageView) error {
	q := url.Values{}
	if v.Remind {
		q.Set("kind", "remind")
	}
	var to []string
	for _, p := range v.People {
		if p.Chosen {
			to = append(to, string(p.ID))
		}
	}
	if len(to) > 0 && len(to) < 60 {
		q.Set("to", strings.Join(to, ","))
		q.Set("again", "1")
	}
	return s.desk(w, r, status, who, "message.html", "/jobs", Page{Path: v.Path + "/message?" + q.Encode(), View: v, Boot: v.boot()})
}

// messageBoot is what message.js needs: whom each preview is written to, and for what.
type messageBoot struct {
	Job   string            `json:"job"`
	Names map[string]string `json:"names"` // by language
	Free  int               `json:"free"`
}

func (v messageView) boot() messageBoot {
	boot := messageBoot{Job: v.Title, Names: map[string]string{}, Free: v.Figures.Free}
	for _, l := range v.Letters {
		boot.Names[l.Lang] = l.Name
	}
	return boot
}

// newMessage presets recipients and words. q: to are those who were chosen (again: also
// if they were invited before; posted: nobody else is); without it all who were not invited, or for a reminder
// all who have not answered.
func (s *Server) newMessage(who Account, b nextup.Board, rb nextup.RoundBoard, q url.Values) messageView {
	v := messageView{
		Title: b.Job.Title, Round: rb.Round, Path: roundAt(b.Job.ID, rb.Round.ID), JobPath: "/jobs/" + string(b.Job.ID), Remind: q.Get("kind") == "remind",
		Token: NewID(), Figures: rb.Figures(s.Now()), SMTP: s.SMTP, Shut: !b.Job.Closed.IsZero(),
	}
	to := readIDs(q.Get("to"))
	standing := byName(b, b.Standing(rb))
	v.Nobody = len(standing) == 0
	for _, e := range standing {
		a, _ := b.Applicant(e.Applicant)
		named := slices.Contains(to, a.ID)
		state := e.State()
		row := recipientRow{
			ID: a.ID, Name: a.Name, Email: a.Email, Language: writtenIn(a.Language), State: entryStates[state],
			Before: !e.Invited.IsZero() && !v.Remind, Booked: state == nextup.EntryChosen, Unread: a.Email == "",
		}
		waits := state == nextup.EntryInvited || state == nextup.EntryOpened
		switch {
		case row.Booked || row.Unread:
			if !named {
				continue
			}
		case v.Remind && !waits && !named:
			continue // there is nothing to remind him of
		case len(to) > 0 || q.Has("posted"):
			row.Chosen = named && (!row.Before || q.Has("again"))
		default:
			row.Chosen = v.Remind || !row.Before
		}
		v.People = append(v.People, row)
	}
	v.why()
	v.write(s, who)
	return v
}

// why says what has to be done before anything can be sent.
func (v *messageView) why() {
	v.Why = ""
	switch {
	case v.Shut:
		v.Why = "rounds.msg.jobClosed"
	case !v.Round.Closed.IsZero():
		v.Why = "rounds.msg.closed"
	case v.Figures.Seats == 0:
		v.Why = "rounds.msg.noTimes"
	case v.Figures.Free == 0:
		v.Why = "rounds.msg.noneFree"
	}
	v.Short = max(0, v.Chosen()-v.Figures.Free)
}

// write puts in the words that are proposed, in each language that is needed.
func (v *messageView) write(s *Server, who Account) {
	kind := "choose"
	if v.Remind {
		kind = "again"
	}
	for _, p := range v.People {
		if p.Booked || p.Unread {
			continue
		}
		i := slices.IndexFunc(v.Letters, func(l messageLetter) bool { return l.Lang == p.Language })
		if i < 0 {
			i = len(v.Letters)
			v.Letters = append(v.Letters, messageLetter{
				Lang: p.Language, Name: p.Name, Subject: s.Text(p.Language, "rounds.template."+kind+".subject"),
				Body: s.Text(p.Language, "rounds.template."+kind+".body") + "\n\n" + s.Text(p.Language, "rounds.template.regards") + "\n" + who.Name,
			})
		}
		if p.Chosen {
			v.Letters[i].Count++
		}
	}
	slices.SortStableFunc(v.Letters, func(a, b messageLetter) int { return b.Count - a.Count })
}

// writtenIn is the language of somebody's letters.
func writtenIn(lang string) string {
	if knownLanguage(lang) {
		return lang
	}
	return languages[0]
}

func (v messageView) kind() nextup.MailKind {
	if v.Remind {
		return nextup.MailChooseAgain
	}
	return nextup.MailChoose
}

// previewMessage shows in each language the letter that the first of its readers gets.
func (s *Server) previewMessage(ctx context.Context, b nextup.Board, rb nextup.RoundBoard, v *messageView) error {
	for i := range v.Letters {
		l := &v.Letters[i]
		at := slices.IndexFunc(v.People, func(p recipientRow) bool { return p.Language == l.Lang && p.Chosen })
		if at < 0 {
			at = slices.IndexFunc(v.People, func(p recipientRow) bool { return p.Language == l.Lang && !p.Booked && !p.Unread })
		}
		a, _ := b.Applicant(v.People[at].ID)
		l.Name, l.Shown, l.ShownSubject = a.Name, fillMessage(l.Body, a, b.Job), fillMessage(l.Subject, a, b.Job)
		words, err := s.previewRound(ctx, b, rb, a, nextup.Message{
			Round: rb.Round.ID, Applicant: a.ID, Kind: v.kind(), Subject: l.ShownSubject, Body: noticeMark, Language: l.Lang, At: s.Now(),
		})
		if errors.Is(err, mail.ErrOutdated) {
			continue
		}
		if err != nil {
			return err
		}
		l.Before, l.After, _ = strings.Cut(words.Text, noticeMark)
	}
	return nil
}

// sendMessage keeps the messages for the applicants' pages and writes their letters.
func (s *Server) sendMessage(w http.ResponseWriter, r *http.Request, who Account, b nextup.Board, rb nextup.RoundBoard) error {
	if err := r.ParseForm(); err != nil {
		return formFault(err)
	}
	v := s.newMessage(who, b, rb, url.Values{"kind": {r.PostForm.Get("kind")}, "to": {strings.Join(r.PostForm["to"], ",")}, "again": {"1"}, "posted": {"1"}})
	if !v.read(r.PostForm) {
		return s.messageAgain(w, r, http.StatusUnprocessableEntity, who, b, rb, v)
	}
	list := v.messages(s, who, b, rb)
	known := map[nextup.MessageID]bool{}
	for _, m := range b.Messages {
		known[m.ID] = true
	}
	done := "sent"
	if v.Remind {
		done = "reminded"
	}
	fresh := slices.DeleteFunc(slices.Clone(list), func(m nextup.Message) bool { return known[m.ID] })
	if len(fresh) == 0 { // pressed twice
		return s.roundDone(w, r, who, b, rb, done, len(list), nil)
	}
	err := s.Jobs.Send(r.Context(), fresh)
	if err == nil {
		return s.roundDone(w, r, who, b, rb, done, len(list), nil)
	}
	e, status, sure := refusal(err)
	again, rb2, broken := s.roundAgain(r.Context(), b, rb)
	if broken != nil {
		return broken
	}
	if slices.ContainsFunc(again.Messages, func(m nextup.Message) bool { return m.ID == fresh[0].ID }) {
		return s.roundDone(w, r, who, again, rb2, done, len(list), nil) // another press was faster
	}
	if !sure {
		s.Log.Error("message not sent", "error", err)
	}
	v.Refused = &fieldError{Key: "error." + string(e.Code), Count: e.Left}
	return s.messageAgain(w, r, status, who, again, rb2, v)
}

// messageAgain shows the form with what was typed.
func (s *Server) messageAgain(w http.ResponseWriter, r *http.Request, status int, who Account, b nextup.Board, rb nextup.RoundBoard, v messageView) error {
	if err := s.previewMessage(r.Context(), b, rb, &v); err != nil {
		return err
	}
	return s.messagePage(w, r, status, who, v)
}

// braces are what a recruiter meant as a place to be filled in.
var braces = regexp.MustCompile(`\{[^{}\n]{0,40}\}`)

// read takes the form. What is wrong is noted in the view, with all that was typed.
func (v *messageView) read(form url.Values) (ok bool) {
	ok = true
	if token := form.Get("form"); identifier(token) {
		v.Token = token
	}
	for i := range v.Letters {
		l := &v.Letters[i]
		if !form.Has("subject_"+l.Lang) && !form.Has("body_"+l.Lang) {
			continue // somebody of this language came meanwhile: the words that are proposed stand
		}
		f := faults{}
		l.Subject = f.line("subject", form.Get("subject_"+l.Lang), maxMessageSubject, true)
		l.Body = f.block("body", form.Get("body_"+l.Lang), maxMessageBody)
		if l.Body == "" {
			f.add("body", "form.error.empty", 0)
		}
		for field, words := range map[string]string{"subject": l.Subject, "body": l.Body} {
			for _, b := range braces.FindAllString(words, -1) {
				if b != "{name}" && b != "{job}" {
					f.add(field, "rounds.msg.brace", 0)
				}
			}
		}
		if l.Count == 0 {
			continue // nobody gets it
		}
		l.SubjectFault, l.OfWords = newFault("subject-"+l.Lang, f["subject"]), newFault("body-"+l.Lang, f["body"])
		ok = ok && len(f) == 0
	}
	if v.Chosen() == 0 {
		v.Fault, ok = newFault("to", &fieldError{Key: "rounds.msg.nobody"}), false
	}
	return ok && v.Why == ""
}

// fillMessage puts the applicant's name and the job's title into a recruiter's words,
// where he wrote {name} and {job}.
func fillMessage(words string, a nextup.Applicant, j nextup.Job) string {
	return strings.NewReplacer("{name}", a.Name, "{job}", j.Title).Replace(words)
}

// messages are the rows to keep. Their IDs follow from form, words and recipient, so
// that the same press twice makes the same rows.
func (v messageView) messages(s *Server, who Account, b nextup.Board, rb nextup.RoundBoard) (list []nextup.Message) {
	for _, p := range v.People {
		if !p.Chosen {
			continue
		}
		a, _ := b.Applicant(p.ID)
		l := v.Letters[slices.IndexFunc(v.Letters, func(l messageLetter) bool { return l.Lang == p.Language })]
		m := nextup.Message{
			Round: rb.Round.ID, Applicant: a.ID, Kind: v.kind(), Subject: fillMessage(l.Subject, a, b.Job), Body: fillMessage(l.Body, a, b.Job),
			Language: l.Lang, At: s.Now(), By: who.ID,
		}
		sum := sha256.Sum256([]byte(strings.Join([]string{v.Token, string(m.Round), string(m.Applicant), string(m.Kind), m.Subject, m.Body}, "\x00")))
		m.ID = nextup.MessageID(base32.StdEncoding.EncodeToString(sum[:])[:26])
		list = append(list, m)
	}
	return list
}
