package transport

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"nextup"
)

// slotsAt is the page of slots of a round in Maria's browser.
type slotsAt struct {
	*recruitment
	round nextup.RoundID
	path  string
}

func (x *recruitment) slotsOf(job nextup.JobID, round nextup.RoundID) slotsAt {
	return slotsAt{x, round, "/jobs/" + string(job) + "/rounds/" + string(round)}
}

// form is the page's form for some days, as a browser sends it.
func (x slotsAt) form(do string, days ...nextup.DayPlan) url.Values {
	rb, _ := x.boardOf(x.round).Round(x.round)
	f := slotsFormOf(rb, time.Now())
	v := url.Values{
		"do": {do}, "revision": {twoDigits(f.Revision)}, "length": {f.Length}, "pause": {f.Pause}, "from": {f.From}, "until": {f.Until},
		"seats": {f.Seats}, "cutoff": {f.CutOff}, "date": {""},
	}
	for _, d := range days {
		v.Add("day", d.Date)
		v.Set("place."+d.Date, map[bool]string{true: "video", false: "address"}[d.Place.Video])
		v.Set("address."+d.Date, d.Place.Address)
		for _, at := range d.Starts {
			v.Add("start", stamp(at))
		}
	}
	return v
}

// sends posts the form.
func (x slotsAt) sends(v url.Values) got {
	x.t.Helper()
	g := x.post(x.her, x.path+"/slots", v)
	if g.StatusCode == http.StatusInternalServerError {
		x.t.Fatal(g.body)
	}
	return g
}

// saved are the round's times as they are kept: "+0 09:00" is on the first day.
func (x slotsAt) saved() (list []string) {
	rb, _ := x.boardOf(x.round).Round(x.round)
	for _, s := range rb.Slots {
		if s.Removed.IsZero() {
			d, _ := rb.Day(s.Date)
			place := d.Place.Address
			if d.Place.Video {
				place = "video"
			}
			day := int(noon(s.Date, x.zone.String()).Sub(x.first).Hours()) / 24
			list = append(list, "+"+twoDigits(day)[1:]+" "+s.Start.In(x.zone).Format("15:04")+" "+place)
		}
	}
	return list
}

// chosen are the times that a page shows as chosen, and those that it only proposes.
func chosenOn(t *testing.T, g got) (chosen, open []string) {
	t.Helper()
	for _, e := range parse(t, g).all("input", "name", "start") {
		at, err := time.Parse(time.RFC3339, e.attr("value"))
		if err != nil {
			t.Fatal(err)
		}
		zone, _ := time.LoadLocation("Europe/Stockholm")
		if clock := at.In(zone).Format("15:04"); e.has("checked") {
			chosen = append(chosen, clock)
		} else {
			open = append(open, clock)
		}
	}
	return chosen, open
}

