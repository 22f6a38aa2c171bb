package mail

import "nextup"

// Letters about accounts. They are of no session, so they have an outbox of their
// own; their Person is a ticket.
const (
	AccountJoin  nextup.MailKind = "account_join"  // an invitation to open an account
	AccountKnown nextup.MailKind = "account_known" // an invitation to an address that has one
	AccountReset nextup.MailKind = "account_reset" // a link to a new password
)

var accountKinds = []nextup.MailKind{AccountJoin, AccountKnown, AccountReset}
