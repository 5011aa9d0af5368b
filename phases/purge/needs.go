package purge

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

// NoColumn is a column that purge.toml names and a table does not have. SQLite
// would take its quoted name for a text, and remove other rows.
type NoColumn struct {
	Source        revision.Source
	Table, Column string
}

func (e *NoColumn) Error() string {
	where := "purge.toml"
	if e.Source.File != "" {
		where = e.Source.String()
	}
	return fmt.Sprintf("%s: the table %s has no column %s", where, e.Table, e.Column)
}

// need is a table of the live schema, and columns that it must have; "" is none.
type need struct {
	table   string
	columns []string
}

// needsOf are what the rules for a kind name.
func needsOf(k *catalog.PurgeKind) []need {
	own := need{k.Table, []string{k.Key, k.UUID, k.Label, k.DeletedAt}}
	for _, p := range k.Parents {
		own.columns = append(own.columns, p.Column)
	}
	all := []need{own}
	for _, w := range k.With {
		all = append(all, need{w.Table, []string{w.Column}})
	}
	return all
}

// meet looks whether everything is there that the rules name.
func (s *Selection) meet(more ...need) error {
	var missing []string
	var first error
	look := func(source revision.Source, needs []need) {
		for _, n := range needs {
			t := s.live.Table(n.table)
			if t == nil {
				missing = append(missing, n.table)
				continue
			}
			for _, c := range n.columns {
				if c != "" && !hasColumn(t, c, s.live.Flavor.Dialect) && first == nil {
					first = &NoColumn{Source: source, Table: n.table, Column: c}
				}
			}
		}
	}
	for _, p := range s.parts {
		look(p.kind.Source, needsOf(p.kind))
	}
	look(revision.Source{}, more)
	if len(missing) > 0 {
		return &MissingTables{Tables: slices.Compact(missing)}
	}
	return first
}

// hasColumn compares as the server does: PostgreSQL alone, where names are
// quoted, minds the case.
func hasColumn(t *schema.Table, name string, d flavor.Dialect) bool {
	return slices.ContainsFunc(t.Columns, func(c *schema.Column) bool {
		return c.Name == name || d != flavor.Postgres && strings.EqualFold(c.Name, name)
	})
}
