// Package congest is the arithmetic of congestion: what a receiver says about
// what came, and what a sender makes of it. It has no goroutines, no clock, no
// network and no locks; each value belongs to one goroutine, which gives the
// time with every call. Nothing allocates per packet. Zero values are ready.
//
//	an uplink    Arrivals   transport-cc feedback, by which the browser measures its way to us
//	             Holes      what to ask for again (NACK, RFC 4585)
//	             Reception  the fields of receiver reports (RFC 3550)
//	             Level      who speaks and who is silent (RFC 6464)
//	a downlink   Estimate   how much the way to a browser carries
//
// # Feedback
//
// Transport-wide congestion control feedback is the one of
// draft-holmer-rmcat-transport-wide-cc-extensions-01. Arrivals makes it as
// libwebrtc does (a packet that comes late is reported again together with all
// after it); Estimate reads it and believes nothing: a packet is checked as a
// whole before any of it counts, and what it says of packets we did not send,
// or have already heard of, is ignored.
//
// # The estimate
//
// The way of Google congestion control (draft-ietf-rmcat-gcc-02), with what
// libwebrtc has changed since and what a forwarder needs, which sends what its
// sources send and can only say "less":
//
//   - delay: the slope of the one-way delay over groups of packets
//     (trend.go) against a threshold that adapts to the jitter of the way;
//   - rate: what arrived in the last half second (rate.go);
//   - a growing delay sets the estimate to 85 % of what arrives; without one it
//     grows, slowly where the way was last found full and faster the longer
//     nothing has been wrong;
//   - loss: up to 5 % is taken as the way's own and does not matter, up to 10 %
//     stops the growth, more of it lowers the estimate (the draft stops at 2 %,
//     with which one bad radio link never gets a good picture);
//   - it never grows beyond 1.5 times what arrives plus a headroom, because more
//     has not been shown; and it does not shrink only because little is sent.
package congest
