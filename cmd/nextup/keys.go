package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// readKey reads the 32 secret bytes that all links, PINs and cookies are made
// with, or makes them at the first start. They lie beside the database, not in it.
func readKey(folder string) ([]byte, error) {
	path := filepath.Join(folder, "key")
	key, err := os.ReadFile(path)
	if err == nil {
		if len(key) != 32 {
			return nil, fmt.Errorf("%s: not a key of 32 bytes; put the right one back, or all links that were sent out are void", path)
		}
		return key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key = make([]byte, 32)
	rand.Read(key)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(key)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return nil, err
	}
	return key, os.Rename(path+".new", path)
}

// derive makes a key for one purpose from the key file's.
func derive(key []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("nextup/" + purpose))
	return mac.Sum(nil)
}
