package media

// readExtension finds the value of a header extension of an RTP packet (RFC 8285,
// both forms), nil if it is not there. readRTP or the decryption has checked, or
// will check, the header as a whole; this trusts nothing.
func readExtension(b []byte, id uint8) []byte {
	if id == 0 || len(b) < 12 || b[0]&0x10 == 0 {
		return nil
	}
	at := 12 + 4*int(b[0]&15)
	if len(b) < at+4 {
		return nil
	}
	profile, size := be.Uint16(b[at:]), 4*int(be.Uint16(b[at+2:]))
	b = b[at+4:]
	if len(b) < size {
		return nil
	}
	b = b[:size]
	one := profile == 0xbede
	if !one && profile&0xfff0 != 0x1000 {
		return nil
	}
	for len(b) > 0 {
		if b[0] == 0 { // padding
			b = b[1:]
			continue
		}
		var which uint8
		var n, head int
		if one {
			which, n, head = b[0]>>4, int(b[0]&15)+1, 1
			if which == 15 {
				return nil // no more (section 4.2)
			}
		} else {
			if len(b) < 2 {
				return nil
			}
			which, n, head = b[0], int(b[1]), 2
		}
		if len(b) < head+n {
			return nil
		}
		if which == id {
			return b[head : head+n]
		}
		b = b[head+n:]
	}
	return nil
}
