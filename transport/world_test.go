package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"nextup"
	"nextup/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(
		m,
		// The login library starts it for its default store, which a program replaces.
		goleak.IgnoreTopFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"),
	)
}

// world stands in for actors, media and store: the real machine (nextup.Decide and
// Evolve) over plain memory, one lock for everything.
type world struct {
	mu          sync.Mutex
	sessions    map[nextup.SessionID]*stage
	assessments map[string]nextup.Assessment
	corrections []nextup.Correction
	media       []string // what Media was asked, in order
	orders      []nextup.Order
	reads       int   // Look
	broken      error // what the database says to writes; nil: it works
	slow        chan struct{}
	saved       int // SaveText
}

type stage struct {
	state    nextup.Session
	presence nextup.Presence
	people   map[nextup.PersonID]nextup.Person
	texts    map[nextup.TextID]string
	seen     map[nextup.CommandID]error
	lines    map[*testLine]bool
	mails    []nextup.Mail
}

func newWorld() *world {
	return &world{sessions: map[nextup.SessionID]*stage{}, assessments: map[string]nextup.Assessment{}}
}

func (w *world) Do(_ context.Context, id nextup.SessionID, o nextup.Order) (nextup.Receipt, error) {
	if w.slow != nil {
		<-w.slow
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.orders = append(w.orders, o)
	if w.broken != nil {
		return nextup.Receipt{}, w.broken
	}
	s, ok := w.sessions[id]
	if !ok {
		if _, create := o.Command.(nextup.Create); !create {
			return nextup.Receipt{}, nextup.Refuse(nextup.CodeUnknown)
		}
		s = &stage{
			presence: nextup.Presence{}, people: map[nextup.PersonID]nextup.Person{}, texts: map[nextup.TextID]string{},
			seen: map[nextup.CommandID]error{}, lines: map[*testLine]bool{},
		}
	}
	if err, again := s.seen[o.ID]; again {
		return nextup.Receipt{State: s.state}, err
	}
	events, err := nextup.Decide(s.state, s.presence, time.Now(), o.By, o.Command)
	if err == nil && len(events) > 0 {
		for _, p := range o.People {
			for _, q := range s.people {
				if q.ID != p.ID && q.Role == p.Role && p.Role == nextup.RoleCandidate && w.EmailKey(q.Email) == w.EmailKey(p.Email) {
					return nextup.Receipt{}, nextup.Refuse(nextup.CodeTaken)
				}
			}
		}
	}
	s.seen[o.ID] = err
	if err != nil {
		return nextup.Receipt{}, err
	}
	var kept []nextup.Recorded
	for _, e := range events {
		r := nextup.Recorded{Version: s.state.Version + len(kept) + 1, At: time.Now(), By: o.By, Command: o.ID, Event: e}
		kept = append(kept, r)
	}
	s.state = nextup.Evolve(s.state, kept...)
	if len(events) > 0 {
		for _, p := range o.People {
			s.people[p.ID] = p
		}
		for _, t := range o.Texts {
			s.texts[t.ID] = t.Body
		}
		gone, words := nextup.ErasedBy(s.state, events)
		for _, p := range gone {
			delete(s.people, p)
		}
		for _, t := range words {
			delete(s.texts, t)
		}
		s.mails = append(s.mails, nextup.MailsFor(s.state, events)...)
	}
	w.sessions[id] = s
	w.show(id)
	return nextup.Receipt{Events: kept, State: s.state}, nil
}

func (w *world) Look(_ context.Context, id nextup.SessionID) (nextup.Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	if _, ok := w.sessions[id]; !ok {
		return nextup.Snapshot{}, nextup.Refuse(nextup.CodeUnknown)
	}
	return w.snapshot(id), nil
}

func (w *world) snapshot(id nextup.SessionID) nextup.Snapshot {
	s := w.sessions[id]
	return nextup.Snapshot{
		ID: id, State: s.state, Presence: maps.Clone(s.presence), People: maps.Clone(s.people), Texts: maps.Clone(s.texts), Now: time.Now(),
	}
}

func (w *world) Refresh(context.Context, nextup.SessionID) error { return nil }

// testLine is one attached connection.
type testLine struct {
	w     *world
	id    nextup.SessionID
	at    nextup.Attachment
	views chan nextup.View
	done  bool
}

func (w *world) Attach(_ context.Context, id nextup.SessionID, a nextup.Attachment) (nextup.Line, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.sessions[id]
	if !ok {
		return nil, nextup.Refuse(nextup.CodeUnknown)
	}
	l := &testLine{w: w, id: id, at: a, views: make(chan nextup.View, 1)}
	s.lines[l] = true
	s.presence[nextup.PersonID(a.Who.ID)] = nextup.Seen{Connected: true, Since: time.Now()}
	w.show(id)
	return l, nil
}

func (w *world) show(id nextup.SessionID) {
	n := w.snapshot(id)
	for l := range w.sessions[id].lines {
		var v nextup.View
		if l.at.Who.Role == nextup.RoleCandidate {
			v = n.ViewOfCandidate(nextup.CandidateID(l.at.Who.ID), l.at.Device)
		} else {
			v = n.ViewOfInterviewer(nextup.InterviewerID(l.at.Who.ID), l.at.Device)
		}
		select {
		case <-l.views:
		default:
		}
		l.views <- v
	}
}

func (l *testLine) Views() <-chan nextup.View { return l.views }

func (l *testLine) Report(r nextup.Report) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	p := l.w.sessions[l.id].presence
	seen := p[nextup.PersonID(l.at.Who.ID)]
	seen.Visible, seen.Checked, seen.Devices = r.Visible, r.Checked, r.Devices
	p[nextup.PersonID(l.at.Who.ID)] = seen
	l.w.show(l.id)
}

