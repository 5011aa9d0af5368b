package config

import (
	"errors"
	"regexp"
	"strings"
)

// reference finds what a dollar sign begins in a value: an escaped dollar, or
// a name. A dollar that begins neither stays.
const reference = `\$\$|\\\$|\$([A-Za-z_][A-Za-z0-9_.]*)|\$\{([A-Za-z_][A-Za-z0-9_.]*)\}`

// errUnknownReference is a $name that is no option. The name is not told: it
// may be a part of a password.
var errUnknownReference = errors.New("has a $ before a name that is not an option: write $$ for a dollar sign")

// errCircularReference is a value that refers to itself, perhaps through others.
var errCircularReference = errors.New("refers to itself through $ names")

// substitute puts the values of other options in the place of their names.
// group is the section of the value, which is searched first. lookup returns
// the raw text of an option and whether there is such an option.
func substitute(text, group string, lookup func(confName) (string, bool)) (string, error) {
	if !strings.Contains(text, "$") {
		return text, nil
	}
	s := &substitution{pattern: regexp.MustCompile(reference), lookup: lookup, open: map[confName]bool{}}
	return s.expand(text, group)
}

type substitution struct {
	pattern *regexp.Regexp
	lookup  func(confName) (string, bool)
	open    map[confName]bool // the options whose values are being expanded
}

func (s *substitution) expand(text, group string) (string, error) {
	var failed error
	out := s.pattern.ReplaceAllStringFunc(text, func(match string) string {
		if match == "$$" || match == `\$` {
			return "$"
		}
		piece, err := s.option(strings.Trim(match, "${}"), group)
		if err != nil && failed == nil {
			failed = err
		}
		return piece
	})
	return out, failed
}

// option is the expanded value of the option that a name refers to.
func (s *substitution) option(name, group string) (string, error) {
	candidates := []confName{{group, name}, {"DEFAULT", name}}
	if g, key, dotted := strings.Cut(name, "."); dotted {
		candidates = []confName{{g, key}}
	}
	for _, n := range candidates {
		text, ok := s.lookup(n)
		if !ok {
			continue
		}
		if s.open[n] {
			return "", errCircularReference
		}
		s.open[n] = true
		defer delete(s.open, n)
		return s.expand(text, n.group)
	}
	return "", errUnknownReference
}
