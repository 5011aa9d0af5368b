package backfill

import (
	"os"
	"runtime"
	"slices"
	"strings"
)

// A program gets little of the environment of the command: who runs it may have
// secrets of other things in there. passedOn are the variables that a program
// needs to run at all; those that it needs beside them its catalog names.
var passedOn = []string{"PATH", "HOME", "LANG", "LANGUAGE", "TMPDIR",
	// Without these, programs on Windows do not start.
	"SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "TEMP", "TMP"}

// environ is what a program gets of the environment all: what every program
// gets, what is named, and the variables of this tool, before those that set
// adds.
func environ(all, named []string, set ...string) []string {
	if all == nil {
		all = os.Environ()
	}
	var some []string
	for _, entry := range all {
		name, _, _ := strings.Cut(entry, "=")
		if runtime.GOOS == "windows" { // where names differ in case and mean the same
			name = strings.ToUpper(name)
		}
		if slices.Contains(passedOn, name) || strings.HasPrefix(name, "LC_") || strings.HasPrefix(name, "MANAGE_") || slices.Contains(named, name) {
			some = append(some, entry)
		}
	}
	return append(some, set...)
}
