package revision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a catalog's graph.
type Problem struct {
	Source Source
	// Message is one sentence that says what is wrong and what to do. It does
	// not repeat Source.
	Message string
	// Rivals are two revisions behind one parent, by their ids, or two files that
	// have one id, by their names: what catalog.Rebase mends. Where a branch
	// begins before the trunk ends, there is only the second, its first revision.
	// For other problems it is zero.
	Rivals [2]string
}

// Problems is everything that is wrong with a graph, sorted by file and line.
type Problems []Problem

// Error lists the problems, one a line, as "file:line: message".
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// String is the problem as "file:line: message", or the message alone where
// there is no file.
func (p Problem) String() string {
	if place := p.Source.String(); place != "" {
		return place + ": " + p.Message
	}
	return p.Message
}

// String is the place as "file:line", "file" without a line, or "".
func (s Source) String() string {
	if s.File == "" || s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

func compareSources(a, b Source) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(compareSources(a.Source, b.Source), strings.Compare(a.Message, b.Message))
	})
}
