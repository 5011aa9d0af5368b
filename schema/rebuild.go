package schema

import (
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file rebuilds SQLite tables: the new table is made beside the old one
// under another name, the rows are copied, the old one is dropped, the new one
// takes its name, and indexes and triggers, which went with the old one, are
// made again (SQLite, "ALTER TABLE", section 7).
//
// It relies on what the session promises: foreign_keys is off, so that
// dropping the table deletes nothing elsewhere, and all statements are in one
// transaction. legacy_alter_table is on for the rename, so that it leaves alone
// the views, triggers and foreign keys elsewhere, which name the table and not
// its stand-in. It is on for that statement only, because it is the
// connection's and outlives a transaction that fails.

// rebuild writes the statements that make a.table on the left side what it is
// on the right.
func rebuild(a alteration) ([]plan.Statement, error) {
	before, after := a.before.Table(a.table), a.after.Table(a.table)
	stand := standIn(a.before, before.Name)
	from, to := quoteIdent(before.Name, flavor.SQLite), quoteIdent(stand, flavor.SQLite)
	texts := []string{
		"CREATE TABLE " + sqliteTable(unqualified(after, before.Name), stand),
	}
	if columns := copied(before, after); len(columns) > 0 {
		texts = append(texts, "INSERT INTO "+to+" ("+quoteIdents(columns, flavor.SQLite)+") SELECT "+a.copies(columns)+" FROM "+from)
	}
	if before.counts() && after.counts() {
		texts = append(texts, keepSequence(before.Name, stand)...)
	}
	texts = append(texts,
		"DROP TABLE "+from,
		"PRAGMA legacy_alter_table = ON",
		"ALTER TABLE "+to+" RENAME TO "+from,
		"PRAGMA legacy_alter_table = OFF",
	)
	for _, x := range after.Indexes {
		texts = append(texts, sqliteIndex(before.Name, x))
	}
	for _, tr := range a.after.Triggers {
		if strings.EqualFold(tr.Table, before.Name) {
			texts = append(texts, tr.Text)
		}
	}
	texts = append(texts, viewProbes(a.after, before.Name)...)
	return withEffect(texts, a.effect), nil
}

// copies is what is copied into some columns.
func (a alteration) copies(columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		if parts[i] = a.values[c]; parts[i] == "" {
			parts[i] = quoteIdent(c, flavor.SQLite)
		}
	}
	return strings.Join(parts, ", ")
}

// standIn is a name for the new table that nothing else has.
func standIn(s *Schema, name string) string {
	stand := "manage_new_" + name
	for s.Table(stand) != nil {
		stand += "_"
	}
	return stand
}

// withEffect makes statements of texts; the last one has the effect, since
// only then the rebuild is done. A constraint without a name cannot be looked
// for.
func withEffect(texts []string, effect *plan.Effect) []plan.Statement {
	out := make([]plan.Statement, len(texts))
	for i, text := range texts {
		out[i].SQL, out[i].Together = text, true
	}
	if effect.Name != "" {
		out[len(out)-1].Effect = effect
	}
	return number(out)
}

// copied lists the columns that both tables have and that can be written.
func copied(before, after *Table) []string {
	var names []string
	for _, c := range after.Columns {
		old := before.column(c.Name, flavor.SQLite)
		if old != nil && !old.generated() && !c.generated() {
			names = append(names, old.Name)
		}
	}
	return names
}

// generated reports whether a SQLite column is computed.
func (c *Column) generated() bool {
	for _, text := range []string{c.Extra, c.Text} {
		tokens := lex(text)
		for i, t := range tokens {
			if strings.EqualFold(t.text, "AS") && i+1 < len(tokens) && tokens[i+1].text == "(" {
				return true
			}
		}
	}
	return false
}

// counts reports whether the table has an AUTOINCREMENT column.
func (t *Table) counts() bool {
	for _, c := range t.Columns {
		if c.Autoincrement {
			return true
		}
	}
	return false
}

// keepSequence carries the highest number that was ever given over to the new
// table, also where the rows that had it are gone.
func keepSequence(from, to string) []string {
	return []string{
		"DELETE FROM sqlite_sequence WHERE name = " + quoteText(to),
		"INSERT INTO sqlite_sequence (name, seq) SELECT " + quoteText(to) + ", seq FROM sqlite_sequence WHERE name = " + quoteText(from),
	}
}

// unqualified is the table with the definitions that name it before a dot
// freed of that, because while they are read the table has another name.
func unqualified(t *Table, name string) *Table {
	out := t.Clone()
	free := func(text string) string { return withoutQualifier(text, name) }
	for _, c := range out.Columns {
		c.Text, c.Extra = free(c.Text), free(c.Extra)
	}
	for _, c := range out.Checks {
		c.Text, c.Expr = free(c.Text), free(c.Expr)
	}
	return out
}

// withoutQualifier drops a table's name and the dot behind it from SQL text.
func withoutQualifier(text, table string) string {
	tokens := lex(text)
	var b strings.Builder
	at := 0
	for i := 0; i+1 < len(tokens); i++ {
		if strings.EqualFold(tokens[i].name, table) && tokens[i+1].text == "." {
			b.WriteString(text[at:tokens[i].start])
			at = tokens[i+1].end
		}
	}
	b.WriteString(text[at:])
	return b.String()
}

// viewsOn lists the views that name the table, directly or through another
// view.
func (s *Schema) viewsOn(table string) []View {
	names := []string{table}
	seen := map[string]bool{}
	var found []View
	for i := 0; i < len(names); i++ {
		for _, v := range s.Views {
			if !seen[v.Name] && mentions(v.Text, names[i]) {
				seen[v.Name] = true
				names = append(names, v.Name)
				found = append(found, v)
			}
		}
	}
	return found
}

// viewProbes reads from each view that names the table, so that a view which
// the change breaks fails the change and not the service later.
func viewProbes(s *Schema, table string) []string {
	var texts []string
	for _, v := range s.viewsOn(table) {
		texts = append(texts, "SELECT * FROM "+quoteIdent(v.Name, flavor.SQLite)+" LIMIT 0")
	}
	return texts
}

// Rebuilt lists the tables that SQLite statements of Render rebuild: their
// foreign keys, and those that lead to them, are to be checked after (see
// plan.Step.ForeignKeyCheck).
func Rebuilt(statements []plan.Statement) []string {
	var names []string
	for i, st := range statements {
		if st.SQL != "PRAGMA legacy_alter_table = OFF" || i == 0 {
			continue
		}
		tokens := lex(statements[i-1].SQL) // ALTER TABLE "…" RENAME TO "…"
		if len(tokens) == 6 {
			names = append(names, tokens[5].name)
		}
	}
	return names
}
