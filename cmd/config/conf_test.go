package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/ini.v1"
	"pgregory.net/rapid"
)

// readAll is a file's values as text, by "[group] key".
func readAll(t *testing.T, content string) map[string]string {
	t.Helper()
	file, err := readConf("f", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for name, v := range file {
		all[name.String()] = v.text
	}
	return all
}

// TestConfRules holds the reader to the rules of the services' files, one case
// for each.
func TestConfRules(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          map[string]string
	}{
		{"equals", "[a]\nk = v\n", map[string]string{"[a] k": "v"}},
		{"colon", "[a]\nk: v\n", map[string]string{"[a] k": "v"}},
		{"first separator counts, colon", "[a]\nk: v = w\n", map[string]string{"[a] k": "v = w"}},
		{"first separator counts, equals", "[a]\nk = mysql://u:p@h\n", map[string]string{"[a] k": "mysql://u:p@h"}},
		{"blanks around are stripped", "[a]\nk\t =   v w \t\n", map[string]string{"[a] k": "v w"}},
		{"white space after the bracket", "[a] \t\nk=v\n", map[string]string{"[a] k": "v"}},
		{"inner blanks of a section count", "[ a ]\nk=v\n[a]\nk=w\n", map[string]string{"[ a ] k": "v", "[a] k": "w"}},
		{"sections in lower case", "[DataBase]\nk=v\n", map[string]string{"[database] k": "v"}},
		{"but DEFAULT", "[DEFAULT]\nk=v\n[default]\nk=w\n", map[string]string{"[DEFAULT] k": "v", "[default] k": "w"}},
		{"sections are merged, also across case", "[a]\nk=1\nl=1\n[b]\n[A]\nk=2\n", map[string]string{"[a] k": "2", "[a] l": "1"}},
		{"keys have case", "[a]\nk=1\nK=2\n", map[string]string{"[a] k": "1", "[a] K": "2"}},
		{"dashes stay dashes", "[a]\na-b=1\n", map[string]string{"[a] a-b": "1"}},
		{"comments", "# x\n; y\n[a]\n#k=1\n;k=2\nk=3\n", map[string]string{"[a] k": "3"}},
		{"no inline comments", "[a]\nk = a # c\nl = a ; c\n", map[string]string{"[a] k": "a # c", "[a] l": "a ; c"}},
		{"continuation", "[a]\nk = a\n  b\n\tc\n", map[string]string{"[a] k": "a\nb\nc"}},
		{"continuation with a hash", "[a]\nk = a\n  # b\n", map[string]string{"[a] k": "a\n# b"}},
		{"continuation with equals", "[a]\nk = a\n  l = b\n", map[string]string{"[a] k": "a\nl = b"}},
		{"double quotes", "[a]\nk = \"a b \"\n", map[string]string{"[a] k": "a b "}},
		{"single quotes", "[a]\nk = ' a'\n", map[string]string{"[a] k": " a"}},
		{"one pair only", "[a]\nk = \"'a'\"\n", map[string]string{"[a] k": "'a'"}},
		{"a lone quote stays", "[a]\nk = \"a\nl = a\"\nm = \"a'\n", map[string]string{"[a] k": "\"a", "[a] l": "a\"", "[a] m": "\"a'"}},
		{"quotes on the first line only", "[a]\nk = \"a\n b\"\nl = 'a'\n 'b'\n", map[string]string{"[a] k": "\"a\nb\"", "[a] l": "a\n'b'"}},
		{"empty value", "[a]\nk =\nl=\"\"\n", map[string]string{"[a] k": "", "[a] l": ""}},
		{"empty value, continued", "[a]\nk =\n  b\n", map[string]string{"[a] k": "\nb"}},
		{"the last key counts", "[a]\nk=1\nk=2\n", map[string]string{"[a] k": "2"}},
		{"CRLF", "[a]\r\nk = v\r\n  w\r\n\r\nl = x\r\n", map[string]string{"[a] k": "v\nw", "[a] l": "x"}},
		{"no newline at the end", "[a]\nk = v", map[string]string{"[a] k": "v"}},
		{"percent and backslash mean nothing", "[a]\nk = %(x)s \\n `y` $z\n", map[string]string{"[a] k": "%(x)s \\n `y` $z"}},
		{"triple quotes are one pair", "[a]\nk = \"\"\"v\"\"\"\n", map[string]string{"[a] k": "\"\"v\"\""}},
		{"UTF-8", "[a]\nk = ü€😀\n", map[string]string{"[a] k": "ü€😀"}},
		{"empty file", "", map[string]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, readAll(t, c.content)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConfErrors(t *testing.T) {
	for _, c := range []struct {
		name, content, want string
	}{
		{"indented after a blank line", "[a]\nk = v\n\n  w\n", "f:4: an indented line goes on with the value before it, and there is none"},
		{"a blank line may have blanks", "[a]\nk = v\n \t\n  w\n", "f:4: an indented line goes on with the value before it, and there is none"},
		{"indented after a comment", "[a]\nk = v\n# c\n  w\n", "f:4: an indented line goes on with the value before it, and there is none"},
		{"indented at the beginning", "  k = v\n", "f:1: an indented line goes on with the value before it, and there is none"},
		{"indented after a section", "[a]\n  k = v\n", "f:2: an indented line goes on with the value before it, and there is none"},
		{"no section", "k = v\n", "f:1: the key k stands before any section"},
		{"no separator", "[a]\ns3cret\n", "f:2: the line has neither = nor :"},
		{"no key", "[a]\n= v\n", "f:2: there is no key before the ="},
		{"no section name", "[]\n", "f:1: the section has no name"},
		{"open section", "[a\n", "f:1: the line begins a section and does not end with ]"},
		{"text after a section", "[a] # x\n", "f:1: the line begins a section and does not end with ]"},
		{"byte-order mark", "\ufeff[a]\nk=v\n", "f: the file begins with a byte-order mark"},
		{"not UTF-8", "[a]\nk=\xff\n", "f:2: the line is not UTF-8 text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readConf("f", []byte(c.content))
			var e *Error
			if !errors.As(err, &e) || e.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

// TestConfLikeINI compares the reader with gopkg.in/ini.v1 on files that mean
// the same to both: plain keys and values, comments, blank lines.
func TestConfLikeINI(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z][a-z0-9_]{0,6}`)
		text := rapid.StringMatching(`([a-zA-Z0-9/@.,_+-]([a-zA-Z0-9/:@=.,_+ -]{0,12}[a-zA-Z0-9/@.,_+-])?)?`)
		content := "[first]\n"
		for range rapid.IntRange(0, 12).Draw(t, "lines") {
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				content += "[" + word.Draw(t, "section") + "]\n"
			case 1:
				content += "# " + text.Draw(t, "comment") + "\n"
			case 2:
				content += "\n"
			default:
				content += word.Draw(t, "key") + " = " + text.Draw(t, "value") + "\n"
			}
		}
		file, err := readConf("f", []byte(content))
		if err != nil {
			t.Fatalf("%s\n%v", content, err)
		}
		other, err := ini.LoadSources(ini.LoadOptions{IgnoreInlineComment: true, IgnoreContinuation: true}, []byte(content))
		if err != nil {
			t.Fatalf("%s\n%v", content, err)
		}
		count := 0
		for _, section := range other.Sections() {
			for _, key := range section.Keys() {
				count++
				if got := file[confName{section.Name(), key.Name()}].text; got != key.Value() {
					t.Errorf("%s\n[%s] %s is %q here and %q there", content, section.Name(), key.Name(), got, key.Value())
				}
			}
		}
		if count != len(file) {
			t.Errorf("%s\n%d keys here and %d there", content, len(file), count)
		}
	})
}

// FuzzConf: any text is read or refused with a line that it has, and what was
// read and is written down plainly is read as the same.
func FuzzConf(f *testing.F) {
	for _, seed := range []string{"[a]\nk = v\n", "[a]\nk: \"v\"\n  w\n\n", "[DEFAULT]\n#x\n;y\nk=\n", "k", "[", "[a]\r\nk=v\r\n", "\ufeff[a]", "[a]\n =\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		file, err := readConf("f", []byte(content))
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.File != "f" || e.Line > strings.Count(content, "\n")+1 {
				t.Fatalf("error %#v", err)
			}
			return
		}
		var plain strings.Builder
		for name, v := range file {
			if strings.Contains(v.text, "\n") {
				continue // a blank line in it cannot be written down
			}
			plain.WriteString("[" + name.group + "]\n" + name.key + " = \"" + v.text + "\"\n")
		}
		again, err := readConf("f", []byte(plain.String()))
		if err != nil {
			t.Fatalf("%q: %v", plain.String(), err)
		}
		for name, v := range file {
			if !strings.Contains(v.text, "\n") && again[name].text != v.text {
				t.Fatalf("%s is %q and then %q", name, v.text, again[name].text)
			}
		}
	})
}
