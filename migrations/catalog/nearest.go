package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// didYouMean is the end of a message about an unknown word: the nearest known
// one, or the list of the known ones if none is near. It is empty if nothing
// is known.
func didYouMean(word string, known []string) string {
	if best, ok := nearest(word, known); ok {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	if len(known) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(known))
	return "; known are " + strings.Join(sorted, ", ")
}

// nearest is the known word with the fewest edits to word, if that is few
// enough to be a slip: at most a third of the longer word, and at least one.
// Of several equally near, the first in the alphabet is taken.
func nearest(word string, known []string) (string, bool) {
	best, edits := "", -1
	for _, k := range known {
		n := distance(strings.ToLower(word), strings.ToLower(k))
		if edits < 0 || n < edits || n == edits && k < best {
			best, edits = k, n
		}
	}
	limit := max(1, max(len(word), len(best))/3)
	return best, edits >= 0 && edits <= limit
}

// distance is the number of slips between two words: characters put in, taken
// out or changed, and neighbours swapped (the optimal string alignment
// distance).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := last[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, change)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
