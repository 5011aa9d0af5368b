package safetext

import (
	"io"
	"sync"
	"unicode/utf8"
)

// Writer passes text on to another writer, cleaned. It is for everything that a
// command says: what must reach a terminal as it is, as the moves of a progress
// bar, is written past it. Several goroutines may use it.
type Writer struct {
	out  io.Writer
	form form
	lock sync.Mutex
	held []byte // the beginning of a rune whose rest has not come yet
}

// NewWriter is a writer of text.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out, form: plainForm} }

// NewJSONWriter is a writer of JSON documents, which mean the same behind it.
func NewJSONWriter(out io.Writer) *Writer { return &Writer{out: out, form: jsonForm} }

// Write implements io.Writer. Each call is one call of the other writer, so that
// lines of several processes do not mix.
func (w *Writer) Write(b []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	text := string(w.held) + string(b)
	end := len(text) - unfinished(text)
	w.held = append(w.held[:0], text[end:]...)
	if end == 0 {
		return len(b), nil
	}
	if _, err := io.WriteString(w.out, clean(text[:end], w.form)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Flush writes what looked like the beginning of a rune and had no rest.
func (w *Writer) Flush() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	if len(w.held) == 0 {
		return nil
	}
	_, err := io.WriteString(w.out, clean(string(w.held), w.form))
	w.held = w.held[:0]
	return err
}

// unfinished is how many bytes at the end of a text are the beginning of a rune
// whose rest may still come.
func unfinished(text string) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if tail[0] >= utf8.RuneSelf && !utf8.FullRuneInString(tail) {
				return n
			}
			return 0
		}
	}
	return 0
}
