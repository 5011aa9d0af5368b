package phases

import (
	"context"
	"maps"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/schema"
)

// losing follows the operations of a command and notes what they take away that
// the live schema has: what the command makes itself has nothing in it yet.
type losing struct {
	*walk
	live *schema.Schema
	// back is true for a way back, where also what rows are set to is lost.
	back  bool
	made  map[string]bool // tables that the revision makes, or gives the name
	found []plan.Loss
}

// losses are what the steps of a command take away, those included that can be
// planned only later.
func (s *Service) losses(w work, live *schema.Schema) ([]plan.Loss, error) {
	l := &losing{walk: newWalk(flavor.Dialect(w.plan.Dialect)), live: live, back: w.back != nil}
	if w.back != nil {
		for _, way := range w.back {
			l.revision(way.id, way.changes, nil, false)
		}
		return l.found, nil
	}
	for i, step := range w.plan.Steps {
		changes, err := s.changesOf(step)
		if err != nil {
			return nil, err
		}
		l.revision(step.ID, changes, &w.plan.Steps[i], w.plan.Online)
	}
	for _, id := range w.later {
		if r := s.Catalog.Revisions[id]; r != nil {
			l.revision(id, r.Up, nil, w.plan.Online)
		}
	}
	return l.found, nil
}

// lossesNow are the losses of a work with their sizes.
func (s *Service) lossesNow(ctx context.Context, sess database.Session, w work) ([]plan.Loss, error) {
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return nil, err
	}
	losses, err := s.losses(w, live)
	if err != nil {
		return nil, err
	}
	return s.sized(ctx, losses, live)
}

// lossesOffline are those without a database: it has what the revisions made.
func (s *Service) lossesOffline(f flavor.Flavor, online bool, applied revision.Set, w work) ([]plan.Loss, error) {
	live, err := s.Catalog.Fold(f, online, applied)
	if err != nil {
		return nil, err
	}
	return s.losses(w, live)
}

// revision takes the changes of a revision in: of one that is planned, those
// that are still to be made.
func (l *losing) revision(id string, changes []catalog.Change, step *plan.Step, online bool) {
	l.step = id
	before, made := len(l.found), map[string]bool{}
	l.made = made
	for i, c := range changes {
		todo := step == nil && (l.back || c.RunsIn(online)) || step != nil && slices.ContainsFunc(step.Statements, func(st plan.Statement) bool { return st.Position.Operation == i })
		if todo && c.Serves(l.d) {
			l.change(c.Op)
		}
	}
	for i := range l.found[before:] {
		loss := &l.found[before+i]
		loss.Remade = loss.Kind == plan.LossTable && made[fold(loss.Table)]
	}
}

func (l *losing) add(loss plan.Loss) {
	loss.Step = l.step
	l.found = append(l.found, loss)
}

// change notes what an operation takes away, and goes on behind it.
func (l *losing) change(op schema.Operation) {
	switch op := op.(type) {
	case *schema.DropTable:
		l.dropTable(op.Name, false)
	case *schema.DropColumn:
		l.dropColumn(op.Table, op.Name, false)
	case *schema.DropEnumValue:
		if e := l.live.Enums[op.Name]; e != nil && slices.Contains(e.Values, op.Value) {
			l.add(plan.Loss{Kind: plan.LossEnumValue, Enum: op.Name, Value: op.Value})
		}
	case *schema.AlterColumn:
		l.narrow(op)
	case *schema.DeleteRows:
		where, _ := op.Where.For(l.d)
		l.rows(plan.Loss{Kind: plan.LossRows, Table: op.Table, Where: where})
	case *schema.UpdateRows:
		where, _ := op.Where.For(l.d)
		for _, column := range slices.Sorted(maps.Keys(op.Set)) {
			if l.back {
				l.rows(plan.Loss{Kind: plan.LossValues, Table: op.Table, Column: column, Where: where})
			}
		}
	case *schema.CreateTable:
		l.made[fold(op.Name)] = true
	case *schema.RenameTable:
		l.made[fold(op.To)] = true
	case *schema.SQL:
		for _, st := range op.Statements[l.d] {
			l.plain(st.SQL)
		}
	}
	l.walk.change(op)
}

// dropTable notes a table that goes. What plain SQL calls by a name that the
// schema does not have may stand in another one.
func (l *losing) dropTable(name string, plain bool) {
	live, there := l.table(name)
	if t := l.live.Table(live); there && (t != nil || plain) {
		l.add(plan.Loss{Kind: plan.LossTable, Table: live})
	}
}

func (l *losing) dropColumn(table, name string, plain bool) {
	live, column, there := l.column(table, name)
	if t := l.live.Table(live); there && (plain || t != nil && len(columnsIn(t, map[string]bool{fold(column): true})) > 0) {
		l.add(plan.Loss{Kind: plan.LossColumn, Table: live, Column: column})
	}
}

// rows notes rows of a table, or the values of one of their columns.
func (l *losing) rows(loss plan.Loss) {
	live, there := l.table(loss.Table)
	if loss.Table = live; there {
		l.add(loss)
	}
}

// narrow notes the values that an enumeration of a column itself loses, as
// MySQL and MariaDB have them.
func (l *losing) narrow(op *schema.AlterColumn) {
	live, column, there := l.column(op.Table, op.Name)
	t := l.live.Table(live)
	if !there || t == nil || !l.d.MySQLFamily() {
		return
	}
	for _, value := range schema.EnumValuesLost(t, column, op) {
		l.add(plan.Loss{Kind: plan.LossEnumValue, Table: live, Column: column, Value: value})
	}
}

// plain notes what a statement of plain SQL takes away, as far as its words
// tell.
func (l *losing) plain(sql string) {
	m := sqltext.Classify(sql, l.d)
	switch {
	case m.Verb == sqltext.Delete || m.Verb == sqltext.Truncate:
		if m.Table == "" {
			l.unknown(sql)
		} else {
			l.rows(plan.Loss{Kind: plan.LossRows, Table: m.Table, SQL: oneLine(sql)})
		}
	case !m.Known && !m.Data:
		l.unknown(sql)
	}
	for _, e := range m.Effects {
		switch {
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Create:
			l.made[fold(e.Name)] = true
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Rename:
			l.made[fold(e.NewName)] = true
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Drop:
			l.dropTable(e.Name, !e.Guarded)
		case e.Kind == sqltext.KindColumn && e.Verb == sqltext.Drop:
			l.dropColumn(e.Table, e.Name, !e.Guarded)
		}
	}
}

// unknown notes a statement of which nobody knows what it removes; on an empty
// database that is nothing.
func (l *losing) unknown(sql string) {
	if len(l.live.Tables) > 0 {
		l.add(plan.Loss{Kind: plan.LossUnknown, SQL: oneLine(sql)})
	}
}

// oneLine is the beginning of a statement, for a list.
func oneLine(sql string) string {
	text := strings.Join(strings.Fields(sql), " ")
	if r := []rune(text); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return text
}
