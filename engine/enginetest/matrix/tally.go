package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// tally counts tests; those with subtests count too.
type tally struct {
	run, failed, skipped int
}

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output string
}

// count reads the events of a run. It prints the output of what fails, and
// one line for each package.
func count(events io.Reader, out io.Writer) tally {
	var t tally
	kept := map[string][]string{} // output by package and test
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			kept[key] = append(kept[key], e.Output)
			continue
		case "build-output":
			fmt.Fprint(out, e.Output)
			continue
		case "pass", "fail", "skip":
		default:
			continue
		}
		if e.Test == "" {
			fmt.Fprintf(out, "%-4s %s\n", e.Action, e.Package)
		} else {
			t.add(e.Action)
		}
		if e.Action == "fail" || e.Action == "skip" && e.Test != "" {
			fmt.Fprint(out, strings.Join(kept[key], ""))
		}
		delete(kept, key)
	}
	return t
}

func (t *tally) add(action string) {
	switch action {
	case "pass":
		t.run++
	case "fail":
		t.run++
		t.failed++
	case "skip":
		t.skipped++
	}
}
