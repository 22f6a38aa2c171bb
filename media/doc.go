// Package media carries sound and picture: an SFU (selective forwarding unit:
// it passes packets on and never decodes them) on pion/webrtc and a TURN relay
// on pion/turn, one port each.
//
// # Who is who
//
//	browser a                        Server                          browser b
//	                 peer a                            peer b
//	microphone ----> source (sound)   ----+      +---> viewer 0 (sound)  ----> slot 0
//	camera     ----> source (picture) --+ |      | +-> viewer 0 (picture) ---> slot 0
//	                                    | |      | |
//	                                    stage: who sees whom
//	                                    | |      | |
//	slot 0 <---- viewer 0 (sound)   <---|-|------+ |   source (sound)   <---- microphone
//	slot 0 <---- viewer 0 (picture) <---+-+--------+   source (picture) <---- camera
//	slot 1..3 <- viewers 1..3                          viewers 1..3 ----> slot 1..3
//	text   <---> text channel                          text channel <---> text
//
// A peer is one browser's connection. It is made while its person waits, with
// nothing attached: nothing leaves the device. Its m-lines are negotiated once,
// in this order: sound up, picture up, four sounds down, four pictures down,
// data channels. VP8 and Opus.
//
// A source is one incoming stream. While its person is on a stage it keeps the
// packets since the last key frame and asks for key frames, at most one request
// per 200 ms.
//
// A viewer is one outgoing track. It outlives its sources: whatever it shows,
// its SSRC, sequence numbers, timestamps and VP8 picture ids go on without a
// jump (rewrite.go, pure arithmetic). It begins with the kept packets, else
// waits for a key frame. It remembers what it sent lately, of the present source
// only, to send it again when the browser asks.
//
// A stage is who is part of one talk, by name: Prepare (receive and keep,
// forward nothing), Show (everyone sees everyone else), Clear. Peers come and
// go under it; a person who reconnects is back without a new Show. A stage
// nobody renews for a minute closes. The caller decides who sees whom and hears
// nothing of how.
//
// # What must stay true
//
//   - Not shown is no media, to or from anybody. When Clear returns, no packet
//     of that talk is sent any more, not even one sent again.
//   - Forwarding is done by the source's own reader and never waits: queues are
//     bounded and drop. A browser that stops reading disturbs nobody.
//   - The server sends to no address because an offer names it, only to ones
//     that a connectivity check has proved, and one side's addresses are never
//     told to the other.
//   - The relay reaches the media port of this process and nothing else
//     (turn.go). Its credentials are judged by the clock for a new allocation
//     only; they never end a running talk.
//
// # The files
//
//	server.go   Config, the exported calls, the life of peers
//	stage.go    who is in which talk, and from that: which viewer has which source
//	offer.go    what a browser may offer
//	peer.go     a browser's connection: codecs, negotiation; where pion/webrtc is set up
//	source.go   receive, keep, forward        kept.go     packets since the key frame
//	viewer.go   rewrite, send, send again     history.go  what was sent
//	rewrite.go  the arithmetic of a switch    keyframe.go VP8 headers, pace of requests
//	text.go     the text channel and its messages
//	state.go    what a browser says of its own camera, microphone and network
//	echo.go     measuring the way before anything is sent
//	mux.go      the UDP port: which datagram is for whom
//	turn.go     the relay
//
// Measured limits of this way of forwarding (pion reads and writes every packet)
// are in the benchmarks; the seam for replacing it is between mux.go and source.go.
package media
