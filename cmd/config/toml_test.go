package config

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLineOf(t *testing.T) {
	content := `# a comment
database.schema = "x"   # a dotted key
"locks" = { timeout = 1, retries = 2 }

[ lease ] # header
  ttl = 3
[replicas]
"max_lag" = 4
connections = [
  "ttl = 5",
]
`
	for _, c := range []struct {
		table, key string
		want       int
	}{
		{"database", "schema", 2}, {"database", "", 2}, {"locks", "timeout", 3}, {"locks", "", 3}, {"lease", "ttl", 6}, {"lease", "", 5},
		{"replicas", "max_lag", 8}, {"replicas", "connections", 9}, {"replicas", "other", 7}, {"batches", "time", 0},
	} {
		if got := lineOf(content, c.table, c.key); got != c.want {
			t.Errorf("[%s] %s is on line %d, want %d", c.table, c.key, got, c.want)
		}
	}
}

// TestTOMLErrorsHideSecrets: however a connection is mistyped, its password is
// not in the message.
func TestTOMLErrorsHideSecrets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		junk := rapid.StringMatching(`["'\\\[\]{}=.,#$ \t\n0-9a-z:@/+-]{0,5}`)
		content := "[database]\nconnection " + junk.Draw(t, "a") + "=" + junk.Draw(t, "b") + "S3CRET" + junk.Draw(t, "c") + "S3CRET" + junk.Draw(t, "d") + "\n"
		_, err := readTOML("f", content)
		if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), "has no key", ""), "S3CRET") {
			t.Fatalf("%s\nis told as %s", content, err)
		}
	})
}
