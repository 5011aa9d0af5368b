package view

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/jedib0t/go-pretty/v6/text"

	"manage/engine/safetext"
)

// Screen is standard error of a terminal whose last line may be a bar: what
// else is written, the log and the lines of Progress, goes above it. Others may
// write at any time, whole lines only while there is a bar. Of what reaches the
// terminal only the moves of the bar are control characters.
type Screen struct {
	out   io.Writer
	width func() int
	lock  sync.Mutex
	bar   string // what is shown; "" for none
}

// NewScreen is a screen on a terminal; width is its columns, 0 if that cannot
// be told.
func NewScreen(out io.Writer, width func() int) *Screen { return &Screen{out: out, width: width} }

// Write implements io.Writer.
func (s *Screen) Write(b []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.bar == "" {
		_, err := io.WriteString(s.out, safetext.Clean(string(b)))
		return len(b), err
	}
	bar := s.bar
	_, err := fmt.Fprintf(s.out, "%s%s%s", s.erased(), safetext.Clean(string(b)), s.drawn(bar))
	return len(b), err
}

// show puts a line in the place of the bar; "" takes the bar away.
func (s *Screen) show(line string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if line == s.bar {
		return
	}
	// A bar that cannot be shown is no reason to stop.
	_, _ = io.WriteString(s.out, s.erased()+s.drawn(line))
}

// erased is what takes the bar away. A terminal that has become narrower since
// has broken it into several lines.
func (s *Screen) erased() string {
	if s.bar == "" {
		return ""
	}
	up := 0
	if width := s.width(); width > 0 {
		up = (text.StringWidthWithoutEscSequences(s.bar) - 1) / width
	}
	s.bar = ""
	return strings.Repeat("\x1b[A", up) + "\r\x1b[J"
}

// drawn is what shows a bar, cut to the width of the terminal: the cursor stays
// behind it, so that the next line takes its place.
func (s *Screen) drawn(line string) string {
	line = safetext.Line(line)
	if width := s.width(); width > 1 {
		line = text.Snip(line, width-1, "~")
	}
	s.bar = line
	return line
}
