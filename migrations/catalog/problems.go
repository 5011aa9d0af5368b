package catalog

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"manage/engine/revision"
)

// report collects what is wrong with one file. It is not safe for concurrent
// use: every file has its own, and they are joined in the order of the files.
type report struct {
	file     string // as shown to the reader
	problems revision.Problems
}

// add records a problem at a line of the file; line 0 means the whole file.
func (r *report) add(line int, format string, args ...any) {
	r.problems = append(r.problems, revision.Problem{
		Source:  revision.Source{File: r.file, Line: line},
		Message: fmt.Sprintf(format, args...),
	})
}

// source is a place in the file.
func (r *report) source(line int) revision.Source {
	return revision.Source{File: r.file, Line: line}
}

// sortProblems puts problems in the order in which a reader would meet them:
// by file, then by line. Tables are read in no order, so what stands at one line
// is sorted by its words.
func sortProblems(p revision.Problems) {
	slices.SortFunc(p, func(a, b revision.Problem) int {
		return cmp.Or(cmp.Compare(a.Source.File, b.Source.File), cmp.Compare(a.Source.Line, b.Source.Line), cmp.Compare(a.Message, b.Message))
	})
}

// display is the name of a file of the catalog as messages show it.
func display(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return path.Join(prefix, name)
}
