package transport

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"nextup"
)

// What a password must be: long. There are no rules of composition; they make
// passwords worse. The upper limit only bounds the work.
const (
	minPassword = 12  // characters
	maxPassword = 256 // characters
)

// The cost of a guess: argon2id (RFC 9106) with two passes over 19 MiB, about a
// tenth of a second.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonKey     = 32
	argonSalt    = 16
)

// hashing bounds how many passwords are worked on at once, so that guesses cannot
// take all memory: two at a time, and a short line before them.
type hashing struct {
	places chan struct{}
	line   chan struct{}
}

func newHashing() hashing {
	return hashing{places: make(chan struct{}, 2), line: make(chan struct{}, 64)}
}

// enter waits for a place. CodeTooMany: the line is too long.
func (h hashing) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.line <- struct{}{}:
	default:
		return nil, nextup.Refuse(nextup.CodeTooMany)
	}
	defer func() { <-h.line }()
	select {
	case h.places <- struct{}{}:
		return func() { <-h.places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash makes what is kept of a password, in PHC form.
func (h hashing) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	return phc(salt, sum), nil
}

func phc(salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64(salt), b64(sum))
}

// nobody is the hash of no password: whoever asks for an unknown account waits
// just as long.
var nobody = phc(make([]byte, argonSalt), make([]byte, argonKey))

// matches compares a password with what was kept of it. An empty kept hash is
// compared with nobody's and never matches.
func (h hashing) matches(ctx context.Context, kept, password string) (bool, error) {
	known := kept != ""
	if !known {
		kept = nobody
	}
	var version int
	var memory, passes uint32
	var threads uint8
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("transport: a password's hash is not argon2id")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errors.New("transport: a password's hash is of an unknown version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil ||
		memory > 1<<18 || passes == 0 || passes > 16 || threads == 0 {
		return false, errors.New("transport: a password's hash has unknown costs")
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, errors.New("transport: a password's hash is damaged")
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 || len(want) > 64 {
		return false, errors.New("transport: a password's hash is damaged")
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if utf8.RuneCountInString(password) > maxPassword {
		password = "" // as much work as any other, and no match
		known = false
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, threads, uint32(len(want))) //nolint:gosec // at most 64
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// HashPassword is a password as an account keeps it: argon2id in PHC form.
func HashPassword(ctx context.Context, password string) (string, error) {
	return newHashing().hash(ctx, password)
}
