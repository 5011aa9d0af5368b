package phases

import (
	"maps"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/schema"
)

// touch is what a step of a plan does to a table or a column that the live
// schema has, by the names that they have there.
type touch struct {
	step          string
	table, column string // column "" for the whole table, or its rows
	does          doing
	// nowTable and nowColumn are their names when the step comes to them.
	nowTable, nowColumn string
	// columns are those that an update sets; nil if that is not known.
	columns []string
	// op gives the column another type, whose values are unlike those of before
	// if unlike is true.
	op     *schema.AlterColumn
	unlike bool
}

// doing is what is done to a table, a column or rows, in words for people.
type doing string

const (
	removes doing = "removes"
	renames doing = "renames"
	inserts doing = "inserts into"
	updates doing = "updates"
	deletes doing = "deletes from"
	// retypes is said of a column; revalues of an enumeration, as if it were a
	// table, and of the columns that have it.
	retypes  doing = "changes the type of"
	revalues doing = "changes the values of"
)

// event is the event of triggers that it fires; "" for changes of the schema.
func (d doing) event() string {
	return map[doing]string{inserts: "insert", updates: "update", deletes: "delete"}[d]
}

// walk follows the operations of a plan from the live schema on, so that each
// is understood by the names that the live schema has.
type walk struct {
	d    flavor.Dialect
	step string
	// tables and columns give the live name for what the plan has renamed; ""
	// for what it made, or removed.
	tables  map[string]string
	columns map[string]map[string]string
	touched []touch
	// ordered are the objects that statements of the plan make, change or remove
	// by their names, as "kind name", and said the words of plain SQL of which
	// nobody knows what it does.
	ordered, said map[string]bool
	// again are the tables and columns that go and come back by their names.
	again map[string]bool
}

func newWalk(d flavor.Dialect) *walk {
	return &walk{d: d, tables: map[string]string{}, columns: map[string]map[string]string{}, ordered: map[string]bool{}, said: map[string]bool{}, again: map[string]bool{}}
}

// table is the live name of a table; false if the live schema does not have it.
func (w *walk) table(name string) (string, bool) {
	if live, moved := w.tables[fold(name)]; moved {
		return live, live != ""
	}
	return name, true
}

// column is the live names of a column and its table.
func (w *walk) column(table, name string) (string, string, bool) {
	live, there := w.table(table)
	if old, moved := w.columns[fold(live)][fold(name)]; moved && there {
		return live, old, old != ""
	}
	return live, name, there
}

func (w *walk) setColumn(table, name, live string) {
	if w.columns[fold(table)] == nil {
		w.columns[fold(table)] = map[string]string{}
	}
	w.columns[fold(table)][fold(name)] = live
}

func (w *walk) newTable(name string) {
	w.tables[fold(name)] = ""
	w.again[fold(name)] = true
}

func (w *walk) newColumn(table, name string) {
	if live, ok := w.table(table); ok {
		w.setColumn(live, name, "")
		w.again[fold(live)+"."+fold(name)] = true
	}
}

// order notes that a statement says what becomes of an object.
func (w *walk) order(kind, name string) { w.ordered[kind+" "+fold(name)] = true }

// orders notes what the effects of a statement say.
func (w *walk) orders(e *plan.Effect) {
	if e == nil {
		return
	}
	w.order(string(e.Kind), e.Name)
	for _, also := range e.Also {
		w.order(string(also.Kind), also.Name)
	}
}

// named reports whether the plan says what becomes of an object.
func (w *walk) named(d schema.Dependent) bool {
	kinds := orderedAs[d.Kind]
	if kinds == nil {
		kinds = []plan.ObjectKind{plan.ObjectKind(d.Kind)}
	}
	return w.said[fold(d.Name)] || slices.ContainsFunc(kinds, func(k plan.ObjectKind) bool { return w.ordered[string(k)+" "+fold(d.Name)] })
}

// orderedAs are the kinds under which statements name objects, where they have
// another word for them: a unique constraint is an index too.
var orderedAs = map[string][]plan.ObjectKind{
	"index":                {plan.KindIndex, plan.KindUnique, plan.KindConstraint},
	"unique constraint":    {plan.KindIndex, plan.KindUnique, plan.KindConstraint},
	"check constraint":     {plan.KindCheck, plan.KindConstraint},
	"exclusion constraint": {plan.KindConstraint},
	"foreign key":          {plan.KindForeignKey, plan.KindConstraint},
	"materialized view":    {plan.KindView, "materialized view"},
	"generated column":     {plan.KindColumn},
	"column":               {plan.KindColumn},
	"default":              {plan.KindColumn},
	"partition":            {plan.KindTable},
	"statistics object":    {"statistics"},
}

// gone notes that the plan removes a table or column, or gives it a new name.
func (w *walk) goneTable(name string, does doing) {
	if live, ok := w.table(name); ok {
		w.touched = append(w.touched, touch{step: w.step, table: live, does: does, nowTable: name})
	}
	w.tables[fold(name)] = ""
}

func (w *walk) goneColumn(table, name string, does doing) {
	if live, column, ok := w.column(table, name); ok {
		w.touched = append(w.touched, touch{step: w.step, table: live, column: column, does: does, nowTable: table, nowColumn: name})
		w.setColumn(live, name, "")
	}
}

