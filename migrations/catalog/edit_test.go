package catalog

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"manage/engine/revision"
)

// spelled are the words that a file's head has for a key.
func spelled(file, text, key string) []string {
	var all []string
	for _, s := range wordsAt(file, text, key) {
		all = append(all, text[s.start:s.end])
	}
	return all
}

// TestWordsAt: in every file of the built-in catalogs the words of the head
// stand where they are looked for, and can be changed and changed back.
func TestWordsAt(t *testing.T) {
	for _, name := range []string{"glance", "watcher", "solum", "mogan"} {
		files := os.DirFS("../../migrations/" + name)
		c, err := Load(files, Options{})
		if err != nil {
			t.Fatal(err)
		}
		check := func(source revision.Source, key string, want ...string) {
			text, err := fs.ReadFile(files, source.File)
			if err != nil {
				t.Fatal(err)
			}
			want = slices.DeleteFunc(want, func(w string) bool { return w == "" })
			if got := spelled(source.File, string(text), key); !slices.Equal(got, want) {
				t.Errorf("%s: %s is %q, want %q", source.File, key, got, want)
			}
			for _, w := range want {
				there, ok := reword(source.File, string(text), key, w, "another")
				back, ok2 := reword(source.File, there, key, "another", w)
				if !ok || !ok2 || back != string(text) || there == back {
					t.Errorf("%s: %s cannot be changed and changed back", source.File, key)
				}
			}
		}
		for _, r := range c.Revisions {
			check(r.Source, "revision", r.ID)
			check(r.Source, "revises", r.Parent)
			check(r.Source, "depends_on", r.DependsOn...)
		}
		for _, m := range c.Migrations {
			check(m.Source, "migration", m.ID)
			check(m.Source, "depends_on", m.DependsOn...)
			check(m.Source, "before", m.Before)
		}
	}
}

// FuzzReword: whatever the text, one word at most changes, and nothing else.
func FuzzReword(f *testing.F) {
	f.Add("revision = \"a\"\nrevises = 'b'\n[[up]]\nsql = { text = \"revises = 'b'\" }", "revises", "b")
	f.Add("-- revises: b\n-- +up\n-- revises: b\n", "revises", "b")
	f.Add("depends_on = [\"a\",\n 'b', # b\n]", "depends_on", "b")
	f.Fuzz(func(t *testing.T, text, key, old string) {
		for _, file := range []string{"a.toml", "a.sql"} {
			after, ok := reword(file, text, key, old, "word")
			if !ok && after != text || ok && len(after) != len(text)-len(old)+len("word") {
				t.Errorf("%s %q: %q became %q", file, key, text, after)
			}
			if added, ok := appendString(text, key, "word"); ok && !strings.Contains(added, `"word"`) {
				t.Errorf("%q: %q became %q", key, text, added)
			}
		}
	})
}
