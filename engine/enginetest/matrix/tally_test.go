package main

import (
	"strings"
	"testing"
)

// Tests and subtests are counted, packages are not; what failed or was skipped
// is shown with its output, what passed is not.
func TestCount(t *testing.T) {
	events := `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"A","Output":"quiet\n"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"B/c","Output":"what went wrong\n"}
{"Action":"fail","Package":"p","Test":"B/c"}
{"Action":"fail","Package":"p","Test":"B"}
{"Action":"output","Package":"p","Test":"D","Output":"why not\n"}
{"Action":"skip","Package":"p","Test":"D"}
{"Action":"fail","Package":"p"}
{"Action":"build-output","ImportPath":"q","Output":"does not compile\n"}
{"Action":"skip","Package":"no tests"}
exit status 1
`
	var out strings.Builder
	if got, want := count(strings.NewReader(events), &out), (tally{run: 3, failed: 2, skipped: 1}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
	want := "what went wrong\nwhy not\nfail p\ndoes not compile\nskip no tests\nexit status 1\n"
	if out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
}

// Each server and account that is promised has its round, three newer versions
// of PostgreSQL beside the system's among them, and rounds can be told apart.
func TestRounds(t *testing.T) {
	names := map[string]bool{}
	var mysql, galera, owner bool
	postgres := map[string]bool{}
	for _, r := range rounds() {
		names[r.name] = true
		mysql, galera, owner = mysql || r.mysql, galera || r.galera, owner || r.owner
		postgres[r.postgres] = true
	}
	if len(names) != len(rounds()) || !mysql || !galera || !owner || len(postgres) != 4 {
		t.Errorf("rounds %+v", rounds())
	}
}
