package transport

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr"
)

// drawPath fills the path's rows: M x y h n v1 h-n z.
func drawPath(t *testing.T, v qrView) map[[2]int]bool {
	t.Helper()
	dark := map[[2]int]bool{}
	step := regexp.MustCompile(`^M(\d+) (\d+)h(\d+)v1h-(\d+)$`)
	for part := range strings.SplitSeq(strings.TrimSuffix(v.Path, "z"), "z") {
		var x, y, n, back int
		if m := step.FindStringSubmatch(part); m == nil {
			t.Fatalf("path step %q", part)
		} else if _, err := fmt.Sscan(strings.Join(m[1:], " "), &x, &y, &n, &back); err != nil || n != back {
			t.Fatalf("path step %q: %v", part, err)
		}
		for i := range n {
			dark[[2]int{x + i, y}] = true
		}
	}
	return dark
}

// modules is the code as the library makes it.
func modules(t *testing.T, text string) [][]bool {
	t.Helper()
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]bool, code.Size)
	for y := range rows {
		for x := range code.Size {
			rows[y] = append(rows[y], code.Black(x, y))
		}
	}
	return rows
}
