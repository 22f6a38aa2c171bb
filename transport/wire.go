package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"nextup"
)

// wire.go is the schema of what browsers send over the socket; PROTOCOL.md says
// it in words and a test holds the two together. The schema is closed: an unknown
// `do`, one of another role, an unknown field or a second value is no message at
// all and ends the connection. A known message with a value that cannot be is
// answered with a refusal.

// Sizes of messages, bytes.
const (
	maxMessage = 8 << 10  // any without words
	maxWordy   = 40 << 10 // with words: 4000 characters, at most ten bytes each in JSON
	maxOffer   = 64 << 10 // SDP
)

// errMessage says that something is no message of this role.
var errMessage = errors.New("transport: not a message")

// message is one decoded message.
type message interface{ about() head }

// head is what every message has.
type head struct {
	Do string           `json:"do"`
	ID nextup.CommandID `json:"id"`
}

func (h head) about() head { return h }

// order is a message that is a command of the machine.
type order interface {
	message
	// command is what is asked, and words that are kept with it.
	command(c conversation) (nextup.Command, []nextup.Text, error)
}

// conversation is what a message means by being said here.
type conversation struct {
	role   nextup.Role
	device nextup.DeviceID
	id     nextup.CommandID // whole: nobody's IDs are anybody else's
}

// The messages.
type (
	helloMessage struct {
		head
		Device  nextup.DeviceID `json:"device"`
		Visible bool            `json:"visible"`
	}
	presenceMessage struct {
		head
		Visible bool           `json:"visible"`
		Checked bool           `json:"checked"`
		Devices nextup.Devices `json:"devices"`
	}
	offerMessage struct {
		head
		SDP string `json:"sdp"`
	}
	relayMessage struct{ head }

	checkInMessage  struct{ head }
	continueMessage struct{ head }
	confirmMessage  struct{ head }
	holdMessage     struct{ head }
	resumeMessage   struct{ head }
	withdrawMessage struct{ head }
	ackMessage      struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	callMeMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	answerMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	leaveMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	requeueMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	testMessage struct {
		head
		Devices nextup.Devices `json:"devices"`
	}
	respondMessage struct {
		head
		Interest nextup.Interest `json:"interest"`
		Comment  *string         `json:"comment"`
	}

	measuredMessage struct {
		head
		Offer    nextup.OfferID `json:"offer"`
		Seconds  float64        `json:"seconds"`
		LossUp   float64        `json:"lossUp"`
		LossDown float64        `json:"lossDown"`
		RTT      float64        `json:"rtt"`
		Up       float64        `json:"up"`
		Down     float64        `json:"down"`
		Freezes  int            `json:"freezes"`
		Frozen   float64        `json:"frozen"`
		First    float64        `json:"first"`
		Way      nextup.Way     `json:"way"`
	}

	enterMessage struct{ head }
	nextMessage  struct {
		head
		After   nextup.OfferID `json:"after"`
		EndTalk bool           `json:"endTalk"`
	}
	takeMessage struct {
		head
		After     nextup.OfferID     `json:"after"`
		EndTalk   bool               `json:"endTalk"`
		Candidate nextup.CandidateID `json:"candidate"`
		Preset    nextup.Preset      `json:"preset"`
		Words     string             `json:"words"`
	}
	skipMessage struct {
		head
		Candidate nextup.CandidateID `json:"candidate"`
		ToEnd     bool               `json:"toEnd"`
		Preset    nextup.Preset      `json:"preset"`
		Words     string             `json:"words"`
	}
	undoSkipMessage struct {
		head
		Candidate nextup.CandidateID `json:"candidate"`
	}
	correctNoShowMessage struct {
		head
		Candidate nextup.CandidateID `json:"candidate"`
	}
	callOffMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	endMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
		All   bool           `json:"all"`
	}
	recuseMessage struct {
		head
		Candidate nextup.CandidateID `json:"candidate"`
		Preset    nextup.Preset      `json:"preset"`
		Words     string             `json:"words"`
	}
	handOverMessage struct {
		head
		Offer nextup.OfferID       `json:"offer"`
		To    nextup.InterviewerID `json:"to"`
		Words string               `json:"words"`
	}
	declineHandOverMessage struct {
		head
		Candidate nextup.CandidateID `json:"candidate"`
	}
	invitePanelMessage struct {
		head
		Offer       nextup.OfferID       `json:"offer"`
		Interviewer nextup.InterviewerID `json:"interviewer"`
	}
	joinPanelMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	declinePanelMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	submitMessage struct {
		head
		Offer nextup.OfferID `json:"offer"`
	}
	extendMessage struct {
		head
		Offer   nextup.OfferID `json:"offer"`
		Minutes int            `json:"minutes"`
	}
	pauseMessage   struct{ head }
	unpauseMessage struct{ head }
	assessMessage  struct {
		head
		Offer    nextup.OfferID `json:"offer"`
		Item     string         `json:"item"`
		Rating   int            `json:"rating"`
		Note     string         `json:"note"`
		Revision int            `json:"revision"`
	}
)

