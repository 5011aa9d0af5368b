package schema

import (
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// change is an operation for some dialects, as catalogs hold it.
type change struct {
	op       Operation
	dialects []string
}

// parse decodes a list of [[up]] entries.
func parse(t testing.TB, text string) []change {
	t.Helper()
	var doc struct {
		Up []map[string]toml.Primitive `toml:"up"`
	}
	meta, err := toml.Decode(text, &doc)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	var out []change
	for _, entry := range doc.Up {
		var c change
		for key, value := range entry {
			if key == "dialects" {
				err = meta.PrimitiveDecode(value, &c.dialects)
			} else if op, ok := NewOperation(key); !ok {
				t.Fatalf("there is no operation %q", key)
			} else {
				c.op = op
				err = meta.PrimitiveDecode(value, op)
			}
			if err != nil {
				t.Fatalf("%s\n%v", text, err)
			}
		}
		if err := c.op.Check(); err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		out = append(out, c)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		t.Fatalf("%s\nnot decoded: %v", text, extra)
	}
	return out
}

// forDialect keeps the operations that serve a dialect.
func forDialect(changes []change, d flavor.Dialect) []Operation {
	var out []Operation
	for _, c := range changes {
		if flavor.Serves(c.dialects, d) {
			out = append(out, c.op)
		}
	}
	return out
}

// fold renders operations one after the other, and applies them to s.
func fold(t testing.TB, s *Schema, ops []Operation) []plan.Statement {
	t.Helper()
	var out []plan.Statement
	for _, op := range ops {
		statements, err := op.Render(s)
		if err != nil {
			t.Fatalf("%s: rendering %s: %v", s.Flavor.Dialect, op.Kind(), err)
		}
		if err := op.Apply(s); err != nil {
			t.Fatalf("%s: applying %s: %v", s.Flavor.Dialect, op.Kind(), err)
		}
		out = append(out, statements...)
	}
	return out
}

// inverse lists the operations that undo ops, made for the schemas between.
func inverse(t testing.TB, s *Schema, ops []Operation) []Operation {
	t.Helper()
	s = s.Clone()
	var out []Operation
	for _, op := range ops {
		back, err := op.Inverse(s)
		if err != nil {
			t.Fatalf("%s: inverse of %s: %v", s.Flavor.Dialect, op.Kind(), err)
		}
		if err := op.Apply(s); err != nil {
			t.Fatal(err)
		}
		out = append(slices.Clone(back), out...)
	}
	return out
}

func TestKindsAreDecodable(t *testing.T) {
	for _, name := range Kinds() {
		op, ok := NewOperation(name)
		if !ok {
			t.Fatalf("%s is listed and cannot be made", name)
		}
		if op.Kind() != name {
			t.Errorf("%s makes an operation that calls itself %s", name, op.Kind())
		}
		if op.Check() == nil {
			t.Errorf("an empty %s passes its check", name)
		}
	}
	if _, ok := NewOperation("sync_rows"); ok {
		t.Error("sync_rows is made")
	}
}

// sortBy sorts a list by a text of its elements.
func sortBy[T any](list []T, key func(T) string) {
	slices.SortFunc(list, func(a, b T) int { return strings.Compare(key(a), key(b)) })
}
