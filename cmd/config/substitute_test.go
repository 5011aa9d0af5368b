package config

import (
	"errors"
	"testing"
)

func TestSubstitute(t *testing.T) {
	options := map[confName]string{
		{"database", "user"}:   "u",
		{"DEFAULT", "user"}:    "nobody",
		{"DEFAULT", "my_ip"}:   "10.0.0.1",
		{"DEFAULT", "unset"}:   "",
		{"DEFAULT", "nested"}:  "<$user@$my_ip>",
		{"DEFAULT", "loop"}:    "$loop",
		{"DEFAULT", "a"}:       "$b",
		{"DEFAULT", "b"}:       "${a}",
		{"other", "thing"}:     "t $user",
		{"database", "dollar"}: "$$user",
	}
	lookup := func(n confName) (string, bool) { text, ok := options[n]; return text, ok }
	for _, c := range []struct {
		text, want string
		err        error
	}{
		{"plain", "plain", nil},
		{"$user", "u", nil},
		{"${user}x", "ux", nil},
		{"$my_ip:1", "10.0.0.1:1", nil},
		{"$database.user", "u", nil},
		{"${DEFAULT.user}", "nobody", nil},
		{"$other.thing", "t nobody", nil},
		{"$nested", "<nobody@10.0.0.1>", nil},
		{"[$unset]", "[]", nil},
		{"$$user", "$user", nil},
		{`\$user`, "$user", nil},
		{"$$$user", "$u", nil},
		{"$dollar", "$user", nil},
		{"cash$", "cash$", nil},
		{"$5 and $ 5", "$5 and $ 5", nil},
		{"${", "${", nil},
		{"${user", "${user", nil},
		{"%(user)s", "%(user)s", nil},
		{"$missing", "", errUnknownReference},
		{"$MY_IP", "", errUnknownReference},
		{"$user.db", "", errUnknownReference},
		{"$missing.user", "", errUnknownReference},
		{"$user.", "", errUnknownReference},
		{"$loop", "", errCircularReference},
		{"$a", "", errCircularReference},
	} {
		got, err := substitute(c.text, "database", lookup)
		if !errors.Is(err, c.err) || (c.err == nil && got != c.want) {
			t.Errorf("substitute(%q) = %q, %v; want %q, %v", c.text, got, err, c.want, c.err)
		}
	}
}

// TestSubstitutionInFiles: only options that the program has can be named, and
// their values come from wherever the options themselves would.
func TestSubstitutionInFiles(t *testing.T) {
	for _, c := range []struct {
		name, conf, env, want, err string
	}{
		{"a declared option of the file", "[DEFAULT]\nlog_dir = /v\n[database]\nconnection = sqlite:///$log_dir/x.db\n", "", "sqlite:////v/x.db", ""},
		{"of the environment", "[DEFAULT]\nlog_dir = /v\n[database]\nconnection = sqlite:///$log_dir/x.db\n", "/e", "sqlite:////e/x.db", ""},
		{"its default", "[database]\nconnection = sqlite:///$backend.db\n", "", "", "[database] connection has a $ before a name"},
		{"its default, in braces", "[database]\nconnection = sqlite:///${backend}.db\n", "", "sqlite:///sqlalchemy.db", ""},
		{"same section first", "[DEFAULT]\nbackend = d\n[database]\nbackend = s\nconnection = sqlite:///${backend}.db\n", "", "sqlite:///s.db", ""},
		{"declared and unset", "[database]\nconnection = sqlite:///x${log_dir}.db\n", "", "sqlite:///x.db", ""},
		{"present but not declared", "[DEFAULT]\nplace = /v\n[database]\nconnection = sqlite:///$place/x.db\n", "", "", "[database] connection has a $ before a name"},
		{"itself", "[database]\nconnection = $connection\n", "", "", "[database] connection refers to itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			words := []string{"glance-manage", "--config-file", "/x.conf"}
			if c.env != "" {
				words = append([]string{"OS_DEFAULT__LOG_DIR=" + c.env}, words...)
			}
			got := load(t, given(memory{"/x.conf": c.conf}, words...))
			_, _, err := got.Database()
			switch {
			case c.err == "" && (err != nil || got.Connection != c.want):
				t.Errorf("connection %q, %v; want %q", got.Connection, err, c.want)
			case c.err != "" && (err == nil || !contains(err.Error(), c.err)):
				t.Errorf("error %v, want %q in it", err, c.err)
			}
		})
	}
}
