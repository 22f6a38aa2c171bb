// Package mail writes nextup's letters and hands them to an SMTP server.
//
// The outbox holds no words, only which letter goes to whom (nextup.Mail). The
// words are made at the moment of sending, and again for everybody who looks at
// the outbox, so nothing that names a person has to be erased from it:
//
//	outbox row -> Letters.Letter -> Letter -> Compose -> Words -> Message -> SMTP
//	   ^                                                                      |
//	   +------------- Outbox.MailSent, Outbox.MailFailed <--------------------+
//
// letter.go composes, message.go makes the MIME message and its headers, smtp.go
// talks to the server and says what its answer means, delivery.go is the loop with
// its waiting times. Without a server the loop keeps the letters in the outbox,
// where recruiters read them in their pages.
//
// The templates are web/mails, the texts web/i18n/mail.*.json and, of letters about a
// round, letters.*.json. calendar.go writes the entry of a session or an appointment
// (RFC 5545), timezone.go the zone it is in.
package mail