// verb is one `do`: who may say it, how long it may be, whether it carries an id.
type verb struct {
	roles  []nextup.Role
	size   int
	silent bool // wants no answer, so it needs no id
	make   func() message
}

var (
	candidates   = []nextup.Role{nextup.RoleCandidate}
	interviewers = []nextup.Role{nextup.RoleInterviewer}
	both         = []nextup.Role{nextup.RoleCandidate, nextup.RoleInterviewer}
)

// verbs is every message there is.
var verbs = map[string]verb{
	"hello":    {both, maxMessage, true, func() message { return new(helloMessage) }},
	"presence": {both, maxMessage, true, func() message { return new(presenceMessage) }},
	"offer":    {both, maxOffer, false, func() message { return new(offerMessage) }},
	"relay":    {both, maxMessage, false, func() message { return new(relayMessage) }},
	"measured": {both, maxMessage, false, func() message { return new(measuredMessage) }},

	"check_in":    {candidates, maxMessage, false, func() message { return new(checkInMessage) }},
	"continue":    {candidates, maxMessage, false, func() message { return new(continueMessage) }},
	"confirm":     {candidates, maxMessage, false, func() message { return new(confirmMessage) }},
	"hold":        {candidates, maxMessage, false, func() message { return new(holdMessage) }},
	"resume":      {candidates, maxMessage, false, func() message { return new(resumeMessage) }},
	"withdraw":    {candidates, maxMessage, false, func() message { return new(withdrawMessage) }},
	"acknowledge": {candidates, maxMessage, false, func() message { return new(ackMessage) }},
	"call_me":     {candidates, maxMessage, false, func() message { return new(callMeMessage) }},
	"answer":      {candidates, maxMessage, false, func() message { return new(answerMessage) }},
	"leave":       {candidates, maxMessage, false, func() message { return new(leaveMessage) }},
	"requeue":     {candidates, maxMessage, false, func() message { return new(requeueMessage) }},
	"respond":     {candidates, maxWordy, false, func() message { return new(respondMessage) }},
	"test":        {candidates, maxMessage, false, func() message { return new(testMessage) }},

	"enter":             {interviewers, maxMessage, false, func() message { return new(enterMessage) }},
	"next":              {interviewers, maxMessage, false, func() message { return new(nextMessage) }},
	"take":              {interviewers, maxWordy, false, func() message { return new(takeMessage) }},
	"skip":              {interviewers, maxWordy, false, func() message { return new(skipMessage) }},
	"undo_skip":         {interviewers, maxMessage, false, func() message { return new(undoSkipMessage) }},
	"correct_no_show":   {interviewers, maxMessage, false, func() message { return new(correctNoShowMessage) }},
	"call_off":          {interviewers, maxMessage, false, func() message { return new(callOffMessage) }},
	"end":               {interviewers, maxMessage, false, func() message { return new(endMessage) }},
	"submit":            {interviewers, maxMessage, false, func() message { return new(submitMessage) }},
	"extend":            {interviewers, maxMessage, false, func() message { return new(extendMessage) }},
	"pause":             {interviewers, maxMessage, false, func() message { return new(pauseMessage) }},
	"unpause":           {interviewers, maxMessage, false, func() message { return new(unpauseMessage) }},
	"recuse":            {interviewers, maxWordy, false, func() message { return new(recuseMessage) }},
	"hand_over":         {interviewers, maxWordy, false, func() message { return new(handOverMessage) }},
	"decline_hand_over": {interviewers, maxMessage, false, func() message { return new(declineHandOverMessage) }},
	"invite_panel":      {interviewers, maxMessage, false, func() message { return new(invitePanelMessage) }},
	"join_panel":        {interviewers, maxMessage, false, func() message { return new(joinPanelMessage) }},
	"decline_panel":     {interviewers, maxMessage, false, func() message { return new(declinePanelMessage) }},
	"assess":            {interviewers, maxWordy, false, func() message { return new(assessMessage) }},
}

// decode reads one message of a role. Its only error is errMessage.
func decode(role nextup.Role, b []byte) (message, error) {
	var h struct {
		Do string `json:"do"`
	}
	if err := json.Unmarshal(b, &h); err != nil {
		return nil, errMessage
	}
	v, ok := verbs[h.Do]
	if !ok || !slices.Contains(v.roles, role) || len(b) > v.size {
		return nil, errMessage
	}
	m := v.make()
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, errMessage
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errMessage
	}
	if id := string(m.about().ID); !v.silent && !identifier(id) || v.silent && id != "" && !identifier(id) {
		return nil, errMessage
	}
	return m, nil
}

