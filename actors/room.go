package actors

import (
	"sync"

	"nextup"
)

// room counts the talks of all sessions, those on their way included, so that no more
// are begun than the server carries. A session claims before it keeps, and states what
// it has when it knows: two that ask in the same instant never get the same last place.
type room struct {
	mu   sync.Mutex
	most int // 0: no limit
	of   map[nextup.SessionID]int
	all  int
}

// Limit lets at most so many talks run at once, in all sessions together; 0 is no
// limit. What runs already goes on.
func (s *System) Limit(talks int) {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	s.room.most = talks
}

// claim takes room for a session's talks, if there is any; running is how many talks
// there are, of all sessions.
func (r *room) claim(id nextup.SessionID, talks int) (running int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.most > 0 && r.all-r.of[id]+talks > r.most {
		return r.all, false
	}
	r.set(id, talks)
	return r.all, true
}

// holds says how many talks a session has.
func (r *room) holds(id nextup.SessionID, talks int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set(id, talks)
}

// set is holds with mu held.
func (r *room) set(id nextup.SessionID, talks int) {
	r.all += talks - r.of[id]
	if talks == 0 {
		delete(r.of, id)
		return
	}
	r.of[id] = talks
}

func (r *room) taken() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}
