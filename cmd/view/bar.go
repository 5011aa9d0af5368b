package view

import (
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"
	"github.com/jedib0t/go-pretty/v6/text"

	"manage/engine/safetext"
)

// bar is the bar of a data migration on a terminal. It is drawn some times a
// second, whatever happens in between, so that it moves while nothing can be
// told.
type bar struct {
	screen  *Screen
	tracker *progress.Tracker
	writer  progress.Writer
	ended   chan struct{} // closed when nothing is drawn any more
}

// barWidth is the most columns of the bar, which takes a fifth of a narrow
// terminal.
const barWidth = 24

// newBar begins to show a bar, and draws it every so often.
func newBar(screen *Screen, every time.Duration) *bar {
	b := &bar{screen: screen, tracker: &progress.Tracker{AutoStopDisabled: true}, writer: progress.NewWriter(), ended: make(chan struct{})}
	style := progress.StyleDefault
	style.Visibility = progress.StyleVisibility{Tracker: true}
	style.Options.Separator = " "
	b.writer.SetStyle(style)
	width := barWidth
	if all := screen.width(); all > 0 {
		width = max(4, min(all/5, barWidth))
	}
	b.writer.SetTrackerLength(width)
	b.writer.SetUpdateFrequency(every)
	b.writer.SetOutputWriter(frames{screen})
	b.writer.AppendTracker(b.tracker)
	go func() {
		defer close(b.ended)
		b.writer.Render()
	}()
	return b
}

// set changes what is shown: a total of 0 is one that is not known.
func (b *bar) set(words string, done, total int64) {
	b.tracker.UpdateMessage(safetext.Line(words))
	b.tracker.UpdateTotal(total)
	b.tracker.SetValue(min(done, total))
}

// end takes the bar away.
func (b *bar) end() {
	for {
		b.writer.Stop() // without effect until the drawing has begun
		select {
		case <-b.ended:
			b.screen.show("")
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// frames are what is drawn. Where it goes on the terminal is for the screen
// alone: others write there too.
type frames struct{ screen *Screen }

// moves are what a frame begins with to go over the one before.
var moves = strings.NewReplacer(text.CursorUp.Sprint(), "", text.EraseLine.Sprint(), "")

// Write implements io.Writer; a frame is one line. Where there is not enough
// room the bar is left out: the words tell more, above all why it pauses.
func (f frames) Write(frame []byte) (int, error) {
	line := strings.TrimSpace(moves.Replace(string(frame)))
	if width := f.screen.width(); width > 0 && text.StringWidthWithoutEscSequences(line) >= width {
		if _, words, ok := strings.Cut(line, "] "); ok {
			line = words
		}
	}
	f.screen.show(line)
	return len(frame), nil
}
