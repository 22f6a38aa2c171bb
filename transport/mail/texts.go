package mail

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"nextup/web"
)

// Languages that letters are written in; anything else gets the second.
var languages = []string{"sv", "en", "nb"}

// texts are the keys of the mail catalogues and the formats of the shared ones, by language.
var texts = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range languages {
		all[lang] = map[string]string{}
		for _, name := range []string{"i18n/" + lang + ".json", "i18n/mail." + lang + ".json", "i18n/accounts." + lang + ".json", "i18n/letters." + lang + ".json"} {
			b, err := web.Files.ReadFile(name)
			if err == nil {
				one := all[lang] // Unmarshal adds to what is there
				err = json.Unmarshal(b, &one)
			}
			if err != nil {
				panic(fmt.Sprintf("mail: %s: %v", name, err)) // embedded: a broken build
			}
		}
	}
	return all
})

// language is the nearest that letters are written in.
func language(lang string) string {
	for _, l := range languages {
		if l == lang {
			return l
		}
	}
	return "en"
}

// text is a catalogue text with its {placeholders} filled from pairs of name and
// value. A missing key stands for itself, so that a test or a reader sees it.
func text(lang, key string, pairs ...any) string {
	t, ok := texts()[lang][key]
	if !ok {
		return key
	}
	var fill []string
	for i := 0; i+1 < len(pairs); i += 2 {
		fill = append(fill, fmt.Sprintf("{%v}", pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(fill...).Replace(t) // in one pass: a value is never read as a placeholder
}

// when writes a time in a zone by the same patterns as the pages (format.*).
func when(lang string, at time.Time, zone, format string) string {
	if loc, err := time.LoadLocation(zone); err == nil {
		at = at.In(loc)
	}
	weekday := strconv.Itoa((int(at.Weekday())+6)%7 + 1) // 1 is Monday
	month := strconv.Itoa(int(at.Month()))
	return text(lang, "format."+format,
		"weekday", text(lang, "format.weekday."+weekday),
		"wd", text(lang, "format.wd."+weekday),
		"day", at.Day(),
		"month", text(lang, "format.month."+month),
		"mon", text(lang, "format.mon."+month),
		"year", at.Year(),
		"hour", at.Format("15"),
		"minute", at.Format("04"))
}
