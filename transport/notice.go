package transport

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"nextup"
)

// A notice is the step before a change or a cancellation that people must hear of:
// who will get which mail, in which words, and whether it is sent at all. It is
// worked out by carrying the command out on a copy, so it shows exactly the
// letters that the command itself will call for.
//
//	v, err := s.newNotice(ctx, n, who, command, texts)   // nil: nobody is concerned
//	{{template "notice" .Notice}}                        // web/pages/parts, inside a form
//	choice := v.read(r.PostForm)                         // of the form that comes back
//	command.Notify, command.Text = choice.Notify, choice.Text; texts = append(texts, choice.Texts...)

// noticeView is what the part shows.
type noticeView struct {
	Kind    nextup.MailKind // change or cancellation
	People  []noticePerson  // everybody concerned
	Letters []noticeLetter  // one for each language concerned
	Send    bool            // ticked
	SMTP    bool            // letters leave the house
	Fault   *faultView
}

// noticePerson is somebody who is concerned.
type noticePerson struct {
	Name, Email, Language string
	Interviews            bool
}

// noticeLetter is the letter in one language, with the recruiter's words as typed.
type noticeLetter struct {
	Lang     string
	Words    string
	Count    int // how many get it
	Previews []noticePreview
}

// noticePreview is what those of one kind get, around the recruiter's words.
type noticePreview struct {
	Interviews    bool
	Subject       string
	Before, After string
}

// maxNotice is how much a recruiter may add, in characters.
const maxNotice = 2000

// noticeMark stands for the recruiter's words in a preview. No letter of ours has it.
const noticeMark = "\u2063nextup-words\u2063"

// Candidates is how many of those concerned are candidates.
func (v *noticeView) Candidates() (n int) {
	for _, p := range v.People {
		if !p.Interviews {
			n++
		}
	}
	return n
}

// Interviewers is how many of those concerned interview.
func (v *noticeView) Interviewers() int { return len(v.People) - v.Candidates() }

// Shown is how the recruiter's words stand in a preview.
func (l noticeLetter) Shown() string { return strings.TrimSpace(l.Words) }

// newNotice works out whom a Configure or Cancel would write to if it notified
// them, with texts as they would then be. nil: nobody, so there is nothing to ask.
// A command that would be refused concerns nobody either; giving it says why.
func (s *Server) newNotice(ctx context.Context, n nextup.Snapshot, who Account, c nextup.Command, texts []nextup.Text) (*noticeView, error) {
	switch told := c.(type) {
	case nextup.Configure:
		told.Notify, told.Text = true, noticeMark
		c = told
	case nextup.Cancel:
		told.Notify, told.Text = true, noticeMark
		c = told
	default:
		return nil, nil
	}
	events, err := nextup.Decide(n.State, n.Presence, n.Now, who.by(), c)
	if err != nil {
		return nil, nil //nolint:nilerr // the command itself is refused with the reason
	}
	var recorded []nextup.Recorded
	for i, e := range events {
		recorded = append(recorded, nextup.Recorded{Version: n.State.Version + i + 1, At: n.Now, By: who.by(), Event: e})
	}
	after := n
	after.State = nextup.Evolve(n.State, recorded...)
	after.Texts = map[nextup.TextID]string{}
	for id, words := range n.Texts {
		after.Texts[id] = words
	}
	for _, t := range texts {
		after.Texts[t.ID] = t.Body
	}
	after.Texts[noticeMark] = noticeMark
	v := &noticeView{Send: true, SMTP: s.SMTP}
	for _, m := range nextup.MailsFor(after.State, events) {
		if m.Text != noticeMark {
			continue // a link for a new interviewer, for instance: no news of a change
		}
		if err := v.add(ctx, s, after, m); err != nil {
			return nil, err
		}
	}
	if len(v.People) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(v.Letters, func(a, b noticeLetter) int { return b.Count - a.Count })
	return v, nil
}

// add puts one letter into the notice.
func (v *noticeView) add(ctx context.Context, s *Server, after nextup.Snapshot, m nextup.Mail) error {
	l, err := s.letter(ctx, after, m)
	if err != nil {
		return nil //nolint:nilerr // somebody who was erased gets none
	}
	v.Kind = m.Kind
	lang := l.Language
	if !knownLanguage(lang) {
		lang = languages[0]
	}
	v.People = append(v.People, noticePerson{l.Name, l.To, lang, l.Interviews})
	i := slices.IndexFunc(v.Letters, func(x noticeLetter) bool { return x.Lang == lang })
	if i < 0 {
		i = len(v.Letters)
		v.Letters = append(v.Letters, noticeLetter{Lang: lang, Words: s.Text(lang, "notice.words."+string(m.Kind))})
	}
	x := &v.Letters[i]
	x.Count++
	if slices.ContainsFunc(x.Previews, func(p noticePreview) bool { return p.Interviews == l.Interviews }) {
		return nil
	}
	words, err := l.Compose()
	if err != nil {
		return err
	}
	before, rest, _ := strings.Cut(words.Text, noticeMark)
	x.Previews = append(x.Previews, noticePreview{l.Interviews, words.Subject, before, rest})
	return nil
}

// noticeChoice is what a recruiter decided.
type noticeChoice struct {
	Notify bool
	Text   nextup.TextID
	Texts  []nextup.Text // rows to keep beside the command
}

// read takes the form that the part was in. Without the part's fields (an older
// form, or one without the step) nobody is told. What is too long is noted in the
// view and kept as typed; then ok is false.
func (v *noticeView) read(form url.Values) (choice noticeChoice, ok bool) {
	if v == nil || form.Get("notice") == "" {
		return noticeChoice{}, true
	}
	v.Send = form.Get("notice_send") != ""
	choice.Notify, ok = v.Send, true
	if v.Send {
		choice.Text = nextup.TextID(NewID())
	}
	for i := range v.Letters {
		l := &v.Letters[i]
		if !form.Has("notice_words_" + l.Lang) {
			continue // somebody of this language registered meanwhile: the words that are offered stand
		}
		typed, fits := typedWords(form.Get("notice_words_" + l.Lang))
		l.Words = typed
		if v.Send && (!fits || utf8.RuneCountInString(typed) > maxNotice) {
			v.Fault = newFault("notice", &fieldError{"form.error.long", maxNotice})
			ok = false
		}
	}
	if v.Send {
		for _, l := range v.Letters {
			choice.Texts = append(choice.Texts, nextup.Text{ID: noticeText(choice.Text, l.Lang), Body: l.Shown()})
		}
	}
	return choice, ok
}

// noticeText names the row of a notice's words in one language.
func noticeText(id nextup.TextID, lang string) nextup.TextID { return id + ":" + nextup.TextID(lang) }

// noticeWords are a notice's words in a language, or in the first other that there is.
func noticeWords(texts map[nextup.TextID]string, id nextup.TextID, lang string) string {
	if id == "" {
		return ""
	}
	for _, l := range append([]string{lang}, languages...) {
		if words, ok := texts[noticeText(id, l)]; ok {
			return words
		}
	}
	return texts[id]
}
