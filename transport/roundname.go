package transport

import "nextup"

// roundName is how a round is called in a language. Pages write it with the part
// "roundname", so that a language switch rewrites it in place.
func (s *Server) roundName(lang string, r nextup.Round) string {
	if r.Name != "" {
		return r.Name
	}
	return s.Text(lang, "round.named", "n", r.Number)
}
