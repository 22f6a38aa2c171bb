package transport

// PreviewView is what stands above the sign-up page when its recruiter looks at it
// before candidates can.
type PreviewView struct {
	Form string // where it is changed
	Back string // the session's overview, or where changes are published; empty: there is none yet
}
