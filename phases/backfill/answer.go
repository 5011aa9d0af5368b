package backfill

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// answer is one line from a program.
type answer struct {
	Pending  *bool   `json:"pending"`
	Estimate int64   `json:"estimate"`
	Rows     *int64  `json:"rows"`
	Position string  `json:"position"`
	Done     *bool   `json:"done"`
	Error    *string `json:"error"`
	text     string
}

// readAnswer reads a line. It says what is wrong with one that is no answer.
func readAnswer(text string) (a answer, wrong string) {
	a.text = text
	line := bytes.TrimSpace([]byte(text))
	var mistyped *json.UnmarshalTypeError
	err := json.Unmarshal(line, &a)
	switch {
	case !utf8.Valid(line):
		return a, "its answer is not UTF-8"
	case err != nil && !errors.As(err, &mistyped) || len(line) == 0 || line[0] != '{':
		return a, "its answer is not a JSON object"
	case err != nil:
		return a, fmt.Sprintf("its answer has a %s for %q", mistyped.Value, mistyped.Field)
	case a.Error != nil && strings.TrimSpace(*a.Error) == "":
		return a, "it reports an error without words"
	}
	return a, ""
}

// What a batch may say: nobody changes more rows in one, and the position has
// to fit into its column on every server, MySQL's TEXT being the smallest.
const (
	mostRows        = 1 << 40
	longestPosition = 60_000
)

// disbelieved says what cannot be true of a batch that was asked for at a
// position; "" if nothing.
func disbelieved(b Batch, at string) string {
	switch {
	case b.Rows < 0 || b.Rows > mostRows:
		return fmt.Sprintf("it says that a batch changed %d rows", b.Rows)
	case len(b.Position) > longestPosition:
		return fmt.Sprintf("its position has %d bytes, more than the %d that can be kept", len(b.Position), longestPosition)
	case strings.ContainsAny(b.Position, "\x00\uFFFD") || !utf8.ValidString(b.Position):
		return fmt.Sprintf("its position is not text that can be kept: %s", quoted(b.Position))
	case b.Done:
		return ""
	case b.Position == "":
		return "it is not done and does not say at which position to go on"
	case b.Position == at:
		return fmt.Sprintf("it did a batch and stands at the same position, %s", quoted(at))
	}
	return ""
}

// circle notices positions that come again, however long the way round is. It
// keeps one of them and compares the others with it, each time for twice as
// long as before (Brent's algorithm).
type circle struct {
	last, kept    string
	steps, length int
}

// again reports whether a batch was asked for at this position before. The same
// position twice in a row is one that is tried once more.
func (c *circle) again(position string) bool {
	switch {
	case position == "": // a new pass
		*c = circle{length: 1}
		return false
	case position == c.last:
		return false
	case position == c.kept:
		return true
	}
	c.last = position
	if c.steps++; c.steps >= c.length {
		c.kept, c.steps, c.length = position, 0, max(1, 2*c.length)
	}
	return false
}