func TestSlots(t *testing.T) {
	x := newRecruitment(t)
	job, who := x.newJob(5)

	t.Run("S0-06 45 minutes and 15 between nine and twelve give nine, ten and eleven", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		date := x.dayOf(0, video).Date
		g := x.get(x.her, s.path+"/proposals?length=45&pause=15&from=09:00&until=12:00&seats=1&date="+date)
		var answer struct {
			Faults map[string]fieldBoot
			Days   []dayBoot
		}
		if err := json.Unmarshal([]byte(g.body), &answer); err != nil || len(answer.Days) != 1 {
			t.Fatal(g.body, err)
		}
		var want []string
		for _, at := range x.dayOf(0, video, 9, 10, 11).Starts {
			want = append(want, stamp(at))
		}
		if !slices.Equal(answer.Days[0].Times, want) {
			t.Errorf("%v, want %v", answer.Days[0].Times, want)
		}
		// the page without scripts proposes the same
		v := with(s.form("propose", x.dayOf(0, video)), "until", "12:00")
		if _, open := chosenOn(t, s.sends(v)); !slices.Equal(open, []string{"09:00", "10:00", "11:00"}) {
			t.Error(open)
		}
		if _, open := chosenOn(t, s.sends(with(v, "until", "11:44"))); !slices.Equal(open, []string{"09:00", "10:00"}) {
			t.Errorf("one that would end after the day: %v", open)
		}
	})

	t.Run("S0-06 what cannot be is said at its field and stays typed", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		for _, c := range [][2]string{
			{"length", "4"},
			{"length", "soon"},
			{"pause", "-1"},
			{"pause", "300"},
			{"from", "25:00"},
			{"until", "09:10"},
			{"seats", "0"},
			{"seats", "21"},
			{"cutoff", "99999"},
		} {
			g := s.sends(with(s.form("save", x.dayOf(0, room, 9)), c[0], c[1]))
			page := parse(t, g)
			if g.StatusCode != http.StatusUnprocessableEntity || len(page.all("p", "id", c[0]+"-fault")) != 1 {
				t.Errorf("%v: %d without an error at the field", c, g.StatusCode)
			}
			if c[0] != "cutoff" && page.one("input", "name", c[0]).attr("value") != c[1] {
				t.Errorf("%v is not shown as typed", c)
			}
			if chosen, _ := chosenOn(t, g); !slices.Equal(chosen, []string{"09:00"}) {
				t.Errorf("%v: chosen times are lost: %v", c, chosen)
			}
			if g := x.get(x.her, s.path+"/proposals?length=45&pause=15&from=09:00&until=16:00&seats=1&"+c[0]+"="+c[1]); g.StatusCode != http.StatusOK {
				t.Errorf("%v: proposals answer %d", c, g.StatusCode)
			}
		}
		if len(s.saved()) > 0 {
			t.Error("something was saved")
		}
	})

	t.Run("S0-07 days are added and taken away without scripts; past and far ones are refused", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		var days []nextup.DayPlan
		for _, n := range []int{0, 5, 2} {
			g := s.sends(with(s.form("day", days...), "date", x.dayOf(n, video).Date))
			days = append(days, x.dayOf(n, video))
			if shown := parse(t, g).all("input", "name", "day"); len(shown) != len(days) {
				t.Fatalf("%d days, want %d", len(shown), len(days))
			}
		}
		g := s.sends(s.form("remove."+days[1].Date, days...))
		if shown := parse(t, g).all("input", "name", "day"); len(shown) != 2 || shown[1].attr("value") != days[2].Date {
			t.Errorf("after one was taken away: %d", len(shown))
		}
		for _, date := range []string{time.Now().AddDate(0, 0, -2).Format(time.DateOnly), time.Now().AddDate(3, 0, 0).Format(time.DateOnly), "2026-02-30", ""} {
			g := s.sends(with(s.form("day", days...), "date", date))
			page := parse(t, g)
			if len(page.all("p", "id", "date-fault")) != 1 || len(page.all("input", "name", "day")) != 3 {
				t.Errorf("%q is not refused at its field", date)
			}
		}
		past := nextup.DayPlan{Date: time.Now().AddDate(0, 0, -1).Format(time.DateOnly), Place: video, Starts: []time.Time{time.Now().AddDate(0, 0, -1).Truncate(time.Hour)}}
		if g := s.sends(s.form("save", past)); g.StatusCode != http.StatusUnprocessableEntity || len(s.saved()) > 0 {
			t.Errorf("a past time is saved: %d", g.StatusCode)
		}
	})

	t.Run("S0-08 a changed frame proposes anew and keeps what was chosen", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		v := with(s.form("propose", x.dayOf(0, video, 9, 10)), "length", "30", "pause", "15", "from", "09:00", "until", "11:00")
		g := s.sends(v)
		chosen, open := chosenOn(t, g)
		if !slices.Equal(chosen, []string{"09:00", "10:00"}) || !slices.Equal(open, []string{"09:45", "10:30"}) {
			t.Errorf("chosen %v, open %v", chosen, open)
		}
		if !strings.Contains(words(t, g), "Kept, outside the new frame") {
			t.Error("what is outside the frame does not say so")
		}
	})

	t.Run("S0-08 the change of the clocks is explained", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		date := nextSpring(time.Now())
		g := s.sends(with(s.form("day"), "date", date, "from", "00:00", "until", "05:00"))
		if _, open := chosenOn(t, g); !slices.Equal(open, []string{"00:00", "01:00", "03:00", "04:00"}) {
			t.Error(open)
		}
		if !strings.Contains(words(t, g), "at 02:00 they go to 03:00") {
			t.Error("nothing says why there is no time at two")
		}
	})

	t.Run("S0-09 all times of a day at once, without scripts", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		d := x.dayOf(0, video, 10)
		if chosen, open := chosenOn(t, s.sends(with(s.form("all."+d.Date, d), "until", "12:00"))); len(chosen) != 3 || len(open) != 0 {
			t.Errorf("chosen %v, open %v", chosen, open)
		}
	})

	t.Run("S0-10 two days, two places; one place for all", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		days := []nextup.DayPlan{x.dayOf(0, video, 9), x.dayOf(1, nextup.Place{Address: "  Storgatan 12, rum 3 "}, 9, 10)}
		if g := s.sends(s.form("save", days...)); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode, words(t, g))
		}
		if got := s.saved(); !slices.Equal(got, []string{"+0 09:00 video", "+1 09:00 Storgatan 12, rum 3", "+1 10:00 Storgatan 12, rum 3"}) {
			t.Error(got)
		}
		g := s.sends(s.form("same."+days[1].Date, days...))
		for _, e := range parse(t, g).all("input", "value", "video") {
			if e.has("checked") {
				t.Error("the place is not that of all days")
			}
		}
		g = s.sends(s.form("save", x.dayOf(0, nextup.Place{Address: strings.Repeat("a", maxAddress+1)}, 9)))
		if g.StatusCode != http.StatusUnprocessableEntity || len(parse(t, g).all("input", "aria-invalid", "true")) != 1 {
			t.Errorf("too long an address: %d", g.StatusCode)
		}
	})

	t.Run("S0-11 saved, and on to the round with those who are to be invited", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job, who...))
		to := string(who[0]) + "," + string(who[1])
		g := x.get(x.her, s.path+"/slots?to="+to+",nonsense")
		action := parse(t, g).one("form", "id", "slots-form").attr("action")
		if action != s.path+"/slots?to="+to {
			t.Fatal(action)
		}
		v := with(s.form("save", x.dayOf(0, video, 9, 10), x.dayOf(1, video)), "seats", "2", "cutoff", "2880", "length", "40")
		g = x.post(x.her, action, v)
		if g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != s.path+"?saved=1&to="+to {
			t.Fatal(g.StatusCode, g.Header.Get("Location"))
		}
		rb, _ := x.boardOf(s.round).Round(s.round)
		if r := rb.Round; r.Frame.Seats != 2 || r.Frame.Length != 40*time.Minute || r.CutOff != 48*time.Hour || len(rb.Slots) != 2 || rb.Slots[0].Seats != 2 || len(rb.Days) != 1 {
			t.Errorf("%+v, %d slots on %d days", r, len(rb.Slots), len(rb.Days))
		}
		g = x.get(x.her, s.path+"/slots")
		if chosen, _ := chosenOn(t, g); !slices.Equal(chosen, []string{"09:00", "10:00"}) {
			t.Error(chosen)
		}
		if bar := parse(t, g).one("p", "data-sum", "").text(); bar != "2 times with 4 places for 5 applicants One too few" {
			t.Errorf("%q", bar)
		}
	})

	t.Run("S0-11 two save at once: both versions are shown, nothing is lost, saving again means it", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		hers := s.form("save", x.dayOf(0, video, 9))
		s.sends(s.form("save", x.dayOf(2, room, 13)))
		g := s.sends(hers)
		if g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "13:00") {
			t.Fatal(g.StatusCode, words(t, g))
		}
		if chosen, _ := chosenOn(t, g); !slices.Equal(chosen, []string{"09:00"}) {
			t.Errorf("hers are lost: %v", chosen)
		}
		if got := s.saved(); !slices.Equal(got, []string{"+2 13:00 Storgatan 1, Malmö"}) {
			t.Fatal(got)
		}
		s.sends(with(hers, "revision", parse(t, g).one("input", "name", "revision").attr("value")))
		if got := s.saved(); !slices.Equal(got, []string{"+0 09:00 video"}) {
			t.Error(got)
		}
	})

	t.Run("S0-13 times nearer than the cut-off are said not to be for applicants, and do not count", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job, who...))
		g := s.sends(with(s.form("propose", x.dayOf(0, video, 9), x.dayOf(12, video, 9)), "cutoff", "14400")) // ten days
		if !strings.Contains(words(t, g), "1 time is so near that only you can book it") {
			t.Error(words(t, g))
		}
		if bar := parse(t, g).one("p", "data-sum", "").text(); bar != "2 times with 1 place for 5 applicants 4 too few" {
			t.Errorf("%q", bar)
		}
	})

	t.Run("times that overlap are refused", func(t *testing.T) {
		s := x.slotsOf(job, x.newRound(job))
		d := x.dayOf(0, video, 9)
		d.Starts = append(d.Starts, d.Starts[0].Add(30*time.Minute))
		g := s.sends(s.form("save", d))
		if g.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(words(t, g), "overlap") {
			t.Error(g.StatusCode)
		}
	})

	t.Run("times that are over stay", func(t *testing.T) {
		round := x.newRound(job)
		s := x.slotsOf(job, round)
		past := time.Now().AddDate(0, 0, -1).Truncate(time.Hour)
		p := nextup.Plan{Frame: nextup.DefaultFrame, Days: []nextup.DayPlan{{Date: past.In(x.zone).Format(time.DateOnly), Place: video, Starts: []time.Time{past}}}}
		x.ok(x.db.SavePlan(t.Context(), round, p, 1, nil, NewID, past.Add(-time.Hour), true))
		if g := x.get(x.her, s.path+"/slots"); !strings.Contains(words(t, g), "1 time is over and stays as it is") {
			t.Error(words(t, g))
		}
		if g := s.sends(s.form("save", x.dayOf(0, room, 9))); g.StatusCode != http.StatusSeeOther || len(s.saved()) != 2 {
			t.Errorf("%d, %v", g.StatusCode, s.saved())
		}
	})
}

