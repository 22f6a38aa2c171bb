package transport

import (
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"
)

// qrView is a QR code as one path of dark modules, in a square of Size with the
// four light modules round it that readers need (ISO/IEC 18004, 9.1).
type qrView struct {
	Size int
	Path string
}

const qrQuiet = 4

func newQR(text string) (qrView, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrView{}, err
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				b.WriteString("M" + strconv.Itoa(x+qrQuiet) + " " + strconv.Itoa(y+qrQuiet) + "h" + strconv.Itoa(run) + "v1h-" + strconv.Itoa(run) + "z")
			}
			x += max(run, 1)
		}
	}
	return qrView{Size: code.Size + 2*qrQuiet, Path: b.String()}, nil
}

// qrFile answers with the sign-up link's QR code, to be printed on a poster.
func (s *Server) qrFile(w http.ResponseWriter, r *http.Request, who Account) error {
	n, err := s.ownSession(r, who)
	if err != nil {
		return err
	}
	v, err := newQR(s.links.SignUp(n.ID))
	if err != nil {
		return err
	}
	size := strconv.Itoa(v.Size)
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Disposition", `attachment; filename="nextup-qr.svg"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600" viewBox="0 0 ` + size + ` ` + size +
		`" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` + size + `v` + size + `H0z"/><path fill="#000" d="` + v.Path + `"/></svg>`))
	return nil
}
