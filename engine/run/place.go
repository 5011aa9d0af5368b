package run

import (
	"fmt"
	"strconv"
	"strings"
)

// place is where a holder works. The lease's row keeps it as text, so that
// others can find out whether he still does, and end what he left behind.
type place struct {
	// process is the holder's process; see thisProcess.
	process string
	// number is that of his session on the server, 0 if there is none, and
	// unique what tells it from others that had the number or will have it.
	number int64
	unique string
	// direct is true if the server sees the connection come from the very port
	// that the holder made it from. Behind a pooler it does not: there, that a
	// session is gone says nothing about who used it.
	direct bool
}

// String is the form in which the lease keeps a place, of at most 128
// characters.
func (p place) String() string {
	var words []string
	add := func(key, value string) {
		if value != "" {
			words = append(words, key+"="+value)
		}
	}
	if p.number != 0 {
		add("session", fmt.Sprintf("%d@%s", p.number, p.unique))
	}
	if p.direct {
		words = append(words, "direct")
	}
	add("process", p.process)
	return strings.Join(words, " ")
}

// parsePlace reads String's form. What another release, or somebody by hand,
// has written says nothing, and nothing is concluded from it.
func parsePlace(text string) place {
	var p place
	for _, word := range strings.Fields(text) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "session":
			number, unique, _ := strings.Cut(value, "@")
			p.number, _ = strconv.ParseInt(number, 10, 64)
			p.unique = unique
		case "direct":
			p.direct = true
		case "process":
			p.process = value
		}
	}
	return p
}
