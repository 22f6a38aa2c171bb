package mediatest

import (
	"sync/atomic"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// loss is a bad network: it loses every n-th packet.
type loss struct {
	interceptor.NoOp
	up, down int
}

// NewInterceptor makes the one of a connection.
func (l *loss) NewInterceptor(string) (interceptor.Interceptor, error) { return l, nil }

// BindLocalStream loses on the way up.
func (l *loss) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	if l.up == 0 {
		return w
	}
	var n atomic.Int64
	return interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
		if h.SSRC == info.SSRC && n.Add(1)%int64(l.up) == 0 {
			return len(payload), nil
		}
		return w.Write(h, payload, a)
	})
}

// BindRemoteStream loses on the way down.
func (l *loss) BindRemoteStream(info *interceptor.StreamInfo, r interceptor.RTPReader) interceptor.RTPReader {
	if l.down == 0 || info.MimeType == "video/rtx" {
		return r
	}
	var n atomic.Int64
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		for {
			i, a, err := r.Read(b, a)
			if err != nil || n.Add(1)%int64(l.down) != 0 {
				return i, a, err
			}
		}
	})
}
