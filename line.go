package nextup

// Receipt is the answer to a command that was not refused: what is kept and
// durable now. Events is empty when the command asked for what was so already.
type Receipt struct {
	Events []Recorded
	State  Session // after the events
}

// Attachment says who connects, and on which device.
type Attachment struct {
	Who    Actor
	Device DeviceID
}

// Report is what a browser says of itself; never kept.
type Report struct {
	Visible bool    `json:"visible"` // the page is in front
	Checked bool    `json:"checked"` // device check passed, or chosen to go on without
	Devices Devices `json:"devices"`
}

// Line is one attached connection as its socket sees it.
type Line interface {
	// Views delivers the latest view only: one that was not read in time is
	// replaced, never queued. It is closed when the line is cut or closed.
	Views() <-chan View
	// Report replaces what is known of the browser.
	Report(Report)
	// Close detaches; the person counts as gone unless another line of his is open.
	Close()
}
