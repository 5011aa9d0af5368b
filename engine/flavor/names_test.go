package flavor

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestFit: a name that fits stays, and names that are alike at the beginning
// stay different, with whole characters, where they do not.
func TestFit(t *testing.T) {
	long := strings.Repeat("ü", 40)
	for _, c := range []struct{ name, suffix, want string }{
		{"goods", "_pkc", "goods_pkc"},
		{strings.Repeat("a", 59), "_pkc", strings.Repeat("a", 59) + "_pkc"},
		{strings.Repeat("a", 63), "", strings.Repeat("a", 63)},
	} {
		if got := FitBefore(c.name, c.suffix); got != c.want {
			t.Errorf("FitBefore(%q, %q) is %q", c.name, c.suffix, got)
		}
	}
	seen := map[string]bool{}
	for _, name := range []string{long + "a", long + "b", strings.Repeat("x", 63) + "1", strings.Repeat("x", 63) + "2"} {
		for _, suffix := range []string{"", "_sync_insert"} {
			got := FitBefore(name, suffix)
			if len(got) > PostgresName || !utf8.ValidString(got) || seen[got] || !strings.HasSuffix(got, suffix) || got != FitBefore(name, suffix) {
				t.Errorf("FitBefore(%q, %q) is %q", name, suffix, got)
			}
			seen[got] = true
		}
	}
}
