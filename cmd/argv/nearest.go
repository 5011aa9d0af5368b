package argv

import "strings"

// Nearest returns the known words that somebody who wrote word may have meant:
// those that begin with it, or else those within two edits, the closest first.
func Nearest(word string, known []string) []string {
	var begins, close []string
	best := 3
	for _, k := range known {
		if word != "" && strings.HasPrefix(k, word) {
			begins = append(begins, k)
		}
		switch d := distance(word, k); {
		case d >= len(word) || d > best || d > 2:
		case d < best:
			best, close = d, []string{k}
		default:
			close = append(close, k)
		}
	}
	if len(begins) > 0 {
		return begins
	}
	return close
}

// distance is the number of single-character edits between a and b
// (Levenshtein), a swap of two neighbours counting as one.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
