package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Difference is one thing that two schemas do not agree on.
type Difference struct {
	Kind  plan.ObjectKind
	Table string
	Name  string // of the object; "" for one without a name
	// Want and Have are how the object reads in the two schemas. Want is ""
	// for what should not be there, Have is "" for what is missing.
	Want, Have string
}

// String is the difference as a line for a person.
func (d Difference) String() string {
	what := string(d.Kind)
	if d.Name != "" && d.Kind != plan.KindTable {
		what += " " + d.Name
	}
	where := ""
	switch {
	case d.Kind == plan.KindTable && d.Name == "":
		what = "table " + d.Table
	case d.Table != "":
		where = "table " + d.Table + ": "
	}
	switch {
	case d.Have == "":
		what += " is missing" + inBrackets(d.Want)
	case d.Want == "":
		what = "unexpected " + what + inBrackets(d.Have)
	default:
		what = fmt.Sprintf("%s: expected %s, found %s", what, d.Want, d.Have)
	}
	return where + strings.ReplaceAll(what, "character varying", "varchar")
}

func inBrackets(text string) string {
	if text == "" || text == present {
		return ""
	}
	return " (" + text + ")"
}

// Present stands for an object that has no more to say than its name.
const Present = "there"

const present = Present

// Rules say what Compare overlooks. What servers spell in several ways is
// never a difference. The zero value overlooks nothing else.
type Rules struct {
	// ChosenNames overlooks the names of constraints that a server chose.
	ChosenNames bool
	// ColumnOrder, Charsets (with collations), Comments and Triggers are not
	// compared.
	ColumnOrder, Charsets, Comments, Triggers bool
	// BooleanChecks overlooks checks that a column is 0 or 1.
	BooleanChecks bool
	// Affinity takes SQLite types for equal that store the same: INTEGER for
	// BIGINT.
	Affinity bool
	// Rowid takes INTEGER for the type of a sole key on SQLite that is any whole
	// number: a key that numbers the rows stays so when its type is altered.
	Rowid bool
	// States overlooks that a foreign key or check was never validated or is
	// not enforced, that a trigger is switched off, an index hidden from
	// queries, and which engine keeps a table.
	States bool
	// OtherTables overlooks tables and enumerations that only the second
	// schema has.
	OtherTables bool
	// Known are differences of the second schema that alarm nobody.
	Known []KnownDifference
}

// TakingOver are the rules for finding the position of a database that other
// tools or releases made.
func TakingOver() Rules {
	return Rules{ChosenNames: true, ColumnOrder: true, Charsets: true, Comments: true, Triggers: true, BooleanChecks: true, Affinity: true, States: true}
}

// Compare lists how have differs from want, tables in the order of their
// names. Views are not compared: they are not manage's.
func Compare(want, have *Schema, rules Rules) []Difference {
	c := &comparer{rules: rules, f: have.Flavor, want: want, have: have}
	for _, name := range want.TableNames() {
		if t := have.Table(name); t != nil {
			c.tables(want.Tables[name], t)
		} else {
			c.add(plan.KindTable, "", present, "")
		}
		c.attribute(name)
	}
	if !rules.OtherTables {
		for _, name := range have.TableNames() {
			if want.Table(name) == nil {
				c.add(plan.KindTable, "", "", present)
			}
			c.attribute(name)
		}
	}
	if !rules.Triggers {
		c.triggers()
	}
	c.enums()
	return slices.DeleteFunc(c.out, c.known)
}

// Distance is the number of differences, for finding the nearest of several
// schemas.
func Distance(want, have *Schema, rules Rules) int { return len(Compare(want, have, rules)) }

// comparer is one comparison under way.
type comparer struct {
	rules      Rules
	f          flavor.Flavor
	want, have *Schema
	out        []Difference
}

func (c *comparer) add(kind plan.ObjectKind, name, want, have string) {
	c.out = append(c.out, Difference{Kind: kind, Name: name, Want: want, Have: have})
}

// attribute names the table of the differences found since the last call.
func (c *comparer) attribute(table string) {
	for i := len(c.out) - 1; i >= 0 && c.out[i].Table == ""; i-- {
		c.out[i].Table = table
	}
}

// pairs walks two lists by key, in the order of the first, then what only the
// second has.
func pairs[T any](want, have []T, key func(T) string, visit func(want, have *T)) {
	rest := map[string][]int{}
	for i, h := range have {
		rest[key(h)] = append(rest[key(h)], i)
	}
	for i := range want {
		k := key(want[i])
		if found := rest[k]; len(found) > 0 {
			rest[k] = found[1:]
			visit(&want[i], &have[found[0]])
			continue
		}
		visit(&want[i], nil)
	}
	for i := range have {
		if slices.Contains(rest[key(have[i])], i) {
			visit(nil, &have[i])
		}
	}
}

// fold is a name as the server compares it.
func (c *comparer) fold(name string) string {
	if c.f.Dialect == flavor.Postgres {
		return name
	}
	return strings.ToLower(name)
}

func (c *comparer) foldAll(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = c.fold(n)
	}
	return strings.Join(out, ", ")
}

func (c *comparer) enums() {
	if !c.f.NamedEnums() {
		return
	}
	list := func(s *Schema) []*Enum {
		var out []*Enum
		for _, e := range s.Enums {
			out = append(out, e)
		}
		slices.SortFunc(out, func(a, b *Enum) int { return strings.Compare(a.Name, b.Name) })
		return out
	}
	pairs(list(c.want), list(c.have), func(e *Enum) string { return e.Name }, func(w, h **Enum) {
		switch {
		case h == nil:
			c.add(plan.KindEnum, (*w).Name, enumType((*w).Values), "")
		case w == nil && !c.rules.OtherTables:
			c.add(plan.KindEnum, (*h).Name, "", enumType((*h).Values))
		case w != nil && !slices.Equal((*w).Values, (*h).Values):
			c.add(plan.KindEnum, (*w).Name, enumType((*w).Values), enumType((*h).Values))
		}
	})
}

// body is a trigger's body for comparing. MySQL reports the texts in it as
// they are, with a quote in one not doubled, so that where it ends cannot be
// told: quotes do not count there.
func (c *comparer) body(text string) string {
	if c.f.Dialect == flavor.MySQL {
		text = strings.NewReplacer("'", "", `\`, "").Replace(text)
	}
	return settle(text)
}

// triggers compares triggers by name. Those of tables that are overlooked are
// so too.
func (c *comparer) triggers() {
	known := func(s *Schema) []Trigger {
		return slices.DeleteFunc(slices.Clone(s.Triggers), func(t Trigger) bool {
			return c.rules.OtherTables && c.want.Table(t.Table) == nil
		})
	}
	head := func(t Trigger) string {
		if t.Disabled && !c.rules.States {
			return t.Timing + " " + t.Event + ", switched off"
		}
		return t.Timing + " " + t.Event
	}
	pairs(known(c.want), known(c.have), func(t Trigger) string { return c.fold(t.Table) + "." + c.fold(t.Name) }, func(w, h *Trigger) {
		switch {
		case h == nil:
			c.add(plan.KindTrigger, w.Name, head(*w), "")
		case w == nil:
			c.add(plan.KindTrigger, h.Name, "", head(*h))
			w = h
		case head(*w) != head(*h):
			c.add(plan.KindTrigger, w.Name, head(*w), head(*h))
		case c.body(w.Body) != c.body(h.Body):
			c.add(plan.KindTrigger, w.Name, "as the catalog has it", "changed in its body")
		}
		c.attribute(w.Table)
	})
}
