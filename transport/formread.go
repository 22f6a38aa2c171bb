package transport

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"nextup"
	"nextup/transport/mail"
)

// Limits of what recruiters type, in characters.
const (
	maxTitle        = 120
	maxJob          = 20000
	maxQuestion     = 300
	maxTrait        = 80
	maxAd           = 500
	maxContact      = 300
	maxAnchor       = 40
	maxInterviewers = 50
)

// sessionForm is the form for a quick interview exactly as it was typed, so that
// it can be shown again, with what was found wrong.
type sessionForm struct {
	New      string // the ID that a new session will have; "" when one is edited
	Command  string `json:"-"` // makes this copy of the form one of its kind; see formCommand
	Version  int    `json:"-"` // the change it was filled in from
	Revision int    `json:"-"` // the saved draft it was filled in from; 0: none

	// Base are digests of what the form was filled in from, Ground those of what was
	// published then; the two differ when it was filled in from a saved draft.
	Base   prints `json:"-"`
	Ground prints

	Title, Job, Ad, Contact         string
	Date, Clock, Zone               string
	Length, Talk, Pause, Places     string
	Order, Lobby, Answer, Countdown string
	Questions, Traits               []formRow
	Anchors                         [5]string // words for the ratings 1 to 5; empty: the standard ones
	Interviewers                    []formPerson
	Errors                          faults    `json:"-"`
	Undo                            *undoView `json:"-"` // the row that was just removed
}

// formRow is one question or trait.
type formRow struct {
	ID    string // "" for a new one
	Text  string
	Error *fieldError `json:"-"`
}

// formPerson is one interviewer.
type formPerson struct {
	ID    string // "" for a new one
	Name  string
	Email string
	You   bool        `json:"-"` // the recruiter
	Error *fieldError `json:"-"`
}

func (p formPerson) empty() bool {
	return strings.TrimSpace(p.Name) == "" && strings.TrimSpace(p.Email) == ""
}

// blankForm is a new session's: one hour, ten minutes each, the recruiter as the
// first interviewer.
func blankForm(who Account) sessionForm {
	f := sessionForm{
		New: NewID(), Command: NewID(), Zone: defaultZone, Length: "60", Talk: "10", Pause: "0", Places: "6",
		Order: string(nextup.OrderCheckIn), Lobby: minutes(nextup.DefaultLobbyOpens),
		Answer: seconds(nextup.DefaultAnswer), Countdown: seconds(nextup.DefaultCountdown),
		Questions: make([]formRow, 3), Traits: make([]formRow, 3),
		Interviewers: []formPerson{{ID: string(who.asInterviewer()), Name: who.Name, Email: who.Email, You: true}},
	}
	return f
}

