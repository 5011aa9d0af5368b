package catalog

import (
	"io/fs"
	"slices"
	"strings"
)

// settingsEdit is a change to catalog.toml; after is nil where there is none.
type settingsEdit struct{ before, after []byte }

// listed puts a release into the list of catalog.toml, as its newest, unless it
// is there or there is no list.
func (c *Catalog) listed(files fs.FS, release string) (settingsEdit, error) {
	if release == "" || len(c.Releases) == 0 || slices.Contains(c.Releases, release) {
		return settingsEdit{}, nil
	}
	text, err := readFile(files, settingsFile)
	if err != nil {
		return settingsEdit{}, err
	}
	mark, body := byteOrderMark(string(text))
	after, ok := appendString(body, "releases", release)
	if !ok {
		return settingsEdit{}, refuse("add it there yourself", "release %s is new, and the list of releases in catalog.toml is not one that can be added to", release)
	}
	return settingsEdit{before: text, after: []byte(mark + after)}, nil
}

// appendString adds a string to the end of an array of strings at the top of a
// TOML text, in the layout that the array has: on a line of its own where the
// last one stands on one, else behind the last one.
func appendString(text, key, value string) (string, bool) {
	spans := values(text)
	n := 0
	for ; spans[element(key, n)].end > 0; n++ {
	}
	if n == 0 {
		return text, false
	}
	last := spans[element(key, n-1)]
	inline := text[:last.end] + ", " + Quote(value) + text[last.end:]
	indent := text[strings.LastIndexByte(text[:last.start], '\n')+1 : last.start]
	behind, _, _ := strings.Cut(text[last.end:], "\n")
	code, _, _ := strings.Cut(behind, "#")
	if strings.TrimSpace(indent) != "" || strings.Contains(code, "]") { // more stands on its line
		return inline, true
	}
	newline := "\n"
	if strings.HasSuffix(behind, "\r") {
		behind, newline = strings.TrimSuffix(behind, "\r"), "\r\n"
	}
	rest := text[last.end+len(behind):]
	if strings.Contains(code, ",") {
		return text[:last.end] + behind + newline + indent + Quote(value) + "," + rest, true
	}
	return text[:last.end] + "," + behind + newline + indent + Quote(value) + rest, true
}