// nextSpring is the next night of Stockholm in which the clocks go forward.
func nextSpring(now time.Time) string {
	for d := now; ; d = d.AddDate(0, 0, 1) {
		if from, to, ok := nextup.ClockChange(d.Format(time.DateOnly), "Europe/Stockholm"); ok && to > from && d.After(now) {
			return d.Format(time.DateOnly)
		}
	}
}

// letters are the kinds of a job's letters to one applicant, the newest first.
func (x *recruitment) letters(job nextup.JobID, who nextup.ApplicantID) (kinds []nextup.MailKind) {
	x.t.Helper()
	posted, err := (jobShelves{x.db}).RoundPosted(x.t.Context(), job)
	x.ok(err)
	for _, l := range posted {
		if l.Person == nextup.PersonID(who) {
			kinds = append(kinds, l.Kind)
		}
	}
	return kinds
}

func TestTimeOfDay(t *testing.T) {
	for typed, want := range map[string]string{
		"09:00": "09:00", " 9.30 ": "09:30", "9": "09:00", "0915": "09:15", "23:59": "23:59", "24:00": "24:00", "24": "24:00", "0": "00:00",
		"": "", "25": "", "9:60": "", "nine": "", "24:01": "", "12345": "",
	} {
		d, ok := timeOfDay(typed)
		if ok != (want != "") || ok && clockOf(d) != want {
			t.Errorf("%q: %v, %v; want %q", typed, d, ok, want)
		}
	}
}