// formOf is the form of a session as it is now.
func formOf(n nextup.Snapshot, who Account) sessionForm {
	set := n.State.Settings
	start := in(set.Start, set.Zone)
	f := sessionForm{
		Command: NewID(), Version: n.State.Edited,
		Title: n.Texts[nextup.TitleText], Job: n.Texts[nextup.JobText], Ad: n.Texts[nextup.AdText], Contact: n.Texts[nextup.ContactText],
		Date: start.Format(time.DateOnly), Clock: start.Format("15:04"), Zone: set.Zone,
		Length: minutes(set.Length), Talk: minutes(set.Talk), Pause: minutes(set.Pause), Places: strconv.Itoa(set.Places),
		Order: string(turnOrder(string(set.Order))), Lobby: minutes(set.LobbyOpens), Answer: seconds(set.Answer), Countdown: seconds(set.Countdown),
	}
	for _, q := range set.Questions {
		f.Questions = append(f.Questions, formRow{ID: string(q), Text: n.Texts[nextup.TextID(q)]})
	}
	for _, t := range set.Traits {
		f.Traits = append(f.Traits, formRow{ID: string(t), Text: n.Texts[nextup.TextID(t)]})
	}
	for i := range f.Anchors {
		f.Anchors[i] = n.Texts[nextup.AnchorText(i+1)]
	}
	for _, i := range n.State.Interviewers {
		if !i.Removed {
			p := n.People[i.ID.Person()]
			f.Interviewers = append(f.Interviewers, formPerson{ID: string(i.ID), Name: p.Name, Email: p.Email, You: i.ID == who.asInterviewer()})
		}
	}
	f.Base = printsOf(f)
	f.Ground = f.Base
	return f
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

func minutes(d time.Duration) string { return strconv.Itoa(int(d / time.Minute)) }

// readForm takes what was typed, as it was typed. known is the session that is
// edited, empty for a new one: identifiers that are not its own are not believed,
// and their rows become new ones.
func readForm(v url.Values, known nextup.Session, who Account) sessionForm {
	f := sessionForm{
		New: v.Get("new"), Command: v.Get("command"),
		Title: v.Get("title"), Job: v.Get("job"), Date: v.Get("date"), Clock: v.Get("clock"), Zone: v.Get("zone"),
		Length: v.Get("length"), Talk: v.Get("talk"), Pause: v.Get("pause"), Places: v.Get("places"),
		Ad: v.Get("ad"), Contact: v.Get("contact"),
		Order: v.Get("order"), Lobby: v.Get("lobby"), Answer: v.Get("answer"), Countdown: v.Get("countdown"),
		Base: readPrints(v.Get("base")), Ground: readPrints(v.Get("ground")), Undo: readUndo(v),
	}
	for i := range f.Anchors {
		f.Anchors[i] = at(v["anchor"], i)
	}
	f.Version, _ = strconv.Atoi(v.Get("version"))
	f.Revision, _ = strconv.Atoi(v.Get("revision"))
	if !knownID(f.Command) {
		f.Command = NewID()
	}
	if !knownID(f.New) {
		f.New = NewID()
	}
	questions := make([]string, 0, len(known.Settings.Questions))
	for _, q := range known.Settings.Questions {
		questions = append(questions, string(q))
	}
	traits := make([]string, 0, len(known.Settings.Traits))
	for _, t := range known.Settings.Traits {
		traits = append(traits, string(t))
	}
	f.Questions = readRows(v["question_id"], v["question"], questions)
	f.Traits = readRows(v["trait_id"], v["trait"], traits)
	you := string(who.asInterviewer())
	ids, names, emails := v["interviewer_id"], v["interviewer_name"], v["interviewer_email"]
	for i := range min(max(len(names), len(emails)), maxInterviewers+1) {
		p := formPerson{ID: at(ids, i), Name: at(names, i), Email: at(emails, i)}
		if _, ok := known.Interviewer(nextup.InterviewerID(p.ID)); !ok && p.ID != you {
			p.ID = ""
		}
		if p.ID != "" && slices.ContainsFunc(f.Interviewers, func(o formPerson) bool { return o.ID == p.ID }) {
			p.ID = ""
		}
		p.You = p.ID == you
		f.Interviewers = append(f.Interviewers, p)
	}
	return f
}

func readRows(ids, texts, known []string) (rows []formRow) {
	for i, text := range texts {
		if i > 10*nextup.MaxQuestions { // no page of ours sends so many
			break
		}
		id := at(ids, i)
		if !slices.Contains(known, id) || slices.ContainsFunc(rows, func(r formRow) bool { return r.ID == id }) {
			id = ""
		}
		rows = append(rows, formRow{ID: id, Text: text})
	}
	return rows
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// draft is a form that was found right: what the command needs.
type draft struct {
	settings     nextup.Settings
	interviewers []nextup.InterviewerID
	people       []nextup.Person
	texts        []nextup.Text
}

// check reads the form's fields into a draft. Everything wrong is noted beside its
// field, all at once; the draft is good only if there is none. base are the
// settings the form does not show.
func (f *sessionForm) check(base nextup.Settings, people map[nextup.PersonID]nextup.Person, language string) draft {
	f.Errors = faults{}
	d := draft{settings: base}
	f.Title = f.Errors.line("title", f.Title, maxTitle, true)
	f.Job = f.Errors.block("job", f.Job, maxJob)
	f.Ad = f.webAddress(f.Ad)
	f.Contact = f.Errors.line("contact", f.Contact, maxContact, false)
	d.texts = append(d.texts,
		nextup.Text{ID: nextup.TitleText, Body: f.Title}, nextup.Text{ID: nextup.JobText, Body: f.Job},
		nextup.Text{ID: nextup.AdText, Body: f.Ad}, nextup.Text{ID: nextup.ContactText, Body: f.Contact})
	for i := range f.Anchors {
		f.Anchors[i] = f.Errors.line("anchors", f.Anchors[i], maxAnchor, false)
		d.texts = append(d.texts, nextup.Text{ID: nextup.AnchorText(i + 1), Body: f.Anchors[i]})
	}

	d.settings.Length = f.minutes("length", f.Length, 5, int(nextup.MaxLength/time.Minute))
	d.settings.Talk = f.minutes("talk", f.Talk, 1, int(nextup.MaxLength/time.Minute))
	d.settings.Pause = f.minutes("pause", f.Pause, 0, 60)
	d.settings.Places = f.number("places", f.Places, 1, 10000)
	d.settings.Order = turnOrder(f.Order)
	d.settings.LobbyOpens = f.minutes("lobby", f.Lobby, 0, 24*60)
	d.settings.Answer = time.Duration(f.number("answer", f.Answer, 10, 300)) * time.Second
	d.settings.Countdown = time.Duration(f.number("countdown", f.Countdown, 0, 10)) * time.Second
	if f.Errors["talk"] == nil && f.Errors["length"] == nil && d.settings.Talk > d.settings.Length {
		f.Errors.add("talk", "form.error.talkLong", int(d.settings.Length/time.Minute))
	}
	f.start(&d.settings)
	f.rows(&d)
	f.interviewers(&d, people, language)
	return d
}

// webAddress reads the address of an ad. It is kept and shown as a link; nobody
// here ever fetches it.
func (f *sessionForm) webAddress(typed string) string {
	words := f.Errors.line("ad", typed, maxAd, false)
	if words == "" || f.Errors["ad"] != nil {
		return words
	}
	full := words
	if !strings.Contains(words, "://") && !strings.HasPrefix(words, "/") {
		full = "https://" + words // as people write it
	}
	u, err := url.Parse(full)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || !strings.Contains(u.Hostname(), ".") ||
		u.User != nil || strings.ContainsAny(full, " \"<>\\") {
		f.Errors.add("ad", "form.error.ad", 0)
		return words
	}
	return u.String()
}

// start reads day, time of day and zone into an instant.
func (f *sessionForm) start(set *nextup.Settings) {
	f.Date, f.Clock = strings.TrimSpace(f.Date), strings.TrimSpace(f.Clock)
	set.Zone = f.Zone
	if !zoneExists(f.Zone) {
		f.Errors.add("zone", "form.error.zone", 0)
	}
	if _, err := time.Parse(time.DateOnly, f.Date); err != nil {
		f.Errors.add("date", "form.error.date", 0)
	}
	clock := f.Clock
	if len(clock) == 4 || len(clock) == 7 { // 9:00
		clock = "0" + clock
	}
	if len(clock) == 8 && strings.HasSuffix(clock, ":00") { // some browsers send seconds
		clock = clock[:5]
	}
	clock = strings.ReplaceAll(clock, ".", ":")
	if _, err := time.Parse("15:04", clock); err != nil {
		f.Errors.add("clock", "form.error.clock", 0)
	}
	if f.Errors["zone"] != nil || f.Errors["date"] != nil || f.Errors["clock"] != nil {
		return
	}
	f.Clock = clock
	at, err := nextup.LocalTime(f.Date, clock, f.Zone)
	switch {
	case errors.Is(err, nextup.ErrGap):
		f.Errors.add("clock", "form.error.gap", 0)
	case err != nil:
		f.Errors.add("clock", "form.error.clock", 0)
	case !set.Start.IsZero() && at.Equal(set.Start.Truncate(time.Minute)):
		// as it was: a start between two minutes is not moved by looking at it
	default:
		set.Start = at
	}
}

// rows reads questions and traits. Empty rows are nothing.
func (f *sessionForm) rows(d *draft) {
	d.settings.Questions, d.settings.Traits = nil, nil
	read := func(list []formRow, limit int) (ids []string) {
		for i := range list {
			row := &list[i]
			if strings.TrimSpace(row.Text) == "" {
				continue
			}
			one := faults{}
			row.Text = one.line("text", row.Text, limit, true)
			if row.Error = one["text"]; row.Error != nil {
				f.Errors.add("rows", row.Error.Key, row.Error.Count)
			}
			id := row.ID
			if id == "" {
				id = NewID()
			}
			ids = append(ids, id)
			d.texts = append(d.texts, nextup.Text{ID: nextup.TextID(id), Body: row.Text})
		}
		return ids
	}
	for _, id := range read(f.Questions, maxQuestion) {
		d.settings.Questions = append(d.settings.Questions, nextup.QuestionID(id))
	}
	for _, id := range read(f.Traits, maxTrait) {
		d.settings.Traits = append(d.settings.Traits, nextup.TraitID(id))
	}
	if len(d.settings.Questions) > nextup.MaxQuestions {
		f.Errors.add("questions", "form.error.questions", nextup.MaxQuestions)
	}
	if len(d.settings.Traits) > nextup.MaxTraits {
		f.Errors.add("traits", "form.error.traits", nextup.MaxTraits)
	}
}

// interviewers reads who interviews. Empty rows are nobody.
func (f *sessionForm) interviewers(d *draft, people map[nextup.PersonID]nextup.Person, language string) {
	var addresses []string
	for i := range f.Interviewers {
		p := &f.Interviewers[i]
		if p.empty() {
			continue
		}
		one := faults{}
		p.Name = one.line("person", p.Name, maxName, true)
		p.Email = strings.TrimSpace(p.Email)
		email, err := mail.ParseAddress(p.Email)
		if err != nil {
			one.add("person", "form.error.email", 0)
		}
		if slices.Contains(addresses, strings.ToLower(email)) && email != "" {
			one.add("person", "form.error.twice", 0)
		}
		addresses = append(addresses, strings.ToLower(email))
		if p.Error = one["person"]; p.Error != nil {
			f.Errors.add("rows", p.Error.Key, p.Error.Count)
		}
		id := p.ID
		if id == "" {
			id = NewID()
		}
		row := nextup.Person{ID: nextup.PersonID(id), Role: nextup.RoleInterviewer, Name: p.Name, Email: email, Language: language}
		if known, ok := people[row.ID]; ok && known.Language != "" {
			row.Language = known.Language
		}
		d.interviewers = append(d.interviewers, nextup.InterviewerID(id))
		d.people = append(d.people, row)
	}
	switch n := len(d.interviewers); {
	case n == 0:
		f.Errors.add("interviewers", "form.error.nobody", 0)
	case n > maxInterviewers:
		f.Errors.add("interviewers", "form.error.interviewers", maxInterviewers)
	}
}

func (f *sessionForm) number(field, typed string, low, high int) int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil || n < low || n > high {
		f.Errors.add(field, "form.error."+field, 0)
		return 0
	}
	return n
}

func (f *sessionForm) minutes(field, typed string, low, high int) time.Duration {
	return time.Duration(f.number(field, typed, low, high)) * time.Minute
}

// capacity is the figure for whatever can be read of the form; it never complains.
func (f sessionForm) capacity() capacityView {
	var set nextup.Settings
	read := func(typed string) int {
		n, err := strconv.Atoi(strings.TrimSpace(typed))
		if err != nil || n < 0 || n > 10000 {
			return 0
		}
		return n
	}
	set.Length = time.Duration(read(f.Length)) * time.Minute
	set.Talk = time.Duration(read(f.Talk)) * time.Minute
	set.Pause = time.Duration(read(f.Pause)) * time.Minute
	set.Places, set.Zone = read(f.Places), f.Zone
	if at, err := nextup.LocalTime(strings.TrimSpace(f.Date), strings.TrimSpace(f.Clock), f.Zone); err == nil {
		set.Start = at
	}
	n := 0
	for _, p := range f.Interviewers {
		if !p.empty() {
			n++
		}
	}
	return newCapacity(set, n)
}

// press does what a button of the form asks without saving: add, remove or move a
// row. False: it is none of these.
func (f *sessionForm) press(do string) bool {
	parts := strings.Split(do, ".")
	if len(parts) < 2 {
		return false
	}
	n := -1
	if len(parts) == 3 {
		n, _ = strconv.Atoi(parts[2])
	}
	undo := f.Undo
	f.Undo = nil
	switch parts[0] {
	case "question":
		f.Questions = pressRows(f.Questions, parts[1], n, nextup.MaxQuestions, func(r formRow) { f.removed("question", n, r.ID, r.Text, "") })
		if parts[1] == "undo" && undo != nil {
			f.Questions = restore(f.Questions, undo.Index, nextup.MaxQuestions, formRow{ID: undo.ID, Text: undo.Text})
		}
	case "trait":
		f.Traits = pressRows(f.Traits, parts[1], n, nextup.MaxTraits, func(r formRow) { f.removed("trait", n, r.ID, r.Text, "") })
		if parts[1] == "undo" && undo != nil {
			f.Traits = restore(f.Traits, undo.Index, nextup.MaxTraits, formRow{ID: undo.ID, Text: undo.Text})
		}
	case "interviewer":
		f.Interviewers = pressRows(f.Interviewers, parts[1], n, maxInterviewers, func(p formPerson) { f.removed("interviewer", n, p.ID, p.Name, p.Email) })
		if parts[1] == "undo" && undo != nil {
			f.Interviewers = restore(f.Interviewers, undo.Index, maxInterviewers, formPerson{ID: undo.ID, Name: undo.Text, Email: undo.Email})
		}
	default:
		return false
	}
	return true
}

// undoView is a row that was just removed, carried by the form until the next
// press, so that it can be brought back without scripts too.
type undoView struct {
	Kind  string // "question", "trait" or "interviewer"
	Index int    // where it stood
	ID    string
	Text  string // its words, or the name
	Email string
}

// N is its number as people read it.
func (u undoView) N() int { return u.Index + 1 }

func (f *sessionForm) removed(kind string, n int, id, text, email string) {
	if strings.TrimSpace(text+email) != "" {
		f.Undo = &undoView{kind, n, id, text, email}
	}
}

func readUndo(v url.Values) *undoView {
	n, err := strconv.Atoi(v.Get("undo_index"))
	if err != nil {
		return nil
	}
	return &undoView{v.Get("undo_kind"), n, v.Get("undo_id"), v.Get("undo_text"), v.Get("undo_email")}
}

// restore puts a removed row back to where it stood.
func restore[T any](rows []T, n, limit int, row T) []T {
	if len(rows) >= limit || n < 0 {
		return rows
	}
	return slices.Insert(rows, min(n, len(rows)), row)
}

func pressRows[T any](rows []T, what string, n, limit int, removed func(T)) []T {
	switch {
	case what == "add" && len(rows) < limit:
		var blank T
		return append(rows, blank)
	case n < 0 || n >= len(rows):
	case what == "remove":
		removed(rows[n])
		return slices.Delete(rows, n, n+1)
	case what == "up" && n > 0:
		rows[n], rows[n-1] = rows[n-1], rows[n]
	case what == "down" && n+1 < len(rows):
		rows[n], rows[n+1] = rows[n+1], rows[n]
	}
	return rows
}