func (w *walk) renameTable(from, to string) {
	live, ok := w.table(from)
	w.goneTable(from, renames)
	if ok {
		w.tables[fold(to)] = live
	}
}

func (w *walk) renameColumn(table, from, to string) {
	live, column, ok := w.column(table, from)
	w.goneColumn(table, from, renames)
	if ok {
		w.setColumn(live, to, column)
	}
}

// rows notes that the plan writes rows of a table.
func (w *walk) rows(table string, does doing, columns []string) {
	if live, ok := w.table(table); ok {
		w.touched = append(w.touched, touch{step: w.step, table: live, does: does, columns: columns})
	}
}

// change takes one operation in.
func (w *walk) change(op schema.Operation) {
	switch op := op.(type) {
	case *schema.CreateTable:
		w.newTable(op.Name)
	case *schema.AddColumn:
		w.newColumn(op.Table, op.Name)
	case *schema.DropTable:
		w.goneTable(op.Name, removes)
	case *schema.RenameTable:
		w.renameTable(op.From, op.To)
	case *schema.DropColumn:
		w.goneColumn(op.Table, op.Name, removes)
	case *schema.RenameColumn:
		w.renameColumn(op.Table, op.From, op.To)
	case *schema.AlterColumn:
		w.retypes(op)
	case *schema.DropEnumValue:
		w.dropsValue(op)
	case *schema.InsertRows:
		w.rows(op.Table, inserts, nil)
	case *schema.UpdateRows:
		w.rows(op.Table, updates, slices.Collect(maps.Keys(op.Set)))
	case *schema.DeleteRows:
		w.rows(op.Table, deletes, nil)
	case *schema.SQL:
		for _, st := range op.Statements[w.d] {
			w.plain(st.SQL)
		}
	}
}

// plain takes one statement of plain SQL in.
func (w *walk) plain(sql string) {
	m := sqltext.Classify(sql, w.d)
	if !m.Known && !m.Data {
		maps.Copy(w.said, names(sql))
	}
	switch m.Verb {
	case sqltext.Insert:
		w.rows(m.Table, inserts, nil)
	case sqltext.Update:
		w.rows(m.Table, updates, nil)
	case sqltext.Delete:
		w.rows(m.Table, deletes, nil)
	}
	for _, e := range m.Effects {
		w.order(string(e.Kind), e.Name)
		switch {
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Create:
			w.newTable(e.Name)
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Drop:
			w.goneTable(e.Name, removes)
		case e.Kind == sqltext.KindTable && e.Verb == sqltext.Rename:
			w.renameTable(e.Name, e.NewName)
		case e.Kind == sqltext.KindColumn && e.Verb == sqltext.Create:
			w.newColumn(e.Table, e.Name)
		case e.Kind == sqltext.KindColumn && e.Verb == sqltext.Drop:
			w.goneColumn(e.Table, e.Name, removes)
		case e.Kind == sqltext.KindColumn && e.Verb == sqltext.Rename:
			w.renameColumn(e.Table, e.Name, e.NewName)
		}
	}
}

// migration takes the steps of a data migration in. What a program or a hook
// does cannot be told.
func (w *walk) migration(m *catalog.Migration) {
	for _, st := range m.Steps {
		if len(st.Set) > 0 {
			w.rows(st.Table, updates, st.SetOrder)
		}
		for _, text := range st.Statements {
			if sql, ok := text.For(w.d); ok {
				w.plain(sql)
			}
		}
	}
}

// walkOf is what the statements of a plan do, on the live schema.
func (s *Service) walkOf(p plan.Plan) (*walk, error) {
	w := newWalk(flavor.Dialect(p.Dialect))
	for _, step := range p.Steps {
		w.step = step.ID
		if m := s.Catalog.Migrations[step.ID]; m != nil && step.Phase == plan.Migrate {
			w.migration(m)
			continue
		}
		changes, err := s.changesOf(step)
		if err != nil {
			return nil, err
		}
		for i, c := range changes {
			if slices.ContainsFunc(step.Statements, func(st plan.Statement) bool { return st.Position.Operation == i }) {
				w.change(c.Op)
			}
		}
		for _, st := range step.Statements {
			w.orders(st.Effect)
		}
	}
	return w, nil
}

// changesOf are the changes whose statements a step holds.
func (s *Service) changesOf(step plan.Step) ([]catalog.Change, error) {
	r := s.Catalog.Revisions[step.ID]
	switch {
	case r == nil || !moves(step.Phase):
		return nil, nil
	case step.Direction == plan.Up:
		return r.Up, nil
	}
	return s.changesBack(step.ID, s.positionOf(step.Rows).Applied)
}

// same reports whether two names of tables or columns are of one: PostgreSQL
// tells capitals from small letters.
func (w *walk) same(a, b string) bool {
	return a == b || w.d != flavor.Postgres && strings.EqualFold(a, b)
}

// removesTable reports whether the plan removes a table.
func (w *walk) removesTable(name string) bool {
	return slices.ContainsFunc(w.touched, func(t touch) bool { return t.column == "" && t.does == removes && w.same(t.table, name) })
}

// concerned are the tables that the plan touches.
func (w *walk) concerned() []string {
	var tables []string
	for _, t := range w.touched {
		tables = append(tables, t.table)
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}
