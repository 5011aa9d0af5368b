package catalog

import (
	"slices"
	"strings"

	"manage/engine/revision"
)

// stem is a file's name without its ending.
func stem(file string) string {
	file = file[strings.LastIndexByte(file, '/')+1:]
	return file[:strings.LastIndexByte(file, '.')]
}

// named reports whether a file is called <id>_<slug>, or <id> alone.
func named(file, id string) bool {
	rest, ok := strings.CutPrefix(stem(file), id)
	return ok && (rest == "" || rest[0] == '_')
}

// head is what every file of versions says at its top, with the lines where it
// is said.
type head struct {
	ID        string
	Parent    string
	Branch    string
	DependsOn []string
	Release   string
	Message   string
	line      func(key string) int
}

// resolve checks the top of a file of versions and fills in what follows from
// the id. key is the name that the id has there: revision or migration. It is
// false if the file cannot be given a place in the graph.
func (h *head) resolve(r *report, file, key string) (revision.Branch, bool) {
	if h.ID == "" {
		if len(r.problems) == 0 { // else it may say so in a wrong way
			r.add(1, "the file does not say which %s it is: add a line for the key %q", key, key)
		}
		return "", false
	}
	if !named(file, h.ID) {
		r.add(h.line(key), "the file is called %q, which does not begin with its id %q: rename the file to %s_<words> or correct the id", stem(file), h.ID, h.ID)
	}
	release, fromID, _, rule := revision.ParseID(h.ID)
	if rule && key == "revision" && fromID == revision.Migrate {
		r.add(h.line(key), "the id %q is that of a data migration: a file of one has the key \"migration\", not \"revision\"", h.ID)
		return "", false
	}
	if h.Release == "" {
		h.Release = release
	}
	return h.branchOf(r, fromID), true
}

// branchOf is the branch that a file names, or else the one of its id, or else
// the trunk.
func (h *head) branchOf(r *report, fromID revision.Branch) revision.Branch {
	known := []string{string(revision.Trunk), string(revision.Expand), string(revision.Contract)}
	if slices.Contains(known, h.Branch) {
		return revision.Branch(h.Branch)
	}
	if h.Branch != "" && h.Branch != string(revision.Migrate) {
		r.add(h.line("branch"), "%q is not a branch%s", h.Branch, didYouMean(h.Branch, known))
	}
	if fromID == "" || fromID == revision.Migrate {
		return revision.Trunk
	}
	return fromID
}
