// Package batch is UDP for one goroutine that forwards many small packets: it
// reads and writes many datagrams with one system call and allocates nothing per
// packet.
//
//	for {
//		err := conn.Recv(before, f)   // blocks; f for each datagram, may call Buf and Send
//		conn.Flush()                  // what f queued leaves
//	}
//
// Queued datagrams leave at the end of each batch, never on a timer, so batching
// adds no delay: while little arrives, a batch is one datagram; the more there is
// to do, the larger the batches and the cheaper each packet.
//
// A socket on the unspecified address takes IPv4 and IPv6, says for each datagram
// which of the machine's addresses it was sent to, and answers from that one: on
// a machine with several addresses the kernel would choose another, and no
// browser takes an answer from an address it did not ask.
//
//	conn.go        the exported calls, the doorbell
//	mmsg_linux.go  recvmmsg, sendmmsg, UDP_SEGMENT
//	plain.go       one datagram a call, everywhere else
package batch
