package transport

import (
	"bytes"
	"html/template"
	"regexp"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// A job text is typed as Markdown or pasted from somewhere as HTML. Both become
// a few harmless elements: no pictures (they would be loaded from elsewhere), no
// styles, classes or identifiers, headings below the page's own, and links that
// open beside the page and tell the other side nothing.
var (
	marking = goldmark.New(
		goldmark.WithExtensions(extension.Linkify, extension.Table, extension.Strikethrough),
		goldmark.WithRendererOptions(html.WithHardWraps(), html.WithUnsafe()), // the policy below is what makes it safe
	)
	safe    = newPolicy()
	heading = regexp.MustCompile(`(</?h)([1-6])([ >])`)
)

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "b", "em", "i", "u", "s", "del",
		"blockquote", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "div")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto", "tel")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true) // adds rel=noopener too
	p.SkipElementsContent("script", "style", "title", "head", "template", "svg", "math", "iframe", "object", "form", "button", "select", "textarea")
	return p
}

// markdown is the safe HTML of a job text.
func markdown(text string) (template.HTML, error) {
	var b bytes.Buffer
	if err := marking.Convert([]byte(text), &b); err != nil {
		return "", err
	}
	// h1 becomes h3, so that the page keeps its own h1 and h2.
	lowered := heading.ReplaceAllFunc(b.Bytes(), func(m []byte) []byte {
		i := bytes.IndexAny(m, "123456")
		m[i] = min('6', m[i]+2)
		return m
	})
	return template.HTML(safe.SanitizeBytes(lowered)), nil //nolint:gosec // this is the sanitizer
}
