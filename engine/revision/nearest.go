package revision

import (
	"cmp"
	"slices"
)

// nearest returns up to three of words that a slip of the fingers could have
// turned into word, the likeliest first.
func nearest(word string, words []string) []string {
	type candidate struct {
		word     string
		distance int
	}
	if len(word) < 3 {
		return nil // everything that short is near
	}
	limit := max(1, len(word)/4)
	var found []candidate
	for _, w := range words {
		if d := distance(word, w, limit); d <= limit {
			found = append(found, candidate{w, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, c := range found[:min(3, len(found))] {
		out = append(out, c.word)
	}
	return out
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b. It gives up with limit+1 when the lengths
// alone differ by more than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// orNearest is " (did you mean …?)" if something near is known, else "".
func orNearest(word string, words []string) string {
	near := nearest(word, words)
	if len(near) == 0 {
		return ""
	}
	return " (did you mean " + near[0] + "?)"
}
