package transport

import (
	"time"

	"nextup"
)

// capacityView is the figure beside the form: how many talks fit, as a number and
// as a picture with one row for each interviewer. web/js/form.js draws the same.
type capacityView struct {
	Total        int
	Minutes      int // of the session, with one pause more: what is divided
	Each         int // of a talk and its pause: what it is divided by
	Interviewers int
	Blocks       []block
	Height       int       // of the picture
	Over         int       // more candidates than talks; 0: none
	Until        time.Time // when the last talk would end then; zero: not known
}

// block is one talk in the picture.
type block struct{ X, Y, W int }

// How the picture is drawn: in a width of 288, with at most so many rows and columns.
const (
	blocksWidth = 288
	blockHeight = 24
	blockGap    = 4
	blockRow    = 30
	maxBlockRow = 8
	maxBlockCol = 24
)

func newCapacity(set nextup.Settings, interviewers int) capacityView {
	v := capacityView{
		Total: set.Capacity(interviewers), Interviewers: interviewers,
		Minutes: int((set.Length + set.Pause) / time.Minute), Each: int((set.Talk + set.Pause) / time.Minute),
	}
	each := min(set.Capacity(1), maxBlockCol)
	rows := min(interviewers, maxBlockRow)
	if each > 0 {
		w := (blocksWidth - blockGap*(each-1)) / each
		for y := range rows {
			for x := range each {
				v.Blocks = append(v.Blocks, block{X: x * (w + blockGap), Y: y * blockRow, W: w})
			}
		}
		v.Height = max(0, rows*blockRow-(blockRow-blockHeight))
	}
	if set.Places > v.Total {
		v.Over = set.Places - v.Total
		if interviewers > 0 && set.Talk > 0 && !set.Start.IsZero() {
			rounds := (set.Places + interviewers - 1) / interviewers
			v.Until = in(set.Start.Add(time.Duration(rounds)*(set.Talk+set.Pause)-set.Pause), set.Zone)
		}
	}
	return v
}