func TestBookedSlots(t *testing.T) {
	x := newRecruitment(t)

	t.Run("S0-21 removing a booked time asks by name, then informs", func(t *testing.T) {
		job, round, who, slots := x.invited(2)
		s := x.slotsOf(job, round)
		booked := x.booked(round, who[0], slots[0].ID)
		v := s.form("save", x.dayOf(0, video, 10, 11), x.dayOf(1, room, 13, 14))
		g := s.sends(v)
		if g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "Applicant 1") || strings.Contains(words(t, g), "Applicant 2") {
			t.Fatal(g.StatusCode, words(t, g))
		}
		if e, _ := x.entry(round, who[0]); e.Booking.Slot != slots[0].ID {
			t.Fatal("gone before it was agreed to")
		}
		asks := parse(t, g).one("form", "action", s.path+"/slots")
		back := s.sends(asks.fields("back"))
		if chosen, _ := chosenOn(t, back); !slices.Contains(chosen, "11:00") || slices.Contains(chosen, "09:00") || back.StatusCode != http.StatusOK {
			t.Errorf("back with %v, %d", chosen, back.StatusCode)
		}
		if g = s.sends(asks.fields("save")); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode, words(t, g))
		}
		e, _ := x.entry(round, who[0])
		if e.Booking.Slot != "" || e.Booking.UID != booked.UID || e.Booking.Sequence != booked.Sequence+1 {
			t.Errorf("%+v after %+v", e.Booking, booked)
		}
		if kinds := x.letters(job, who[0]); !slices.Contains(kinds, nextup.MailUnbooked) {
			t.Errorf("letters: %v", kinds)
		}
	})

	t.Run("S0-21 without a letter if she says so", func(t *testing.T) {
		job, round, who, slots := x.invited(1)
		s := x.slotsOf(job, round)
		x.booked(round, who[0], slots[0].ID)
		asks := parse(t, s.sends(s.form("save", x.dayOf(1, room, 13)))).one("form", "action", s.path+"/slots").fields("save")
		asks.Del("notify")
		if g := s.sends(asks); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode)
		}
		if kinds := x.letters(job, who[0]); slices.Contains(kinds, nextup.MailUnbooked) {
			t.Errorf("letters: %v", kinds)
		}
	})

	t.Run("S0-21 another place asks too, and one entry moves", func(t *testing.T) {
		job, round, who, slots := x.invited(1)
		s := x.slotsOf(job, round)
		booked := x.booked(round, who[0], slots[0].ID)
		g := s.sends(s.form("save", x.dayOf(0, room, 9, 10, 11), x.dayOf(1, room, 13, 14)))
		if g.StatusCode != http.StatusConflict || !strings.Contains(words(t, g), "Storgatan 1, Malmö") {
			t.Fatal(g.StatusCode, words(t, g))
		}
		if g = s.sends(parse(t, g).one("form", "action", s.path+"/slots").fields("save")); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode, words(t, g))
		}
		e, _ := x.entry(round, who[0])
		if e.Booking.Slot != slots[0].ID || e.Booking.UID != booked.UID || e.Booking.Sequence != booked.Sequence+1 {
			t.Errorf("%+v after %+v", e.Booking, booked)
		}
		if kinds := x.letters(job, who[0]); !slices.Contains(kinds, nextup.MailMoved) {
			t.Errorf("letters: %v", kinds)
		}
	})

	t.Run("S0-21 moving one: same UID, SEQUENCE one more, one letter", func(t *testing.T) {
		job, round, who, slots := x.invited(2)
		path := x.slotsOf(job, round).path + "/slots/" + string(slots[0].ID)
		booked := x.booked(round, who[0], slots[0].ID)
		g := x.get(x.her, path)
		page := parse(t, g)
		if !strings.Contains(words(t, g), "Applicant 1") || !page.all("input", "name", "notify")[0].has("checked") {
			t.Fatal(words(t, g))
		}
		day, clock := x.dayOf(0, video).Date, "12:30"
		for _, c := range [][3]string{
			{"clock", day, "10:30"}, {"clock", day, "later"}, {"date", "2020-01-01", clock}, {"date", "", clock}, {"clock", nextSpring(time.Now()), "02:30"},
		} {
			g := x.post(x.her, path, url.Values{"do": {"move"}, "date": {c[1]}, "clock": {c[2]}, "who": {string(who[0])}})
			if g.StatusCode != http.StatusUnprocessableEntity || len(parse(t, g).all("p", "id", c[0]+"-fault")) != 1 {
				t.Errorf("%v: %d", c, g.StatusCode)
			}
		}
		if g := x.post(x.her, path, url.Values{"do": {"move"}, "date": {day}, "clock": {clock}, "notify": {"1"}, "who": {string(who[0])}}); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode, words(t, g))
		}
		e, slot := x.entry(round, who[0])
		if slot.Start.In(x.zone).Format("15:04") != clock || e.Booking.UID != booked.UID || e.Booking.Sequence != booked.Sequence+1 {
			t.Errorf("%+v at %v after %+v", e.Booking, slot.Start, booked)
		}
		if kinds := x.letters(job, who[0]); !slices.Contains(kinds, nextup.MailMoved) {
			t.Errorf("letters: %v", kinds)
		}
	})

	t.Run("S0-21 removing one on its own page", func(t *testing.T) {
		job, round, who, slots := x.invited(1)
		path := x.slotsOf(job, round).path + "/slots/" + string(slots[1].ID)
		x.booked(round, who[0], slots[1].ID)
		if g := x.post(x.her, path, url.Values{"do": {"remove"}, "notify": {"1"}, "who": {string(who[0])}}); g.StatusCode != http.StatusSeeOther {
			t.Fatal(g.StatusCode, words(t, g))
		}
		e, _ := x.entry(round, who[0])
		if got := x.slotsOf(job, round).saved(); e.Booking.Slot != "" || len(got) != 4 || slices.Contains(got, "+0 10:00 video") {
			t.Errorf("%+v, %v", e.Booking, got)
		}
		if g := x.get(x.her, path); !strings.Contains(words(t, g), "This time has been removed") {
			t.Error(words(t, g))
		}
		if g := x.post(x.her, path, url.Values{"do": {"remove"}}); g.StatusCode != http.StatusConflict {
			t.Errorf("twice: %d", g.StatusCode)
		}
		if g := x.get(x.her, path+"X"); g.StatusCode != http.StatusNotFound {
			t.Errorf("another: %d", g.StatusCode)
		}
	})
}

// entry is an applicant's entry in a round, and the slot he has.
func (x *recruitment) entry(round nextup.RoundID, who nextup.ApplicantID) (nextup.Entry, nextup.Slot) {
	x.t.Helper()
	rb, _ := x.boardOf(round).Round(round)
	e, ok := rb.Entry(who)
	if !ok {
		x.t.Fatal("he is not in the round")
	}
	slot, _ := rb.Slot(e.Booking.Slot)
	return e, slot
}
