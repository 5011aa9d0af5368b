package catalog

import (
	"slices"
	"strings"
)

// reword puts one word in the place of another in the value of a key at the top
// of a revision's file, and leaves every other byte as it is. It is false if
// the word does not stand there.
func reword(file, text, key, old, word string) (string, bool) {
	for _, s := range wordsAt(file, text, key) {
		if text[s.start:s.end] == old {
			return text[:s.start] + word + text[s.end:], true
		}
	}
	return text, false
}

// insertParent adds a line with a parent below that of the id, in its manner.
func insertParent(file, text, id, parent string) (string, bool) {
	at := slices.IndexFunc(wordsAt(file, text, "revision"), func(s span) bool { return text[s.start:s.end] == id })
	if at < 0 {
		return text, false
	}
	s := wordsAt(file, text, "revision")[at]
	from := strings.LastIndexByte(text[:s.start], '\n') + 1
	to := len(text)
	if n := strings.IndexByte(text[s.end:], '\n'); n >= 0 {
		to = s.end + n + 1
	}
	lead := strings.Replace(text[from:s.start], "revision ", "revises  ", 1)
	lead = strings.Replace(lead, "revision", "revises", 1)
	quote := ""
	if strings.HasSuffix(file, ".toml") {
		quote = text[s.end : s.end+1]
	}
	newline := "\n"
	if strings.HasSuffix(text[:to], "\r\n") {
		newline = "\r\n"
	}
	line := lead + parent + quote + newline
	if !strings.HasSuffix(text[:to], "\n") {
		line = newline + lead + parent + quote
	}
	return text[:to] + line + text[to:], true
}

// wordsAt returns where the words of a key's value at the top of a file stand.
func wordsAt(file, text, key string) []span {
	if strings.HasSuffix(file, ".sql") {
		return sqlWords(text, key)
	}
	all := values(text)
	paths := elements(all, key)
	if len(paths) == 0 {
		paths = []string{key}
	}
	var found []span
	for _, path := range paths {
		if s, ok := all[path]; ok {
			for s.end > s.start+1 && strings.IndexByte(`"'`, text[s.start]) >= 0 && text[s.start] == text[s.end-1] {
				s = span{s.start + 1, s.end - 1}
			}
			found = append(found, s)
		}
	}
	return found
}

// elements are the paths of the elements of an array.
func elements(all map[string]span, key string) []string {
	var paths []string
	for n := 0; ; n++ {
		path := element(key, n)
		if _, ok := all[path]; !ok {
			return paths
		}
		paths = append(paths, path)
	}
}

// sqlWords returns where the words of a key's value stand in the head of a SQL
// file.
func sqlWords(text, key string) []span {
	for at := 0; at < len(text); {
		end := len(text)
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		line := text[at:end]
		if _, section := sectionWords(strings.TrimSpace(line)); section {
			return nil
		}
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "--")) == key {
			return spansOf(value, end-len(value))
		}
		at = end
	}
	return nil
}

// spansOf are the words of a header value that begins at an offset.
func spansOf(value string, offset int) []span {
	var found []span
	for _, w := range list(strings.TrimSpace(value)) {
		at := strings.Index(value, w)
		found = append(found, span{offset + at, offset + at + len(w)})
		value, offset = value[at+len(w):], offset+at+len(w)
	}
	return found
}
