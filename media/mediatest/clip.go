package mediatest

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"time"

	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"
)

// audioFrame is how long one Opus packet of a clip lasts.
const audioFrame = 20 * time.Millisecond

// Clip is a short film with sound, ready to be sent in a loop.
type Clip struct {
	// Name is the file name without its ending.
	Name  string
	video [][]byte
	audio [][]byte
	frame time.Duration // how long one picture lasts
}

// Load reads name.ivf (VP8, a key frame at least twice a second) and name.ogg
// (Opus, packets of 20 ms) from a folder.
func Load(folder fs.FS, name string) (*Clip, error) {
	c := &Clip{Name: name}
	if err := c.readVideo(folder); err != nil {
		return nil, fmt.Errorf("mediatest: clip %s: %w", name, err)
	}
	if err := c.readAudio(folder); err != nil {
		return nil, fmt.Errorf("mediatest: clip %s: %w", name, err)
	}
	return c, nil
}

func (c *Clip) readVideo(folder fs.FS) error {
	f, err := folder.Open(c.Name + ".ivf")
	if err != nil {
		return err
	}
	defer f.Close()
	r, h, err := ivfreader.NewWith(f)
	if err != nil {
		return err
	}
	if h.FourCC != "VP80" || h.TimebaseDenominator == 0 || h.TimebaseNumerator == 0 {
		return errors.New("not VP8")
	}
	c.frame = time.Second * time.Duration(h.TimebaseNumerator) / time.Duration(h.TimebaseDenominator)
	for {
		b, _, err := r.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		c.video = append(c.video, b)
	}
	if len(c.video) == 0 || !keyFrame(c.video[0]) {
		return errors.New("does not begin with a key frame")
	}
	return nil
}

func (c *Clip) readAudio(folder fs.FS) error {
	f, err := folder.Open(c.Name + ".ogg")
	if err != nil {
		return err
	}
	defer f.Close()
	r, _, err := oggreader.NewWith(f)
	if err != nil {
		return err
	}
	for {
		b, h, err := r.ParseNextPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if h.GranulePosition > 0 && len(b) > 0 { // the first two pages are headers
			c.audio = append(c.audio, b)
		}
	}
	// As long as the picture, so that both begin again together.
	if n := int(time.Duration(len(c.video)) * c.frame / audioFrame); n > 0 && n < len(c.audio) {
		c.audio = c.audio[:n]
	}
	if len(c.audio) == 0 {
		return errors.New("no sound")
	}
	return nil
}

// nextKey is the first key frame at or after i, going round.
func (c *Clip) nextKey(i int) int {
	for n := range c.video {
		if j := (i + n) % len(c.video); keyFrame(c.video[j]) {
			return j
		}
	}
	return 0
}

// keyFrame says whether a whole VP8 frame is a key frame (RFC 6386 section 9.1).
func keyFrame(b []byte) bool { return len(b) > 0 && b[0]&1 == 0 }

// print is a fingerprint of one frame.
func print(b []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(b)
	return h.Sum64()
}
