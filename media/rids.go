package media

import (
	"fmt"
	"strings"

	"github.com/pion/sdp/v3"
)

// rids reads the encodings that a browser offers to send of one picture (RFC 8853,
// RFC 8851): their names, the best one first, as web/js/peer.js lists them. It is
// nil for a browser that sends one and names none.
func rids(m *sdp.MediaDescription) ([]string, error) {
	var (
		list []string
		on   bool
	)
	named := map[string]bool{}
	for _, a := range m.Attributes {
		switch a.Key {
		case "rid":
			f := strings.Fields(a.Value)
			if len(f) < 2 || f[1] != "send" || !ridName(f[0]) || named[f[0]] || len(named) == layersAtMost {
				return nil, fmt.Errorf("rid %.40q", a.Value)
			}
			named[f[0]] = true
		case "simulcast":
			kinds, ok := strings.CutPrefix(a.Value, "send ")
			if on || !ok {
				return nil, fmt.Errorf("simulcast %.40q", a.Value)
			}
			on = true
			for name := range strings.SplitSeq(strings.TrimSpace(kinds), ";") {
				list = append(list, strings.TrimPrefix(name, "~")) // ~: none of it for now
			}
		}
	}
	if on && m.MediaName.Media != "video" || !on && len(named) > 0 || len(list) != len(named) {
		return nil, fmt.Errorf("%d rids, simulcast of %d", len(named), len(list))
	}
	for _, name := range list {
		if !named[name] {
			return nil, fmt.Errorf("simulcast names %.40q", name)
		}
		delete(named, name)
	}
	return list, nil
}

// ridName says whether a name may be one: letters and digits (RFC 8852 section 3.1).
func ridName(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 16
}
