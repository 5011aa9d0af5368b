package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The services' files look like INI files and are not: gopkg.in/ini.v1, set up
// as near to them as it can be, still trims the inside of section brackets,
// gives back-quotes, backslashes and `"""` a meaning, takes an indented line
// after a blank one for a key, compares DEFAULT without case, and knows no line
// numbers. So they are read here; the tests compare the two readers on the
// files that mean the same to both.

// confName is an option of a .conf file.
type confName struct{ group, key string }

func (n confName) String() string { return "[" + n.group + "] " + n.key }

// confValue is a value with the line of its key.
type confValue struct {
	text string
	line int
}

// confFile is what a .conf file says. Of a key that is repeated the last value
// counts.
type confFile map[confName]confValue

// readConf reads a .conf file; name is for errors.
func readConf(name string, content []byte) (confFile, error) {
	r := &confReader{name: name, file: confFile{}}
	if strings.HasPrefix(string(content), "\ufeff") {
		return nil, r.bad("the file begins with a byte-order mark", "save it as UTF-8 without one")
	}
	for text := string(content); text != ""; {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		r.number++
		if err := r.line(strings.TrimRightFunc(line, unicode.IsSpace)); err != nil {
			return nil, err
		}
	}
	r.finish()
	return r.file, nil
}

// confReader is a walk over the lines of a file.
type confReader struct {
	name    string
	number  int
	file    confFile
	section string
	key     string // of the value that indented lines go on with; "" for none
	value   []string
	keyLine int
}

func (r *confReader) bad(problem, hint string) error {
	return &Error{File: r.name, Line: r.number, Problem: problem, Hint: hint}
}

func (r *confReader) line(line string) error {
	if !utf8.ValidString(line) {
		return r.bad("the line is not UTF-8 text", "save the file as UTF-8")
	}
	switch {
	case line == "":
		r.finish()
		return nil
	case line[0] == ' ' || line[0] == '\t':
		// Also a line whose first character behind the blanks is a #.
		if r.key == "" {
			return r.bad("an indented line goes on with the value before it, and there is none", "take the blanks away, or the blank line before")
		}
		r.value = append(r.value, strings.TrimLeft(line, " \t"))
		return nil
	}
	r.finish()
	switch line[0] {
	case '#', ';':
		return nil
	case '[':
		return r.header(line)
	}
	return r.assignment(line)
}

func (r *confReader) header(line string) error {
	name, closed := strings.CutSuffix(line[1:], "]")
	switch {
	case !closed:
		return r.bad("the line begins a section and does not end with ]", "write what follows the ] on a line of its own")
	case name == "":
		return r.bad("the section has no name", "")
	}
	r.section = groupName(name)
	return nil
}

// groupName is the form in which section names are compared: in lower case but
// for DEFAULT, which nothing else stands for.
func groupName(section string) string {
	if section == "DEFAULT" {
		return section
	}
	if lower := strings.ToLower(section); lower != "default" {
		return lower
	}
	// Not a section that anybody reads.
	return "default"
}

func (r *confReader) assignment(line string) error {
	at := strings.IndexAny(line, "=:")
	if at < 0 {
		// The line may be part of a value that holds a secret.
		return r.bad("the line has neither = nor :", "write key = value, or begin the line with # or with a blank")
	}
	key := strings.TrimSpace(line[:at])
	switch {
	case key == "":
		return r.bad("there is no key before the "+line[at:at+1], "")
	case r.section == "":
		return r.bad(fmt.Sprintf("the key %s stands before any section", key), "write [DEFAULT] above it")
	}
	r.key, r.keyLine = key, r.number
	r.value = []string{unquote(strings.TrimSpace(line[at+1:]))}
	return nil
}

// unquote takes away one pair of quotes that encloses the whole text.
func unquote(text string) string {
	if text == "" || text[0] != '"' && text[0] != '\'' || text[len(text)-1] != text[0] {
		return text
	}
	return text[1:max(1, len(text)-1)]
}

// finish stores the value that is being read.
func (r *confReader) finish() {
	if r.key != "" {
		r.file[confName{r.section, r.key}] = confValue{text: strings.Join(r.value, "\n"), line: r.keyLine}
	}
	r.key, r.value = "", nil
}
