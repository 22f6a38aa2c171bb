// Package media carries sound and picture: an SFU (selective forwarding unit:
// it passes packets on and never decodes them) and a TURN relay on pion/turn.
// pion/webrtc negotiates; no media packet ever enters it.
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
// data channels. VP8 and Opus. pion/webrtc has the peer's SDP, ICE, DTLS and
// data channels.
//
// A lane is one UDP port and the one goroutine through which all media of its
// peers passes. A peer's leg is what the lane has of it: keys, the address to
// send to, two sources, eight viewers.
//
//	           recvmmsg             by the first byte (RFC 7983)
//	socket ---> batch ---> packet ---> STUN request ----> iceConn of its name fragment ---> pion
//	feeds  --------------->   |   ---> other STUN, DTLS -> iceConn of its address -----> pion
//	(relay, TCP)              |   ---> SRTP, SRTCP -----> leg of its address
//	                          |                            | decrypt in place
//	                          |                            v
//	socket <--- batch <--- seal <--- viewers (rewrite) <--- source
//	           sendmmsg, once a batch
//
// A source is one incoming stream: a sound, or one layer of a picture. A browser
// that knows simulcast offers two layers and sends the small one besides in talks
// of three or more (web/js/layers.js); layers have no declared SSRC and are known
// by the names in their first packets (RFC 8852). While its person is on a stage it keeps the
// packets since the last key frame and asks for key frames, at most one request
// per 200 ms.
//
// A viewer is one outgoing track. It outlives its sources: whatever it shows,
// its SSRC, sequence numbers, timestamps and VP8 picture ids go on without a
// jump (rewrite.go, pure arithmetic). It begins with the kept packets, else
// waits for a key frame. It remembers what it sent lately, of the present source
// only, to send it again when the browser asks.
//
// What a way down carries is estimated from the browser's feedback (congest).
// From that each viewer is given the best layer that fits (share.go): less at
// once, more after five seconds, at the next key frame of the other layer, without
// a jump; sound before pictures. The source that only one viewer sees, or that has
// but one layer, is told to send no more than the weakest of its viewers takes
// (REMB, down.go).
//
// A stage is who is part of one talk, by name: Prepare (receive and keep,
// forward nothing), Show (everyone sees everyone else), Clear. Peers come and
// go under it; a person who reconnects is back without a new Show. A stage
// nobody renews for a minute closes. The caller decides who sees whom and hears
// nothing of how.
//
// # Who owns what
//
// Server.mu guards who is who and who shall see whom. What a lane has (paths,
// legs, sources, viewers) is touched by its goroutine alone and has no locks.
// Others tell it with lane.do, which never waits, or lane.call, which returns
// when it is done. The lane calls nobody who could make it wait.
//
// A session's peers share one lane, so no packet goes from lane to lane.
//
// # What must stay true
//
//   - Not shown is no media, to or from anybody. When Clear returns, no packet
//     of that talk is sent any more, not even one sent again.
//   - pion never sends media: it has the same SRTP keys with counters of its own,
//     and a key and a counter used for two packets give both away. There are no
//     interceptors, nothing is written to pion's tracks, and what came through
//     nevertheless would be stopped and counted (iceConn.WriteToAddrPort).
//   - For the same reason a sequence number is sent once, or again byte by byte
//     (history.fresh, viewer.again).
//   - Keys are installed when the handshake is complete and not before (keys.go).
//   - The lane never waits and allocates nothing for a packet: queues are bounded
//     and drop. A browser that stops reading disturbs nobody.
//   - The server sends to no address because an offer names it, only to ones
//     that a connectivity check has proved, and one side's addresses are never
//     told to the other.
//   - The relay reaches the media ports of this process and nothing else
//     (turn.go). Its credentials are judged by the clock for a new allocation
//     only; they never end a running talk.
//
// # The files
//
//	server.go     Config, the exported calls, the life of peers and lanes
//	stage.go      who is in which talk, and from that: which viewer has which source
//	offer.go      what a browser may offer
//	negotiated.go two SDPs -> what the lane must know of them
//	peer.go       a browser's connection: codecs, negotiation; where pion/webrtc is set up
//	lane.go       the port: loop, which packet is for whom, feeds
//	icemux.go     what pion has of the port
//	keys.go       the handshake -> SRTP keys
//	leg.go        a peer on its lane: RTP in and out
//	rtcp.go       what is said about streams, both ways
//	source.go     receive, keep, forward        kept.go     packets since the key frame
//	viewer.go     rewrite, send, send again     history.go  what was sent
//	rewrite.go    the arithmetic of a switch    keyframe.go VP8 headers, pace of requests
//	rids.go       layers as offered             share.go    which of them a way is given
//	down.go       what each way carries, and who must send less
//	headext.go    RTP header extensions
//	text.go       the text channel and its messages
//	state.go      what a browser says of its own camera, microphone and network
//	speech.go     what is asked of the browsers' Opus
//	echo.go       measuring the way before anything is sent
//	control.go    what a leg does by the clock   limit.go   floods and overload
//	share.go      which layer of each picture a way carries, arithmetic
//	down.go       the same for a leg; what a source is told to send at most
//	rids.go       layers in an offer             headext.go RTP header extensions
//	speech.go     what is asked of a browser's Opus encoder
//	figures.go    how one person's connection does
//	take.go       TCP connections handed in      stream.go  what bounds them
//	frame.go      packets in a byte stream       feed_tcp.go ICE-TCP
//	turn.go       the relay: credentials, who has which
//	turn_lane.go  TURN at a lane's port          turn_stream.go TURN over TCP and TLS
//	relay.go      the inside end of one allocation
//
// Below it, batch reads and writes many packets with one system call, and congest
// is the arithmetic of what a way carries.
package media
