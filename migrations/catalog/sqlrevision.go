package catalog

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/revision"
)

// sqlFile is a plain SQL revision, cut into its sections but not yet into
// statements.
type sqlFile struct {
	keys     map[string]string // from the header comments
	lines    map[string]int
	stray    bool // something stands before the first section
	sections []section
}

// section is what stands below a line such as `-- +up mysql online`.
type section struct {
	down          bool
	dialects      []string
	when          When
	noTransaction bool
	line          int // of the section line
	text          string
}

// headerKeys are the keys that the header of a SQL revision may have.
func headerKeys() []string {
	return []string{"revision", "revises", "branch", "depends_on", "release", "message", "transaction"}
}

// sqlRevision reads a plain SQL revision. It is nil if the file does not even
// say which revision it is.
func (w *worker) sqlRevision(file, text string, r *report) *Revision {
	f := cutSections(text, r)
	h := head{ID: f.keys["revision"], Parent: f.keys["revises"], Branch: f.keys["branch"],
		DependsOn: list(f.keys["depends_on"]), Release: f.keys["release"], line: func(key string) int { return max(1, f.lines[key]) }}
	branch, ok := h.resolve(r, file, "revision")
	if !ok {
		return nil
	}
	rev := &Revision{
		Revision: revision.Revision{ID: h.ID, Parent: h.Parent, Branch: branch, DependsOn: h.DependsOn,
			Release: h.Release, Source: r.source(max(1, f.lines["revision"]))},
		Message:     f.keys["message"],
		Transaction: f.keys["transaction"] != "false",
		SQL:         true,
	}
	if t := f.keys["transaction"]; t != "" && t != "true" && t != "false" {
		r.add(f.lines["transaction"], "transaction must be true or false, not %q", t)
	}
	for _, s := range f.sections {
		if c := w.section(s, f.sections, r); s.down {
			rev.Down, rev.HasDown = append(rev.Down, c), true
		} else {
			rev.Up = append(rev.Up, c)
		}
	}
	w.sections(f.sections, r)
	w.resumable(rev.Up, rev.Transaction, r)
	w.resumable(rev.Down, rev.Transaction, r)
	rev.Checksum = w.sum(rev.Up)
	return rev
}

// list is the words of a header value, separated by commas or blanks.
func list(value string) []string {
	return strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' })
}

// sections checks that every dialect of the catalog has an up section, and a
// down section if there is any.
func (w *worker) sections(all []section, r *report) {
	for _, down := range []bool{false, true} {
		if down && !slices.ContainsFunc(all, func(s section) bool { return s.down }) {
			continue
		}
		sign := map[bool]string{false: "-- +up", true: "-- +down"}[down]
		var titles []string
		for _, d := range w.dialects {
			if !slices.ContainsFunc(all, func(s section) bool { return s.down == down && flavor.Serves(s.dialects, d) }) {
				titles = append(titles, d.Title())
				sign += " " + string(d)
			}
		}
		switch {
		case len(all) == 0:
			r.add(1, "there is no section: put a line \"-- +up\" above the statements")
			return
		case len(titles) > 0:
			r.add(lastLine(all), "there is no section for %s: add a line %q, with nothing below it if there is nothing to do", strings.Join(titles, ", "), sign)
		}
	}
}

// lastLine is the line of the last section.
func lastLine(all []section) int { return all[len(all)-1].line }

// cutSections reads the header and cuts the rest at the section lines.
func cutSections(text string, r *report) sqlFile {
	f := sqlFile{keys: map[string]string{}, lines: map[string]int{}}
	n, from := 0, 0
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += at + 1
		}
		line := strings.TrimSpace(text[at:end])
		n++
		if words, ok := sectionWords(line); ok {
			f.close(text[from:at])
			f.sections = append(f.sections, sectionLine(strings.Fields(words), n, r))
			from = end
		} else if len(f.sections) == 0 {
			f.headerLine(line, n, r)
		}
		at = end
	}
	f.close(text[from:])
	return f
}

// sectionWords are the words of a section line behind its `+`; false for any
// other line. A sign before a number is no section.
func sectionWords(line string) (string, bool) {
	words, ok := strings.CutPrefix(line, "-- +")
	return words, ok && words != "" && (words[0] < '0' || words[0] > '9') && words[0] != ' '
}

// close gives the last section its text.
func (f *sqlFile) close(text string) {
	if n := len(f.sections); n > 0 {
		f.sections[n-1].text = text
	}
}

// headerLine reads one line before the first section: `-- key: value`, any
// other comment, or nothing.
func (f *sqlFile) headerLine(line string, n int, r *report) {
	comment, ok := strings.CutPrefix(line, "--")
	if !ok {
		if line != "" && !f.stray {
			f.stray = true
			r.add(n, "a statement stands before the first section: put a line \"-- +up\" above it")
		}
		return
	}
	key, value, ok := strings.Cut(strings.TrimSpace(comment), ":")
	if !ok || strings.ContainsAny(key, " \t") {
		return
	}
	if !slices.Contains(headerKeys(), key) {
		if near, slip := nearest(key, headerKeys()); slip {
			r.add(n, "the key %q is not known; did you mean %q?", key, near)
		}
		return
	}
	if _, twice := f.keys[key]; twice {
		r.add(n, "the key %q stands here for the second time", key)
		return
	}
	f.keys[key], f.lines[key] = strings.TrimSpace(value), n
}

// sectionLine reads the words of a section line after its `+`.
func sectionLine(words []string, n int, r *report) section {
	s := section{line: n}
	if len(words) == 0 || words[0] != "up" && words[0] != "down" {
		word := strings.Join(words[:min(1, len(words))], "")
		r.add(n, "\"-- +%s\" is not a section line%s", word, didYouMean(word, []string{"up", "down"}))
		return s
	}
	s.down = words[0] == "down"
	for _, word := range words[1:] {
		word = strings.Trim(word, ",")
		switch {
		case flavor.Dialect(word).Known():
			s.dialects = append(s.dialects, word)
		case word == "online" && s.when != Offline:
			s.when = Online
		case word == "offline" && s.when != Online:
			s.when = Offline
		case word == "online" || word == "offline":
			r.add(n, "a section is for online runs or for offline runs; for both, name neither")
		case word == "no-transaction":
			s.noTransaction = true
		default:
			r.add(n, "%q is not known in a section line%s", word, didYouMean(word, append(dialectKeys()[1:], "online", "offline", "no-transaction")))
		}
	}
	return s
}
