package media

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"
)

// TestReadExtension holds against pion that both forms are read.
func TestReadExtension(t *testing.T) {
	for _, profile := range []uint16{rtp.ExtensionProfileOneByte, rtp.ExtensionProfileTwoByte} {
		h := rtp.Header{Version: 2, CSRC: []uint32{1, 2}, Extension: true, ExtensionProfile: profile}
		for id, v := range map[uint8]string{1: "x", 3: "\x12\x34", 14: "layer"} {
			if err := h.SetExtension(id, []byte(v)); err != nil {
				t.Fatal(err)
			}
		}
		b, err := h.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[uint8]string{1: "x", 3: "\x12\x34", 14: "layer", 2: "", 0: ""} {
			if got := readExtension(b, id); string(got) != want {
				t.Errorf("profile %x: %d is %q, want %q", profile, id, got, want)
			}
		}
		for n := range b {
			readExtension(b[:n], 14) // cut anywhere
		}
	}
	if readExtension([]byte{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 1, 1, 1, 1}, 1) != nil {
		t.Error("another profile")
	}
}

func FuzzReadExtension(f *testing.F) {
	f.Add([]byte{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 1, 0x31, 1, 2, 0}, uint8(3))
	f.Add([]byte{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 3, 1, 2, 0}, uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, id uint8) {
		ours := readExtension(b, id)
		var h rtp.Header
		if _, err := h.Unmarshal(b); err != nil || !h.Extension || h.ExtensionProfile != rtp.ExtensionProfileOneByte && h.ExtensionProfile != rtp.ExtensionProfileTwoByte {
			return
		}
		if theirs := h.GetExtension(id); id > 0 && id < 15 && len(ours) > 0 && theirs != nil && !bytes.Equal(ours, theirs) {
			t.Fatalf("%x, pion %x", ours, theirs)
		}
	})
}
