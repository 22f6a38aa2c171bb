package transport

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"nextup"
)

// Links derives everybody's links and PINs from one key, so that they can be
// shown again to their owner and are in no database. Whoever has the key can be
// anybody; whoever has the database cannot.
//
//	/s/SESSION.MAC                             sign-up, public
//	/c/SESSION.CANDIDATE.MAC                   one candidate
//	/i/SESSION.INTERVIEWER.GENERATION.MAC      one interviewer, with a PIN
//	/p/APPLICANT.MAC                           one applicant for a job
//
// A MAC is 128 bits of HMAC-SHA256 over the kind and everything before it.
// Renewing an interviewer's link raises the generation: the old link and PIN are
// refused from then on.
type Links struct {
	key  []byte
	base string // without a slash at the end
}

// NewLinks needs a key of 32 bytes and the address that people reach.
func NewLinks(key []byte, base *url.URL) (Links, error) {
	if len(key) != 32 {
		return Links{}, errors.New("transport: the key must be 32 bytes")
	}
	if p := base.Path; p != "" && p != "/" {
		return Links{}, errors.New("transport: the base URL must have no path")
	}
	return Links{key: append([]byte(nil), key...), base: base.Scheme + "://" + base.Host}, nil
}

// SignUp is the link where candidates register.
func (l Links) SignUp(s nextup.SessionID) string { return l.base + "/s/" + l.signUp(s) }

// Candidate is a candidate's personal link.
func (l Links) Candidate(s nextup.SessionID, c nextup.CandidateID) string {
	return l.base + "/c/" + l.candidate(s, c)
}

// Interviewer is an interviewer's link of one generation.
func (l Links) Interviewer(s nextup.SessionID, i nextup.InterviewerID, generation int) string {
	return l.base + "/i/" + l.interviewer(s, i, generation)
}

// Applicant is an applicant's personal link.
func (l Links) Applicant(a nextup.ApplicantID) string { return l.base + "/p/" + l.applicant(a) }

// Join leads an applicant into the lobby of his interview by video, wherever that is by then.
func (l Links) Join(a nextup.ApplicantID, r nextup.RoundID) string {
	return l.Applicant(a) + "/" + string(r) + "/join"
}

// PIN is the six digits that go with an interviewer's link.
func (l Links) PIN(s nextup.SessionID, i nextup.InterviewerID, generation int) string {
	// Numbers above the last whole million are drawn again: every PIN is equally likely.
	const whole = 1<<32 - 1<<32%1_000_000
	for round := 0; ; round++ {
		sum := l.sum("pin", string(s), string(i), strconv.Itoa(generation), strconv.Itoa(round))
		for ; len(sum) >= 4; sum = sum[4:] {
			if n := binary.BigEndian.Uint32(sum); int64(n) < whole {
				return fmt.Sprintf("%06d", n%1_000_000)
			}
		}
	}
}

// signUp, candidate and interviewer are the links' secret parts.
func (l Links) signUp(s nextup.SessionID) string { return l.seal("sign-up", string(s)) }

func (l Links) candidate(s nextup.SessionID, c nextup.CandidateID) string {
	return l.seal("candidate", string(s), string(c))
}

func (l Links) interviewer(s nextup.SessionID, i nextup.InterviewerID, generation int) string {
	return l.seal("interviewer", string(s), string(i), strconv.Itoa(generation))
}

func (l Links) applicant(a nextup.ApplicantID) string { return l.seal("applicant", string(a)) }

var errLink = nextup.Refuse(nextup.CodeUnknown)

func (l Links) openSignUp(token string) (nextup.SessionID, error) {
	p, err := l.open(token, "sign-up", 1)
	if err != nil {
		return "", err
	}
	return nextup.SessionID(p[0]), nil
}

func (l Links) openCandidate(token string) (nextup.SessionID, nextup.CandidateID, error) {
	p, err := l.open(token, "candidate", 2)
	if err != nil {
		return "", "", err
	}
	return nextup.SessionID(p[0]), nextup.CandidateID(p[1]), nil
}

func (l Links) openInterviewer(token string) (nextup.SessionID, nextup.InterviewerID, int, error) {
	p, err := l.open(token, "interviewer", 3)
	if err != nil {
		return "", "", 0, err
	}
	generation, err := strconv.Atoi(p[2])
	if err != nil {
		return "", "", 0, errLink
	}
	return nextup.SessionID(p[0]), nextup.InterviewerID(p[1]), generation, nil
}

func (l Links) openApplicant(token string) (nextup.ApplicantID, error) {
	p, err := l.open(token, "applicant", 1)
	if err != nil {
		return "", err
	}
	return nextup.ApplicantID(p[0]), nil
}

// pass is the value of the cookie of an interviewer who was let in: until when,
// and a MAC that binds it to the link's generation.
func (l Links) pass(s nextup.SessionID, i nextup.InterviewerID, generation int, until time.Time) string {
	return l.seal("pass", string(s), string(i), strconv.Itoa(generation), strconv.FormatInt(until.Unix(), 10))
}

// letIn checks such a value.
func (l Links) letIn(value string, s nextup.SessionID, i nextup.InterviewerID, generation int, now time.Time) bool {
	p, err := l.open(value, "pass", 4)
	if err != nil || p[0] != string(s) || p[1] != string(i) || p[2] != strconv.Itoa(generation) {
		return false
	}
	until, err := strconv.ParseInt(p[3], 10, 64)
	return err == nil && now.Before(time.Unix(until, 0))
}

// seal joins the parts with dots and puts their MAC behind. Identifiers hold no
// dots; one that did would make a link that open refuses.
func (l Links) seal(kind string, parts ...string) string {
	mac := base64.RawURLEncoding.EncodeToString(l.sum(kind, parts...)[:16])
	return strings.Join(append(parts, mac), ".")
}

// open gives the parts back if the MAC is right. Everything else is one and the
// same error, found in the same time.
func (l Links) open(token, kind string, n int) ([]string, error) {
	if len(token) > 512 {
		return nil, errLink
	}
	parts := strings.Split(token, ".")
	if len(parts) != n+1 {
		return nil, errLink
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(parts[n])
	if err != nil || !hmac.Equal(mac, l.sum(kind, parts[:n]...)[:16]) {
		return nil, errLink
	}
	return parts[:n], nil
}

// sum is HMAC-SHA256 over the parts, each with its length before it, so that no
// two lists of parts read alike.
func (l Links) sum(kind string, parts ...string) []byte {
	h := hmac.New(sha256.New, l.key)
	for _, p := range append([]string{kind}, parts...) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(p))) //nolint:gosec // a token is at most 512 bytes
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