func (l *testLine) Close() {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	if l.done {
		return
	}
	l.done = true
	s := l.w.sessions[l.id]
	delete(s.lines, l)
	close(l.views)
	others := false
	for o := range s.lines {
		others = others || o.at.Who == l.at.Who
	}
	if !others {
		s.presence[nextup.PersonID(l.at.Who.ID)] = nextup.Seen{Since: time.Now()}
	}
	l.w.show(l.id)
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.media = append(w.media, fmt.Sprintf(format, args...))
}

func (w *world) asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.media)
}

func (w *world) Answer(_ context.Context, _ nextup.SessionID, p nextup.PersonID, connection, offer string) (string, error) {
	w.note("answer %s %s", p, connection)
	return "answer to " + offer, nil
}

func (w *world) Hang(_ nextup.SessionID, p nextup.PersonID, connection string) {
	w.note("hang %s %s", p, connection)
}

func (w *world) Relay(p nextup.PersonID) ([]string, string, string, time.Time) {
	return []string{"turn:example.test:3478"}, "user-" + string(p), "secret", time.Now().Add(time.Minute)
}

func (w *world) FindCandidate(_ context.Context, id nextup.SessionID, email string) (nextup.CandidateID, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.sessions[id].people {
		if p.Role == nextup.RoleCandidate && w.EmailKey(p.Email) == w.EmailKey(email) {
			return nextup.CandidateID(p.ID), true, nil
		}
	}
	return "", false, nil
}

func (*world) EmailKey(email string) string { return (*store.Store)(nil).EmailKey(email) }

func (w *world) SaveText(_ context.Context, id nextup.SessionID, x nextup.Text) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.saved++
	w.sessions[id].texts[x.ID] = x.Body
	return w.broken
}

func (w *world) OrganisationName(context.Context, nextup.OrganisationID) (string, error) {
	return "Malmö stad", nil
}

func (w *world) SaveAssessment(_ context.Context, a nextup.Assessment) (nextup.Assessment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := fmt.Sprint(a.Session, a.Offer, a.Interviewer, a.Item)
	if there := w.assessments[key]; there.Revision != a.Revision {
		return there, nextup.Refuse(nextup.CodeStale)
	}
	a.Revision++
	w.assessments[key] = a
	return a, w.broken
}

func (w *world) CorrectAssessment(ctx context.Context, a nextup.Assessment, at time.Time) (nextup.Assessment, error) {
	w.mu.Lock()
	before := w.assessments[fmt.Sprint(a.Session, a.Offer, a.Interviewer, a.Item)]
	w.mu.Unlock()
	if before.Rating == a.Rating && before.Note == a.Note {
		return before, nil
	}
	kept, err := w.SaveAssessment(ctx, a)
	if err == nil {
		before.Session, before.Offer, before.Interviewer, before.Item = a.Session, a.Offer, a.Interviewer, a.Item
		w.mu.Lock()
		w.corrections = append(w.corrections, nextup.Correction{Assessment: before, At: at})
		w.mu.Unlock()
	}
	return kept, err
}

func (w *world) Corrections(_ context.Context, id nextup.SessionID) ([]nextup.Correction, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.corrections), func(c nextup.Correction) bool { return c.Session != id }), nil
}

func (w *world) Assessments(_ context.Context, id nextup.SessionID) ([]nextup.Assessment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []nextup.Assessment
	for _, a := range w.assessments {
		if a.Session == id {
			all = append(all, a)
		}
	}
	return all, nil
}

// site is a running server over a world, with one published session of two
// interviewers that has started.
type site struct {
	t *testing.T
	*world
	server  *Server
	http    *httptest.Server
	log     *bytes.Buffer
	logLock sync.Mutex
	session nextup.SessionID
	first   nextup.InterviewerID
	second  nextup.InterviewerID
}

// planted are words that no candidate may ever read.
var planted = []string{"PlantedQuestion", "PlantedTrait", "PlantedNote", "PlantedReason"}

