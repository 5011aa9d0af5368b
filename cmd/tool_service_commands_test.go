package cmd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

// Where somebody sits at a terminal, stamp asks before it forgets the version,
// and a no leaves the database unopened. Otherwise it asks nobody.
func TestServiceStampAsks(t *testing.T) {
	opened := errors.New("opened")
	tests := []struct {
		revision, answer string
		interactive      bool
		asked, opened    bool
	}{
		{"base", "n\n", true, true, false},
		{"base", "\n", true, true, false},
		{"base", "y\n", true, true, true},
		{"001", "n\n", true, false, true},
		{"base", "n\n", false, false, true},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		c := &serviceStamp{Revision: tt.revision}
		at := terminal{in: bufio.NewReader(strings.NewReader(tt.answer)), out: &out, interactive: tt.interactive}
		err := c.Run(context.Background(), at, func(context.Context) (Writes, error) { return Writes{}, opened }, nil)
		if errors.Is(err, opened) != tt.opened || strings.Contains(out.String(), "Forget the version") != tt.asked {
			t.Errorf("%+v: %v, asked %q", tt, err, out.String())
		}
		if f := explain(err, speaker{}); !tt.opened && oldExit(f.Code, f.Exit) != ExitFailed {
			t.Errorf("%+v: exit %d", tt, f.Exit)
		}
	}
}
