package transport

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"nextup"
)

// assets are the files browsers load, at /a/HASH/PATH. HASH is made from all of
// them together, so modules find each other by relative paths, and an address
// means the same bytes for ever.
type assets struct {
	hash  string
	files map[string]file
}

type file struct {
	body []byte
	gzip func() []byte // made when first asked for; nil: never smaller
	kind string
}

var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".woff2": "font/woff2",
	".mp3":   "audio/mpeg",
	".ogg":   "audio/ogg",
	".wav":   "audio/wav",
	".webm":  "video/webm",
}

// readAssets gathers what may be served: files of a known kind, outside the
// folders that are ours alone, and one whole catalogue a language (i18n/sv.json).
func readAssets(files fs.FS, texts *catalogues) (*assets, error) {
	a := &assets{files: map[string]file{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch top, _, _ := strings.Cut(name, "/"); {
		case err != nil:
			return err
		case d.IsDir() && (top == "pages" || top == "mails" || top == "i18n"):
			return fs.SkipDir
		case d.IsDir() || kinds[path.Ext(name)] == "" || path.Base(name) == "tsconfig.json":
			return nil
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		a.add(name, body)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("transport: assets: %w", err)
	}
	for _, lang := range languages {
		body, err := json.Marshal(texts.byLang[lang]) // sorted by key
		if err != nil {
			return nil, fmt.Errorf("transport: assets: %w", err)
		}
		a.add("i18n/"+lang+".json", body)
	}
	sum := sha256.New()
	names := make([]string, 0, len(a.files))
	for name := range a.files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(sum, "%s %d\n", name, len(a.files[name].body))
		sum.Write(a.files[name].body)
	}
	a.hash = strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum.Sum(nil)[:10]))
	return a, nil
}

func (a *assets) add(name string, body []byte) {
	f := file{body: body, kind: kinds[path.Ext(name)]}
	if strings.HasPrefix(f.kind, "text/") || path.Ext(name) == ".json" || path.Ext(name) == ".svg" {
		f.gzip = sync.OnceValue(func() []byte { return compressed(body) })
	}
	a.files[name] = f
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	_, _ = z.Write(body)                                  // memory does not fail
	_ = z.Close()
	return b.Bytes()
}

// url is a file's address; an unknown file is an error, so that a page which
// names one fails in a test.
func (a *assets) url(name string) (string, error) {
	if _, ok := a.files[name]; !ok {
		return "", fmt.Errorf("transport: no asset %s", name)
	}
	return "/a/" + a.hash + "/" + name, nil
}

// asset serves one file. A page from before an update may still ask for another
// of its files: it gets today's, not to be kept.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) error {
	f, ok := s.assets.files[r.PathValue("path")]
	if !ok {
		return nextup.Refuse(nextup.CodeUnknown)
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	if r.PathValue("hash") == s.assets.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-store")
	}
	body := f.body
	if f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = f.gzip()
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return nil
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}