// identifier says whether a browser may have made this up as a name: 8 to 64
// letters, digits, "-" and "_".
func identifier(s string) bool {
	return len(s) >= 8 && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

func (m *checkInMessage) command(c conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.CheckIn{Device: c.device}, nil, nil
}

func (m *continueMessage) command(c conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Continue{Device: c.device}, nil, nil
}

func (m *confirmMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Confirm{}, nil, nil
}

func (m *holdMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Hold{}, nil, nil
}

func (m *resumeMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Resume{}, nil, nil
}

func (m *withdrawMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Withdraw{}, nil, nil
}

func (m *ackMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Acknowledge{Offer: m.Offer}, nil, nil
}

func (m *callMeMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.CallMe{Offer: m.Offer}, nil, nil
}

func (m *answerMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Answer{Offer: m.Offer}, nil, nil
}

func (m *leaveMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Leave{Offer: m.Offer}, nil, nil
}

func (m *requeueMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Requeue{Offer: m.Offer}, nil, nil
}

func (m *enterMessage) command(c conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Enter{Device: c.device}, nil, nil
}

func (m *nextMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Next{After: m.After, EndTalk: m.EndTalk}, nil, nil
}

func (m *takeMessage) command(c conversation) (nextup.Command, []nextup.Text, error) {
	why, words, err := reason(c, m.Preset, m.Words)
	return nextup.Take{After: m.After, EndTalk: m.EndTalk, Candidate: m.Candidate, Reason: why}, words, err
}

func (m *skipMessage) command(c conversation) (nextup.Command, []nextup.Text, error) {
	why, words, err := reason(c, m.Preset, m.Words)
	return nextup.Skip{Candidate: m.Candidate, ToEnd: m.ToEnd, Reason: why}, words, err
}

// reason makes the words a row that the event points to.
func reason(c conversation, p nextup.Preset, typed string) (nextup.Reason, []nextup.Text, error) {
	id, rows, err := written("reason:", c, typed)
	return nextup.Reason{Preset: p, Text: id}, rows, err
}

// written makes words a row named after the command that brought them; none, no row.
func written(kind string, c conversation, typed string) (nextup.TextID, []nextup.Text, error) {
	words, ok := typedWords(typed)
	switch {
	case !ok:
		return "", nil, nextup.Invalid("words")
	case strings.TrimSpace(words) == "":
		return "", nil, nil
	}
	id := nextup.TextID(kind + string(c.id))
	return id, []nextup.Text{{ID: id, Body: words}}, nil
}

func (m *undoSkipMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.UndoSkip{Candidate: m.Candidate}, nil, nil
}

func (m *correctNoShowMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.CorrectNoShow{Candidate: m.Candidate}, nil, nil
}

func (m *callOffMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.CallOff{Offer: m.Offer}, nil, nil
}

func (m *endMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.End{Offer: m.Offer, All: m.All}, nil, nil
}

func (m *recuseMessage) command(c conversation) (nextup.Command, []nextup.Text, error) {
	why, words, err := reason(c, m.Preset, m.Words)
	return nextup.Recuse{Candidate: m.Candidate, Reason: why}, words, err
}

func (m *handOverMessage) command(c conversation) (nextup.Command, []nextup.Text, error) {
	note, words, err := written("note:", c, m.Words)
	return nextup.HandOver{Offer: m.Offer, To: m.To, Note: note}, words, err
}

func (m *declineHandOverMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.DeclineHandOver{Candidate: m.Candidate}, nil, nil
}

func (m *invitePanelMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.InvitePanel{Offer: m.Offer, Interviewer: m.Interviewer}, nil, nil
}

func (m *joinPanelMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.JoinPanel{Offer: m.Offer}, nil, nil
}

func (m *declinePanelMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.DeclinePanel{Offer: m.Offer}, nil, nil
}

func (m *testMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Test{Devices: m.Devices}, nil, nil
}

func (m *submitMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Submit{Offer: m.Offer}, nil, nil
}

func (m *extendMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	if m.Minutes < 1 || m.Minutes > 24*60 { // the machine has the real limit; this one keeps the product whole
		return nil, nil, nextup.Invalid("more")
	}
	return nextup.Extend{Offer: m.Offer, More: time.Duration(m.Minutes) * time.Minute}, nil, nil
}

func (m *pauseMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Pause{}, nil, nil
}

func (m *unpauseMessage) command(conversation) (nextup.Command, []nextup.Text, error) {
	return nextup.Unpause{}, nil, nil
}

// What the browser is sent.
type (
	viewFrame struct {
		View nextup.View `json:"view"`
	}
	okFrame struct {
		Re nextup.CommandID `json:"re"`
		OK bool             `json:"ok"`
	}
	refusedFrame struct {
		Re    nextup.CommandID `json:"re"`
		Error nextup.Code      `json:"error"`
		Left  int              `json:"left,omitempty"`
		Field string           `json:"field,omitempty"`
	}
	answerFrame struct {
		okFrame
		SDP string `json:"sdp"`
	}
	relayFrame struct {
		okFrame
		URLs       []string `json:"urls"`
		Username   string   `json:"username"`
		Credential string   `json:"credential"`
	}
	savedFrame struct {
		okFrame
		Revision int `json:"revision"`
	}
	staleFrame struct {
		refusedFrame
		Rating   int    `json:"rating"`
		Note     string `json:"note"`
		Revision int    `json:"revision"`
	}
	beatFrame struct {
		Beat bool `json:"beat"`
	}
	byeFrame struct {
		Bye string `json:"bye"`
	}
)

// frame is a value as it goes over the wire.
func frame(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil { // every frame is made of plain values
		panic(err)
	}
	return b
}
