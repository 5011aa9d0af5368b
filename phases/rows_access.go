package phases

import (
	"context"
	"fmt"
	"slices"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/quote"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/phases/rowaccess"
	"manage/schema"
)

// Before anything is changed, the tables whose rows a plan reads or changes are
// looked at: rows that the server hides would be lost, and rows of a table
// without transactions changed twice. Each part of a plan is looked at again when
// its turn comes, as tables may have been made before it.

// usesOf lists the tables whose rows some steps read or change, in their order.
func (s *Service) usesOf(steps []plan.Step) []rowaccess.Use {
	u := &rowUses{dialect: s.DB.Flavor().Dialect, engines: map[string]string{}, renamed: map[string]string{}, freed: map[string]bool{}}
	asked := map[plan.Phase]bool{}
	for _, step := range steps {
		if !asked[step.Phase] {
			asked[step.Phase] = true
			for _, g := range s.Catalog.Guards {
				if g.Phase == string(step.Phase) {
					u.text(guardName(g), g.Query)
				}
			}
		}
		for _, c := range step.Checks {
			if c.Skipped == "" {
				u.check(step.ID, c)
			}
		}
		for _, st := range step.Statements {
			for _, c := range st.Values {
				u.add([]rowaccess.Use{{Table: c.Table, By: step.ID}})
			}
			u.statement(step.ID, st.SQL)
		}
		if m := s.Catalog.Migrations[step.ID]; m != nil {
			u.migration(m)
		}
	}
	return u.all
}

// rowsTrusted refuses uses of rows that cannot be relied on, and records that
// cannot be.
func (s *Service) rowsTrusted(ctx context.Context, q database.Querier, books []string, uses []rowaccess.Use) error {
	for _, book := range books {
		uses = append(uses, rowaccess.Use{Table: book, Written: true, By: "the record of what is done"})
	}
	return rowaccess.Check(ctx, q, s.DB.Flavor().Dialect, uses)
}

// unlogged warns of tables that are empty after a crash of the server (PostgreSQL
// manual, CREATE TABLE, "UNLOGGED").
func (s *Service) unlogged(ctx context.Context, q database.Querier, uses []rowaccess.Use) []string {
	var names []string
	for _, u := range uses {
		if u.Written && u.Schema == "" && !slices.Contains(names, u.Table) {
			names = append(names, u.Table)
		}
	}
	if s.DB.Flavor().Dialect != flavor.Postgres || len(names) == 0 {
		return nil
	}
	found, err := queryStrings(ctx, q, "SELECT c.relname FROM pg_class c WHERE c.relpersistence = 'u' AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND c.relname IN ("+quote.Texts(names, flavor.Postgres)+") ORDER BY 1")
	if err != nil {
		return nil
	}
	var texts []string
	for _, name := range found {
		texts = append(texts, fmt.Sprintf("The table %s is unlogged: after a crash of the server it is empty, and what is recorded as moved is gone.", name))
	}
	return texts
}

// stepsOf are the steps of a piece of work, with those that can be planned only
// once it has run as far as they can be foreseen.
func (s *Service) stepsOf(w work) []plan.Step {
	steps := slices.Clone(w.plan.Steps)
	for _, id := range w.later {
		step := s.foreseen(id, w.plan.Online)
		step.ID = id
		steps = append(steps, step)
	}
	return steps
}

// rowUses collects uses, and what statements before them do to the tables.
type rowUses struct {
	dialect flavor.Dialect
	all     []rowaccess.Use
	engines map[string]string // the storage engines that tables are given, by their names in small letters
	renamed map[string]string // tables by their new names
	freed   map[string]bool   // tables that row-level security is taken off
}

// add notes uses, as the tables are by then.
func (u *rowUses) add(uses []rowaccess.Use) {
	for _, use := range uses {
		if use.Schema == "" {
			use.Engine, use.Freed = u.engines[fold(use.Table)], u.freed[fold(use.Table)]
			if old, ok := u.renamed[use.Table]; ok {
				use.Table = old
			}
		}
		u.all = append(u.all, use)
	}
}

// text adds what a query or condition reads.
func (u *rowUses) text(by string, t schema.Text) {
	if text, ok := t.For(u.dialect); ok {
		u.add(rowaccess.Of(by, text, u.dialect))
	}
}

// statement adds what a statement does to rows, and notes what it does to tables.
// TRUNCATE looks at no row, and can be done twice. What CREATE TRIGGER and the
// like say is not done now.
func (u *rowUses) statement(by, sql string) {
	m := sqltext.Classify(sql, u.dialect)
	makesTable := m.Verb == sqltext.Create && slices.ContainsFunc(m.Effects, func(e sqltext.Effect) bool { return e.Kind == sqltext.KindTable || e.Kind == "materialized view" })
	if m.Data && m.Verb != sqltext.Truncate || makesTable {
		u.add(rowaccess.Of(by, sql, u.dialect))
	}
	for _, e := range m.Effects {
		switch {
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Rename:
			u.rename(e.Name, e.NewName)
		case e.Kind == sqltext.KindTable:
			if engine := sqltext.Engine(sql, u.dialect); engine != "" {
				u.engines[fold(e.Name)] = engine
			}
			if sqltext.FreesRows(sql, u.dialect) {
				u.freed[fold(e.Name)] = true
			}
		}
	}
}

func (u *rowUses) rename(from, to string) {
	old := from
	if before, ok := u.renamed[from]; ok {
		old = before
	}
	u.renamed[to] = old
	u.engines[fold(to)], u.freed[fold(to)] = u.engines[fold(from)], u.freed[fold(from)]
}

// check adds what a comparison reads.
func (u *rowUses) check(step string, c plan.RowCheck) {
	by := "the comparison of rows before " + step
	u.add([]rowaccess.Use{{Table: c.Table, By: by}})
	for _, text := range []string{c.Where, c.Agrees} {
		u.add(rowaccess.Of(by, text, u.dialect))
	}
}

// migration adds what a data migration reads and changes, as far as its texts
// tell.
func (u *rowUses) migration(m *catalog.Migration) {
	u.text(pendingName(m), m.Pending)
	for _, st := range m.Steps {
		texts := append([]schema.Text{st.Where, st.Verify.Rule}, st.Statements...)
		changes := false
		for _, column := range st.SetOrder {
			_, serves := st.Set[column].For(u.dialect)
			changes = changes || serves
			texts = append(texts, st.Set[column])
		}
		for _, t := range st.Statements {
			_, serves := t.For(u.dialect)
			changes = changes || serves
		}
		if !changes {
			continue // it is for other servers
		}
		u.add([]rowaccess.Use{{Table: st.Table, Written: len(st.Set) > 0, By: m.ID}})
		for _, t := range texts {
			u.text(m.ID, t)
		}
	}
}

func guardName(g catalog.Guard) string { return "guard \"" + g.Name + "\"" }

func pendingName(m *catalog.Migration) string { return "the pending query of " + m.ID }
