package catalog

import "strings"

// headers lists the lines of the array-of-tables headers of a TOML text, by
// name and in order: headers(text)["up"] are the lines of its [[up]]. Only
// what a change or step needs is looked for, because this runs over every
// file, while locate is for files with problems. Text inside multi-line
// strings is passed over.
func headers(text string) map[string][]int {
	var found map[string][]int
	fence := ""
	for n := 1; text != ""; n++ {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		if fence == "" {
			if name, ok := arrayHeader(line); ok {
				if found == nil {
					found = map[string][]int{}
				}
				found[name] = append(found[name], n)
				continue
			}
		}
		fence = fenceAfter(line, fence)
	}
	return found
}

// arrayHeader is the name in a line such as `[[up]]`.
func arrayHeader(line string) (string, bool) {
	line = strings.TrimLeft(line, " \t")
	if !strings.HasPrefix(line, "[[") {
		return "", false
	}
	name, _, ok := strings.Cut(line[2:], "]]")
	return strings.Trim(name, " \t\"'"), ok
}

// fenceAfter is the multi-line string delimiter that is open after line, given
// the one that is open before it; "" for none.
func fenceAfter(line, fence string) string {
	if fence == "" && !strings.Contains(line, `"""`) && !strings.Contains(line, "'''") {
		return ""
	}
	for line != "" {
		if fence != "" {
			_, rest, closed := strings.Cut(line, fence)
			if !closed {
				return fence
			}
			line, fence = rest, ""
			continue
		}
		s := scanner{text: line}
		s.until(`"'#`)
		line = line[s.at:]
		switch {
		case line == "" || line[0] == '#':
			return ""
		case strings.HasPrefix(line, `"""`), strings.HasPrefix(line, "'''"):
			fence, line = line[:3], line[3:]
		default:
			s = scanner{text: line}
			s.skipString()
			line = line[s.at:]
		}
	}
	return fence
}

// topLine is the line of a key that stands at the top of a file, or 1.
func topLine(text, key string) int {
	for n := 1; text != ""; n++ {
		line, rest, _ := strings.Cut(text, "\n")
		if name, _, ok := strings.Cut(line, "="); ok && strings.Trim(name, " \t\"'") == key {
			return n
		}
		text = rest
	}
	return 1
}