func newSite(t *testing.T, change ...func(*Config)) *site {
	t.Helper()
	x := &site{t: t, world: newWorld(), log: new(bytes.Buffer), session: "SESSION1", first: "INTERVIEWER1", second: "INTERVIEWER2"}
	x.http = httptest.NewUnstartedServer(nil)
	base, err := url.Parse("http://" + x.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Sessions: x.world, Media: x.world, Store: x.world, Key: bytes.Repeat([]byte{7}, 32), BaseURL: base,
		Log: slog.New(slog.NewTextHandler(writer(func(b []byte) (int, error) {
			x.logLock.Lock()
			defer x.logLock.Unlock()
			return x.log.Write(b)
		}), &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&c)
	}
	if x.server, err = New(c); err != nil {
		t.Fatal(err)
	}
	x.http.Config = x.server.HTTP()
	x.http.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := x.server.Close(ctx); err != nil {
			t.Error("close:", err)
		}
		x.http.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	x.open(x.session, time.Now().Add(-time.Minute), 20)
	return x
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// open publishes a session.
func (x *site) open(id nextup.SessionID, start time.Time, places int) {
	x.t.Helper()
	by := nextup.Actor{Role: nextup.RoleRecruiter, ID: "RECRUITER"}
	settings := nextup.Settings{
		Start: start, Zone: "Europe/Stockholm", Length: time.Hour, Talk: 10 * time.Minute, Places: places,
		LobbyOpens: nextup.DefaultLobbyOpens, Answer: nextup.DefaultAnswer, Countdown: 0,
		Questions: []nextup.QuestionID{"q1", "q2"}, Traits: []nextup.TraitID{"t1"},
	}
	x.must(id, by, nextup.Create{Organisation: "ORG", Owner: "RECRUITER", Settings: settings, Interviewers: []nextup.InterviewerID{x.first, x.second}},
		nextup.Text{ID: nextup.TitleText, Body: "Warehouse worker"}, nextup.Text{ID: nextup.JobText, Body: "Lift **boxes**"},
		nextup.Text{ID: "q1", Body: "PlantedQuestion one"}, nextup.Text{ID: "q2", Body: "PlantedQuestion two"}, nextup.Text{ID: "t1", Body: "PlantedTrait"})
	x.must(id, by, nextup.Publish{})
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, i := range []nextup.InterviewerID{x.first, x.second} {
		x.sessions[id].people[i.Person()] = nextup.Person{ID: i.Person(), Role: nextup.RoleInterviewer, Name: "Name of " + string(i), Email: string(i) + "@example.test", Language: "en"}
	}
}

func (x *site) must(id nextup.SessionID, by nextup.Actor, c nextup.Command, texts ...nextup.Text) {
	x.t.Helper()
	if _, err := x.Do(context.Background(), id, nextup.Order{ID: newCommand(), By: by, Command: c, Texts: texts}); err != nil {
		x.t.Fatalf("%T: %v", c, err)
	}
}

// candidate registers somebody.
func (x *site) candidate(id nextup.CandidateID, name string) nextup.CandidateID {
	x.t.Helper()
	_, err := x.Do(context.Background(), x.session, nextup.Order{
		ID: newCommand(), By: nextup.Actor{Role: nextup.RoleVisitor}, Command: nextup.Register{Candidate: id},
		People: []nextup.Person{{ID: id.Person(), Role: nextup.RoleCandidate, Name: name, Email: string(id) + "@example.test", Language: "en"}},
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return id
}

func (x *site) state() nextup.Session {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.sessions[x.session].state
}

// browser is a client with cookies that follows no redirects.
func (x *site) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		x.t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// pathOf is a link's path on this server.
func pathOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		panic(err)
	}
	return u.Path
}

type got struct {
	*http.Response
	body string
}

func (x *site) send(c *http.Client, r *http.Request) got {
	x.t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return got{resp, string(b)}
}

func (x *site) get(c *http.Client, path string) got {
	x.t.Helper()
	r, err := http.NewRequest(http.MethodGet, x.http.URL+path, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	return x.send(c, r)
}

// post sends a form as a browser does, from the same site.
func (x *site) post(c *http.Client, path string, form url.Values) got {
	x.t.Helper()
	r, err := http.NewRequest(http.MethodPost, x.http.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", x.http.URL)
	return x.send(c, r)
}

// letIn is a browser whose interviewer has given his PIN.
func (x *site) letIn(i nextup.InterviewerID) (*http.Client, string) {
	x.t.Helper()
	c := x.browser()
	generation := 1
	if w, ok := x.state().Interviewer(i); ok {
		generation = w.Generation
	}
	at := pathOf(x.server.links.Interviewer(x.session, i, generation))
	if g := x.post(c, at, url.Values{"pin": {x.server.links.PIN(x.session, i, generation)}}); g.StatusCode != http.StatusSeeOther {
		x.t.Fatalf("PIN: %d %s", g.StatusCode, g.body)
	}
	return c, at
}

func code(err error) nextup.Code {
	var e *nextup.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
