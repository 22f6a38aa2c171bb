package transport

import (
	"slices"
	"strings"
	"time"
)

// defaultZone is where most of our users are.
const defaultZone = "Europe/Stockholm"

// Zones offered to somebody without scripts; with them the browser adds all it
// knows. Any name of the time zone database is taken.
var (
	commonZones = []string{"Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Europe/Helsinki", "Europe/London", "UTC"}
	moreZones   = []string{
		"Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Bogota", "America/Chicago",
		"America/Denver", "America/Halifax", "America/Los_Angeles", "America/Mexico_City", "America/New_York",
		"America/Sao_Paulo", "America/Toronto", "America/Vancouver", "Asia/Bangkok", "Asia/Dhaka", "Asia/Dubai",
		"Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kolkata", "Asia/Manila", "Asia/Seoul",
		"Asia/Shanghai", "Asia/Singapore", "Asia/Tehran", "Asia/Tokyo", "Atlantic/Azores", "Atlantic/Canary",
		"Atlantic/Faroe", "Atlantic/Reykjavik", "Australia/Brisbane", "Australia/Perth", "Australia/Sydney",
		"Europe/Amsterdam", "Europe/Athens", "Europe/Belgrade", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest",
		"Europe/Budapest", "Europe/Dublin", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/Ljubljana",
		"Europe/Luxembourg", "Europe/Madrid", "Europe/Paris", "Europe/Prague", "Europe/Riga", "Europe/Rome",
		"Europe/Sarajevo", "Europe/Sofia", "Europe/Tallinn", "Europe/Vienna", "Europe/Vilnius", "Europe/Warsaw",
		"Europe/Zagreb", "Europe/Zurich", "Pacific/Auckland",
	}
)

// zoneOption is one entry of the list.
type zoneOption struct {
	Name     string
	Label    string
	Selected bool
}

// zoneView is the list with the chosen one in it, whatever it is.
type zoneView struct{ Common, More []zoneOption }

func newZones(chosen string) zoneView {
	var v zoneView
	option := func(name string) zoneOption {
		return zoneOption{name, strings.ReplaceAll(strings.ReplaceAll(name, "_", " "), "/", " / "), name == chosen}
	}
	for _, z := range commonZones {
		v.Common = append(v.Common, option(z))
	}
	if !slices.Contains(commonZones, chosen) && !slices.Contains(moreZones, chosen) && chosen != "" {
		v.Common = append(v.Common, option(chosen))
	}
	for _, z := range moreZones {
		v.More = append(v.More, option(z))
	}
	return v
}

// zoneExists says whether a name is one of the time zone database.
func zoneExists(name string) bool {
	if name == "" || name == "Local" || len(name) > 64 {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}
