package phases

import (
	"maps"

	"manage/engine/flavor"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/schema"
)

// removal is what a contract revision removes or renames, as far as it can be
// told: names are in small letters.
type removal struct {
	tables  map[string]bool            // whole tables
	columns map[string]map[string]bool // by table
	// unknown are the names in plain SQL of which nobody knows what it removes.
	unknown map[string]bool
	// bridges are the tables that it takes triggers off, and pairs the names of
	// the sync_columns that it ends.
	bridges, pairs map[string]bool
}

func (g removal) empty() bool {
	return len(g.tables)+len(g.columns)+len(g.unknown)+len(g.pairs) == 0
}

// column reports whether a column goes, or may go.
func (g removal) column(table, column string) bool {
	return g.table(table) || g.columns[fold(table)][fold(column)]
}

// table reports whether a whole table goes, or may go.
func (g removal) table(table string) bool { return g.tables[fold(table)] || g.unknown[fold(table)] }

// take adds what another removal does to some tables.
func (g removal) take(other removal, tables map[string]bool) {
	for t := range tables {
		if other.tables[t] {
			g.tables[t] = true
		}
		if other.unknown[t] {
			g.unknown[t] = true
		}
		for c := range other.columns[t] {
			g.dropColumn(t, c)
		}
	}
}

func (g removal) dropColumn(table, column string) {
	if g.columns[fold(table)] == nil {
		g.columns[fold(table)] = map[string]bool{}
	}
	g.columns[fold(table)][fold(column)] = true
}

// removedBy finds out what a revision removes on a dialect.
func removedBy(r *catalog.Revision, d flavor.Dialect) removal {
	g := removal{tables: map[string]bool{}, columns: map[string]map[string]bool{}, unknown: map[string]bool{}, bridges: map[string]bool{}, pairs: map[string]bool{}}
	for _, c := range r.Up {
		if !c.Serves(d) {
			continue
		}
		switch op := c.Op.(type) {
		case *schema.DropTable:
			g.tables[fold(op.Name)] = true
		case *schema.RenameTable:
			g.tables[fold(op.From)] = true
		case *schema.DropColumn:
			g.dropColumn(op.Table, op.Name)
		case *schema.RenameColumn:
			g.dropColumn(op.Table, op.From)
		case *schema.DropTrigger:
			g.bridges[fold(op.Table)] = true
		case *schema.UnsyncColumns:
			g.bridges[fold(op.Table)], g.pairs[op.Name] = true, true
		case *schema.SQL:
			for _, st := range op.Statements[d] {
				g.plain(st.SQL, d)
			}
		}
	}
	return g
}

// plain adds what plain SQL removes. Where its words do not tell, everything
// that it names may be gone.
func (g removal) plain(sql string, d flavor.Dialect) {
	m := sqltext.Classify(sql, d)
	if !m.Known && !m.Data {
		maps.Copy(g.unknown, names(sql))
		return
	}
	for _, e := range m.Effects {
		if e.Verb != sqltext.Drop && e.Verb != sqltext.Rename {
			continue
		}
		switch e.Kind {
		case sqltext.KindTable:
			g.tables[fold(e.Name)] = true
		case sqltext.KindColumn:
			g.dropColumn(e.Table, e.Name)
		case sqltext.KindTrigger:
			maps.Copy(g.bridges, names(sql)) // the table is not always said
		}
	}
}

// names are the identifiers in SQL texts, in small letters.
func names(texts ...string) map[string]bool {
	all := map[string]bool{}
	for _, text := range texts {
		for _, n := range schema.NamesIn(text) {
			all[fold(n)] = true
		}
	}
	return all
}
