package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/phases/backfill/throttle"
)

const throttleFile = `# when to pause
[replicas]
connections = [
  "postgresql://u:s3cret@r1/db",
]
max_lag = "2s"

[load]
max = 40

[[throttle]]
name = "queue"
query = """
SELECT 1 FROM jobs
HAVING count(*) > 100
"""
message = """
the queue
is long"""

[[ throttle ]]  # another one
name = "backup"
query = "SELECT 1 FROM backups"
`

func TestThrottle(t *testing.T) {
	c := load(t, given(memory{"/here/manage.toml": throttleFile}, "manage"))
	got, err := c.Throttle()
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Replicas) != 1 || got.Replicas[0].URL.Host != "r1" || got.Replicas[0].Place != (throttle.Place{File: "/here/manage.toml", Line: 3}) {
		t.Errorf("replicas %+v", got.Replicas)
	}
	want := []throttle.Query{
		{Name: "queue", SQL: "SELECT 1 FROM jobs\nHAVING count(*) > 100", Message: "the queue is long", Place: throttle.Place{File: "/here/manage.toml", Line: 11}},
		{Name: "backup", SQL: "SELECT 1 FROM backups", Place: throttle.Place{File: "/here/manage.toml", Line: 21}},
	}
	if diff := cmp.Diff(want, got.Queries); diff != "" {
		t.Error(diff)
	}
	if got.MaxLoad != 40 || got.MaxLag.Seconds() != 2 {
		t.Errorf("load %d, lag %v", got.MaxLoad, got.MaxLag)
	}
}

// The queries of a later file take the place of those of an earlier one.
func TestThrottleOfSeveralFiles(t *testing.T) {
	one := "[[throttle]]\nname = \"a\"\nquery = \"A\"\n"
	disk := memory{"/1.toml": one + one[:13] + "name = \"b\"\nquery = \"B\"\n", "/2.toml": "# none\n", "/3.toml": strings.Replace(one, `"a"`, `"c"`, 1)}
	for line, want := range map[string]string{
		"manage --config-file /1.toml --config-file /2.toml":                       "ab",
		"manage --config-file /1.toml --config-file /2.toml --config-file /3.toml": "c",
	} {
		names := ""
		for _, q := range load(t, given(disk, strings.Fields(line)...)).Queries {
			names += q.Name
		}
		if names != want {
			t.Errorf("%s: %s, want %s", line, names, want)
		}
	}
}

// What is wrong with a query is said with its line, and what is wrong with a
// replica when it is needed, without its password.
func TestBadThrottle(t *testing.T) {
	for content, want := range map[string]string{
		"\n[throttle]\nname = \"a\"\n":                                   "/here/manage.toml:2: [throttle] is a table for each query: write [[throttle]]",
		"[[throttle]]\nname = \"a\"\n":                                   "/here/manage.toml:1: [[throttle]] has no query",
		"[load]\n[[throttle]]\nquery = \"a\"\n":                          "/here/manage.toml:2: [[throttle]] has no name",
		"[[throttle]]\nname = \"a\"\nquery = 1\n":                        "/here/manage.toml:1: [[throttle]] query is not text",
		"[[throttle]]\nname = \"a\"\nsql = \"A\"\n":                      "/here/manage.toml:1: [[throttle]] has no key sql",
		strings.Repeat("[[throttle]]\nname = \"a\"\nquery = \"A\"\n", 2): "/here/manage.toml:4: [[throttle]] has a second query \"a\"",
		"[load]\nmax = -1\n":                                             "/here/manage.toml:2: [load] max must not be negative",
		"throttle = [{name = \"a\", query = \"A\"}, {name = \"b\"}]\n":   "/here/manage.toml:1: [[throttle]] has no query",
	} {
		_, err := Load(given(memory{"/here/manage.toml": content}, "manage"))
		var e *Error
		if !errors.As(err, &e) || e.Error() != want {
			t.Errorf("%s\nerror %v\nwant  %s", content, err, want)
		}
	}
	c := load(t, given(memory{"/here/manage.toml": "[replicas]\nconnections = [\"mysql://h/d\", \"mysql://u:s3cret@h:x/d\"]\n"}, "manage"))
	_, err := c.Throttle()
	if want := "/here/manage.toml:2: [replicas] connections, number 2: the port in the connection URL is not a number from 0 to 65535"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
