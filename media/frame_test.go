package media

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"testing/iotest"

	"github.com/pion/stun/v3"
)

func framed(packets ...[]byte) (all []byte) {
	for _, p := range packets {
		all = append(binary.BigEndian.AppendUint16(all, uint16(len(p))), p...)
	}
	return all
}

func channelData(number uint16, data []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, number)
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
	return append(b, make([]byte, -len(b)&3)...)
}

func TestSpeaks(t *testing.T) {
	binding := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("one:two")).Raw
	allocate := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)).Raw
	for _, c := range []struct {
		name string
		b    []byte
		want protocol
	}{
		{"an allocation", allocate, turnStream},
		{"a STUN client", binding, turnStream},
		{"a check in a frame", framed(binding), iceStream},
		{"a check of more than 255 bytes", framed(append(binding, make([]byte, 400)...)), iceStream},
		{"too little", allocate[:beginning-1], unknownProtocol},
		{"nothing", nil, unknownProtocol},
		{"HTTP", []byte("GET / HTTP/1.1\r\n\r\n"), unknownProtocol},
		{"TLS", []byte{22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3}, unknownProtocol},
		{"zeros", make([]byte, 40), unknownProtocol},
		{"RTP in a frame", framed(append([]byte{128, 96, 0, 1}, allocate[4:]...)), unknownProtocol},
	} {
		if got := speaks(c.b); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// What was written as packets is read as the same packets, however the network
// cut it.
func TestReadFrame(t *testing.T) {
	binding := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("one:two")).Raw
	dtls := append([]byte{22, 254, 253}, make([]byte, 1200)...)
	for _, c := range []struct {
		name string
		p    protocol
		in   []byte
		want [][]byte
		err  error
	}{
		{"frames", iceStream, framed(binding, dtls, nil, binding), [][]byte{binding, dtls, {}, binding}, io.EOF},
		{
			"messages and padded data", turnStream, bytes.Join([][]byte{binding, channelData(0x4001, []byte("hello")), channelData(0x4fff, nil), binding}, nil),
			[][]byte{binding, channelData(0x4001, []byte("hello"))[:9], {0x4f, 0xff, 0, 0}, binding},
			io.EOF,
		},
		{"a frame cut short", iceStream, framed(binding)[:20], nil, io.ErrUnexpectedEOF},
		{"a message cut short", turnStream, binding[:19], nil, io.ErrUnexpectedEOF},
		{"a frame longer than any packet", iceStream, framed(make([]byte, mtu+1)), nil, errFrame},
		{"data longer than any packet", turnStream, channelData(0x4001, make([]byte, mtu)), nil, errFrame},
		{"a length that runs over", turnStream, []byte{0, 1, 0xff, 0xfc, 0x21, 0x12, 0xa4, 0x42}, nil, errFrame},
		{"a length no message has", turnStream, []byte{0, 1, 0, 3, 0x21, 0x12, 0xa4, 0x42}, nil, errFrame},
		{"no cookie", turnStream, make([]byte, 20), nil, errFrame},
		{"neither message nor data", turnStream, []byte{0x50, 0, 0, 0}, nil, errFrame},
	} {
		for how, r := range map[string]io.Reader{"at once": bytes.NewReader(c.in), "byte by byte": iotest.OneByteReader(bytes.NewReader(c.in))} {
			var got [][]byte
			var err error
			for {
				b := make([]byte, mtu)
				var n int
				if n, err = readFrame(r, c.p, b); err != nil {
					break
				}
				got = append(got, b[:n])
			}
			if err != c.err || len(got) != len(c.want) {
				t.Errorf("%s, %s: %d packets, %v", c.name, how, len(got), err)
				continue
			}
			for i := range got {
				if !bytes.Equal(got[i], c.want[i]) {
					t.Errorf("%s, %s: packet %d is %x", c.name, how, i, got[i])
				}
			}
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	binding := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("one:two")).Raw
	f.Add(binding)
	f.Add(framed(binding, []byte{22, 254, 253}))
	f.Add(append(channelData(0x4001, []byte("hello")), binding...))
	f.Fuzz(func(t *testing.T, in []byte) {
		first := speaks(in)
		for _, p := range []protocol{turnStream, iceStream} {
			r, b, taken := bytes.NewReader(in), make([]byte, mtu), 0
			for {
				n, err := readFrame(r, p, b)
				if err != nil {
					break
				}
				if taken++; n < 0 || n > len(b) || taken > len(in) {
					t.Fatalf("%d bytes, %d packets of %d bytes", n, taken, len(in))
				}
				if taken == 1 && n >= 20 && b[0] < 4 && binary.BigEndian.Uint32(b[4:]) == magicCookie && first != p {
					t.Fatalf("a STUN message first, but taken for %v instead of %v", first, p)
				}
			}
		}
	})
}
