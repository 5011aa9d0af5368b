package backfill

import (
	"strings"
	"sync"
	"unicode"
)

// spoken is the standard error of a program: handed on line by line, and the
// last lines kept for the error that may follow.
type spoken struct {
	each func(string)

	mu   sync.Mutex
	part string
	last []string
}

// What is kept of it: lines, and bytes of a line.
const (
	lastLines   = 5
	longestLine = 4 << 10
)

// Write takes the next bytes.
func (s *spoken) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part += string(b)
	for {
		line, rest, found := strings.Cut(s.part, "\n")
		if !found && len(s.part) > longestLine {
			line, rest, found = s.part[:longestLine], s.part[longestLine:], true
		}
		if !found {
			return len(b), nil
		}
		s.part = rest
		s.line(strings.TrimRight(line, "\r"))
	}
}

func (s *spoken) line(line string) {
	s.each(line)
	if line = strings.TrimSpace(line); line == "" {
		return
	}
	if s.last = append(s.last, line); len(s.last) > lastLines {
		s.last = s.last[1:]
	}
}

// longestReason is how much of what a program says is shown, in characters.
const longestReason = 2000

// printable is text that can be shown on one line of a terminal, whatever it is:
// without what moves the cursor or clears the screen, and not too long.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
	if r := []rune(text); len(r) > longestReason {
		text = string(r[:longestReason]) + "…"
	}
	return text
}

// tail is the last lines in one.
func (s *spoken) tail() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.last
	if rest := strings.TrimSpace(s.part); rest != "" {
		lines = append(lines[:len(lines):len(lines)], rest)
	}
	return strings.Join(lines, " / ")
}
