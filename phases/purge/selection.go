package purge

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/schema"
)

// Selection is what a purge would remove. It holds conditions, not rows: a row
// that they do not hold for any more, because it was restored, or its parent
// was, is left alone when the others are removed.
type Selection struct {
	parts []*part // one for each kind, in their order
	live  *schema.Schema
	// outside are foreign keys of tables in other schemas.
	outside []reference
}

// part is what is selected of one kind.
type part struct {
	kind    *catalog.PurgeKind
	chosen  condition // soft-deleted rows; nil for none
	orphan  condition // live rows; nil for none
	count   int64     // rows that are chosen
	orphans int64     // rows that are orphans
	// only are the keys to which a limited selection is cut down, as literals,
	// sorted as texts.
	only    []string
	limited bool
}

// Counts are the objects that are selected.
func (s *Selection) Counts() Counts {
	var all Counts
	for _, p := range s.parts {
		if p.kind.Keep == "" {
			all = append(all, Count{Kind: p.kind.Name, Title: p.kind.Title, N: p.size()})
		}
	}
	return all
}

func (s *Selection) part(kind string) *part {
	for _, p := range s.parts {
		if p.kind.Name == kind {
			return p
		}
	}
	return nil
}

func (p *part) size() int64 {
	if p.limited {
		return int64(len(p.only))
	}
	return p.count + p.orphans
}

// selected holds for the rows of a part, if it is not limited.
func (p *part) selected(row string) string {
	var either []string
	for _, c := range []condition{p.chosen, p.orphan} {
		if c != nil {
			either = append(either, c(row))
		}
	}
	if either == nil {
		return "1 = 0"
	}
	return "(" + strings.Join(either, " OR ") + ")"
}

// limit cuts a part down to some of its rows.
func (p *part) limit(keys []string) {
	slices.Sort(keys)
	p.only, p.limited = slices.Compact(keys), true
}

// named reports whether a limited part has a row.
func (p *part) named(key string) bool {
	_, ok := slices.BinarySearch(p.only, key)
	return ok
}

// literals are texts that stand for values in SQL.
type literals []string

// chunks cuts keys into lists that one statement can bear. From a thousand on
// MariaDB makes other plans (`in_predicate_conversion_threshold`), and MySQL
// soon wants more memory than it may have (`range_optimizer_max_mem_size`).
func (k literals) chunks(q quoter) []literals {
	size := 5000
	if q.Flavor().Dialect.MySQLFamily() {
		size = 500
	}
	return slices.Collect(slices.Chunk(k, size))
}

// in holds if a column has one of some values.
func in(column string, keys []string) string {
	return column + " IN (" + strings.Join(keys, ", ") + ")"
}

// target is rows that a purge removes: the selected objects of a kind, or what
// goes with them.
type target struct {
	part  *part
	table string
	owner string // the column with the key of the object
}

// targets lists what is removed from a table.
func (s *Selection) targets(table string) []target {
	var all []target
	same := func(name string) bool {
		return name == table || s.live.Table(name) != nil && s.live.Table(name) == s.live.Table(table)
	}
	for _, p := range s.parts {
		if same(p.kind.Table) {
			all = append(all, target{p, p.kind.Table, p.kind.Key})
		}
		for _, w := range p.kind.With {
			if same(w.Table) {
				all = append(all, target{p, w.Table, w.Column})
			}
		}
	}
	return all
}

// removed holds for the rows of a target, if its part is not limited.
func (t target) removed(q quoter, row string) string {
	k := t.part.kind
	if t.table == k.Table {
		return t.part.selected(row)
	}
	return exists(q, k.Table, row, []string{k.Key}, []string{t.owner}, t.part.selected)
}

// enforces reports whether the sessions of a server look after foreign keys.
// Those of SQLite do not here.
func enforces(d flavor.Dialect) bool { return d != flavor.SQLite }
