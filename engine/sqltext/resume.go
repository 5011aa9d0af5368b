package sqltext

import (
	"maps"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// Piece is a statement of a revision, where what an interrupted run of it has
// done is found again.
type Piece struct {
	// SQL is plain SQL; "" for an operation, which keeps nothing in the session
	// and changes the schema.
	SQL string
	// Joined is true if the statement shares a transaction with the one before,
	// so that no run goes on between the two.
	Joined bool
	// Alone is true if it shares no transaction with others.
	Alone bool
	// Operation is the number of the operation that it belongs to.
	Operation int
}

// Resumed is how a statement is sent where a run goes on with it, on a session
// that has seen none of those before it.
type Resumed struct {
	// Before are the numbers of the statements to be sent again first.
	Before []int
	// Together is true if it must share a transaction with those beside it that
	// say the same.
	Together bool
	// Only is true if it changes the session and nothing else: whatever became
	// of it ended with the session that it was sent on.
	Only bool
	// Path is the schema or database in which those before it have names without
	// one looked for: the first of several, Nowhere for none, "" if they have
	// changed nothing.
	Path string
}

// Nowhere is the Path of an empty search path.
const Nowhere = "''"

// Broken is a statement with which no run can go on: it depends on what an
// earlier one has left in the session, and that cannot be had again.
type Broken struct {
	At, Because int // their numbers
	// What the session keeps, such as "the variable @x".
	What string
}

// Resume finds out, for each statement of a revision, what a run that goes on
// with it has to send again first. Statements that only set the session are;
// what reads rows, the schema or the moment only while nothing has changed
// since. Statements that cannot be cut apart so, and can share a transaction,
// are put into one.
func Resume(pieces []Piece, d flavor.Dialect) ([]Resumed, []Broken) {
	a := analysis{dialect: d, pieces: pieces, states: make([]state, len(pieces)), live: map[string][]int{},
		from: make([][]int, len(pieces)), changed: make([]int, len(pieces)+1), out: make([]Resumed, len(pieces)), temps: map[string]bool{}}
	for i, p := range pieces {
		if a.states[i] = (state{commits: true}); p.SQL != "" {
			a.states[i] = stateOf(p.SQL, d)
			a.states[i].commits = a.states[i].commits || p.Alone
		}
	}
	a.bind()
	for i := range pieces {
		if i > 0 && !pieces[i].Joined {
			a.resume(i)
		}
		a.out[i].Path = a.path()
		a.step(i)
		a.out[i].Only = a.states[i].only && len(a.states[i].defines)+len(a.states[i].adds)+len(a.states[i].ends) > 0
	}
	return a.out, a.broken
}

// analysis goes through the statements in their order.
type analysis struct {
	dialect flavor.Dialect
	pieces  []Piece
	states  []state
	temps   map[string]bool
	// events are, by key, the statements that have to do with it, in order.
	events map[string][]event
	// live are, by key, the statements that gave it the meaning it has now, and
	// from, by statement, those whose work it found in the session.
	live    map[string][]int
	from    [][]int
	changed []int // how many of the statements before changed what lasts
	out     []Resumed
	broken  []Broken
}

// path is where names without a schema are looked for now.
func (a *analysis) path() string {
	for _, key := range []string{"set search_path", "set database"} {
		if at := a.live[key]; len(at) > 0 {
			return a.states[at[0]].path
		}
	}
	return ""
}

// event is what a statement does with a key: it reads it, or else it gives it a
// new meaning or ends it.
type event struct {
	at         int
	reads, end bool
}

// bind gives the names of temporary tables in the statements their meaning, and
// collects the events.
func (a *analysis) bind() {
	a.events = map[string][]event{}
	for i := range a.states {
		s := &a.states[i]
		for _, key := range s.defines {
			if name, ok := strings.CutPrefix(key, "temp "); ok {
				a.temps[name] = true
			}
		}
		a.bindTemps(s)
		for _, key := range s.uses {
			a.events[key] = append(a.events[key], event{at: i, reads: true})
		}
		for _, key := range s.adds {
			a.events[key] = append(a.events[key], event{at: i, reads: true})
		}
		for _, key := range s.defines {
			a.events[key] = append(a.events[key], event{at: i})
		}
		for _, key := range s.ends {
			a.events[key] = append(a.events[key], event{at: i, end: true})
		}
	}
}

// bindTemps finds the temporary tables, made before, that a statement reads,
// changes or drops.
func (a *analysis) bindTemps(s *state) {
	for _, name := range s.drops {
		if a.temps[name] {
			s.ends = append(s.ends, "temp "+name)
			s.only = true
			delete(a.temps, name)
		}
	}
	if a.temps[s.target] && s.target != "" {
		s.adds = append(s.adds, "temp "+s.target)
		s.only, s.reads = true, true
		s.defines = slices.DeleteFunc(s.defines, func(key string) bool { return key == "last" || key == "rows" })
	}
	if len(a.temps) == 0 {
		return
	}
	for _, w := range s.words {
		key := "temp " + w
		if a.temps[w] && !slices.Contains(s.uses, key) && !slices.Contains(s.adds, key) && !slices.Contains(s.defines, key) && !slices.Contains(s.ends, key) {
			s.uses = append(s.uses, key)
		}
	}
}

// step takes what a statement does into account.
func (a *analysis) step(i int) {
	s := a.states[i]
	for _, key := range append(slices.Clone(s.uses), s.adds...) {
		a.from[i] = append(a.from[i], a.live[key]...)
	}
	if s.settings || len(s.adds) > 0 || slices.ContainsFunc(s.defines, func(key string) bool { return strings.HasPrefix(key, "temp ") }) {
		for key, at := range a.live {
			if implicit(key) {
				a.from[i] = append(a.from[i], at...)
			}
		}
	}
	for _, key := range s.ends {
		if key == "lock *" {
			maps.DeleteFunc(a.live, func(k string, _ []int) bool { return strings.HasPrefix(k, "lock ") })
		}
		delete(a.live, key)
	}
	for _, key := range s.defines {
		if key == "set all" { // RESET ALL
			maps.DeleteFunc(a.live, func(k string, _ []int) bool { return strings.HasPrefix(k, "set ") })
			continue
		}
		a.live[key] = []int{i}
	}
	for _, key := range s.adds {
		a.live[key] = append(slices.Clone(a.live[key]), i)
	}
	a.changed[i+1] = a.changed[i]
	if !s.only {
		a.changed[i+1]++
	}
}

// resume finds out what a run that goes on with statement i needs.
func (a *analysis) resume(i int) {
	needed, unsure := map[int]bool{}, map[int]string{}
	keys := slices.Sorted(maps.Keys(a.live))
	for _, sound := range []bool{true, false} {
		for _, key := range keys {
			next, ok := a.next(key, i)
			// What is only ended has to be there, whatever it is.
			reads := implicit(key) || ok && next.reads
			if reads != sound || !reads && !(ok && next.end) {
				continue
			}
			for _, j := range a.live[key] {
				a.need(j, i, key, sound, needed, unsure)
			}
		}
	}
	if len(unsure) > 0 {
		a.join(i, unsure)
		return
	}
	a.out[i].Before = slices.Sorted(maps.Keys(needed))
}

// next is the next thing that happens to a key.
func (a *analysis) next(key string, i int) (event, bool) {
	all := a.events[key]
	at, _ := slices.BinarySearchFunc(all, i, func(e event, i int) int { return e.at - i })
	if at == len(all) {
		return event{}, false
	}
	return all[at], true
}

// need notes a statement to be sent again, with those that it depends on, or
// that it cannot be. Where sound is false its outcome does not matter.
func (a *analysis) need(j, i int, key string, sound bool, needed map[int]bool, unsure map[int]string) {
	if _, seen := needed[j]; seen {
		return
	}
	s := a.states[j]
	if !s.only || sound && s.reads && a.changed[i] > a.changed[j+1] {
		if s.only || sound {
			unsure[j] = key
		}
		return
	}
	needed[j] = true
	for _, k := range a.from[j] {
		a.need(k, i, key, sound, needed, unsure)
	}
}

// join puts statement i into one transaction with those from the first that
// cannot be sent again, or notes that this is not possible.
func (a *analysis) join(i int, unsure map[int]string) {
	first := slices.Min(slices.Collect(maps.Keys(unsure)))
	for k := first; k <= i; k++ {
		if a.states[k].commits || a.pieces[k].Operation != a.pieces[i].Operation {
			at := i
			if next, ok := a.next(unsure[first], i); ok {
				at = next.at
			}
			b := Broken{At: at, Because: first, What: kept(unsure[first])}
			if !slices.Contains(a.broken, b) {
				a.broken = append(a.broken, b)
			}
			return
		}
	}
	for k := first; k <= i; k++ {
		a.out[k].Together = true
		if k > first {
			a.out[k].Before = nil
		}
	}
}

// kept is what a key stands for, in words.
func kept(key string) string {
	kind, name, _ := strings.Cut(key, " ")
	switch kind {
	case "temp":
		return "the temporary table " + name
	case "prepared":
		return "the prepared statement " + name
	case "set":
		return "the setting " + name
	case "lock":
		return "the lock " + name
	case "last":
		return "the number of the row inserted last"
	case "rows":
		return "the number of rows changed last"
	}
	return "the variable " + key
}
