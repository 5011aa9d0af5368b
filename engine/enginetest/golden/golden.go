// Package golden holds what tests make against files of the tree: reference
// pages, and long lists of statements. Their flag -update writes the files.
package golden

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files that the tests hold their text against")

// File fails the test unless the file holds text; with -update it does from
// then on.
func File(t testing.TB, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	held, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(held), text); diff != "" {
		t.Errorf("%s is not what the code makes (-file +code); write it with -update:\n%s", file, diff)
	}
}
