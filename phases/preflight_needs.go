package phases

import (
	"cmp"
	"regexp"
	"slices"

	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/sqltext"
	"manage/phases/backfill"
	"manage/phases/rowaccess"
)

// needs is what a command asks of the server and the user.
type needs struct {
	dialect flavor.Dialect
	flavor  flavor.Flavor
	rights  []right
	// books are the tables of manage's own that are written to. They are made
	// if they are not there.
	books []string
	// code is true if triggers or functions are made, or dropped in a way that
	// the server trusts as little.
	code bool
	// fresh are the tables that are made, which have no rows and no triggers.
	fresh []string
	// keyless are those of them that have no primary key.
	keyless []string
	// uses are the tables whose rows are read or changed.
	uses []rowaccess.Use
	// copied are the tables of which a copy is made, or an index.
	copied []string
}

// right is what a statement asks for, in MySQL's words, and the table or other
// object on which; "" for the database, or where the statement does not say.
type right struct{ word, object string }

// needsOf reads them off the statements of a plan, of the data migrations in
// it, and of the revisions that can be planned only once it has run.
func (s *Service) needsOf(w work) needs {
	n := needs{dialect: s.DB.Flavor().Dialect, flavor: s.DB.Flavor(), books: []string{ledger.JournalTable, ledger.LeaseTable, s.Catalog.VersionTable}}
	for _, step := range w.plan.Steps {
		n.step(step)
		s.moving(&n, step.ID)
	}
	for _, id := range w.later {
		n.step(s.foreseen(id, w.plan.Online))
		s.moving(&n, id)
	}
	n.uses = s.usesOf(s.stepsOf(w))
	for _, u := range n.uses {
		if u.Schema == "" && !u.Common && !slices.Contains(n.fresh, u.Table) {
			n.add(u.Table, "SELECT")
		}
	}
	order := func(a, b right) int { return cmp.Or(cmp.Compare(a.object, b.object), cmp.Compare(a.word, b.word)) }
	slices.SortFunc(n.rights, order)
	slices.Sort(n.copied)
	n.rights = slices.Compact(n.rights)
	n.copied = slices.DeleteFunc(slices.Compact(n.copied), func(table string) bool { return slices.Contains(n.fresh, table) })
	return n
}

// moving adds what a data migration asks for, if id is one. What a program or a
// Go function does is not known.
func (s *Service) moving(n *needs, id string) {
	m := s.Catalog.Migrations[id]
	if m == nil {
		return
	}
	n.books = append(n.books, ledger.BackfillTable)
	for _, sql := range backfill.Whole(m, n.dialect) {
		n.statement(sql)
	}
}

// foreseen is a revision's step as far as it can be planned without the schema
// that it will find: on the one that the catalog makes, or, where plain SQL is
// in the way of that, its own plain SQL only.
func (s *Service) foreseen(id string, online bool) plan.Step {
	r := s.Catalog.Revisions[id]
	if r == nil {
		return plan.Step{}
	}
	before := s.Catalog.Graph.Closure(id)
	before = s.Catalog.Graph.Closure(slices.DeleteFunc(before.IDs(), func(other string) bool { return other == id })...)
	if state, err := s.Catalog.Fold(s.DB.Flavor(), online, before); err == nil {
		pl := &planner{catalog: s.Catalog, state: state, online: online, applied: before, offline: true, allowed: true}
		if step, err := pl.up(id, resume{}); err == nil {
			return step
		}
	}
	step := plan.Step{ID: id, Phase: plan.Phase(cmp.Or(r.Branch, revision.Trunk))}
	v := verifying{Service: s}
	for _, sql := range v.scripts(id) {
		step.Statements = append(step.Statements, plan.Statement{SQL: sql})
	}
	return step
}

// step adds what the statements of a step ask for.
func (n *needs) step(step plan.Step) {
	for _, st := range step.Statements {
		n.statement(st.SQL)
		if e := st.Effect; e != nil && (st.Rewrites || e.Present && slices.Contains(indexed, e.Kind)) {
			n.copied = append(n.copied, e.Table)
		}
	}
	n.copied = append(n.copied, step.ForeignKeyCheck...)
}

// indexed are the kinds of objects for which an index is built.
var indexed = []plan.ObjectKind{plan.KindIndex, plan.KindUnique, plan.KindPrimaryKey}

func (n *needs) add(object string, words ...string) {
	for _, w := range words {
		n.rights = append(n.rights, right{w, object})
	}
}

// parents finds the tables that foreign keys lead to.
var parents = regexp.MustCompile("(?i)\\bREFERENCES\\s+(?:[`\"]?\\w+[`\"]?\\.)?[`\"]?(\\w+)")

// hasKey finds a primary key in a statement that makes a table, or what may
// bring one along.
var hasKey = regexp.MustCompile(`(?i)\bPRIMARY\s+KEY\b|\bLIKE\b|\bSELECT\b`)

// statement adds what a statement asks for, as far as its words tell.
func (n *needs) statement(sql string) {
	m := sqltext.Classify(sql, n.dialect)
	switch {
	case m.Session:
		return
	case m.Data && m.Table == "":
	case m.Verb == sqltext.Insert:
		n.add(m.Table, "INSERT")
	case m.Verb == sqltext.Update:
		n.add(m.Table, "SELECT", "UPDATE")
	case m.Verb == sqltext.Delete:
		n.add(m.Table, "DELETE", "SELECT")
	case m.Verb == sqltext.Truncate && n.dialect.MySQLFamily():
		n.add(m.Table, "DROP")
	}
	for _, e := range m.Effects {
		n.effect(m.Verb, e)
	}
	if len(m.Effects) == 1 && m.Effects[0].Kind == sqltext.KindTable && m.Verb == sqltext.Create && !hasKey.MatchString(sql) {
		n.keyless = append(n.keyless, m.Effects[0].Name)
	}
	if len(m.Effects) > 0 && n.dialect != flavor.MariaDB { // MariaDB asks for no right to refer to a table
		for _, found := range parents.FindAllStringSubmatch(sql, -1) {
			n.add(found[1], "REFERENCES")
		}
	}
}

// effect adds what one clause of a statement asks for.
func (n *needs) effect(verb sqltext.Verb, e sqltext.Effect) {
	switch e.Kind {
	case sqltext.KindTable:
		n.table(e)
	case sqltext.KindIndex:
		word := "INDEX"
		if verb == sqltext.Alter && e.Table != "" {
			word = "ALTER"
		}
		n.add(cmp.Or(e.Table, e.Name), word)
	case sqltext.KindTrigger:
		n.trigger(e)
	case sqltext.KindView:
		n.made(e, "CREATE VIEW", "DROP")
	case "function", "procedure":
		n.code = n.code || e.Kind == "function" && e.Verb == sqltext.Create
		n.made(e, "CREATE ROUTINE", "ALTER ROUTINE")
	case "event":
		n.add("", "EVENT")
	case sqltext.KindType, sqltext.KindEnum, sqltext.KindEnumValue, "sequence", "domain":
		if e.Kind == sqltext.KindEnumValue {
			e.Name, e.Verb = e.Table, sqltext.Alter
		}
		n.made(e, "CREATE", "ALTER")
	default:
		if e.Table != "" {
			n.add(e.Table, "ALTER")
		}
	}
}

// trigger adds what a statement about a trigger asks for. Since release 8 MySQL
// lets everybody drop one who has the right to it, whatever its log is.
func (n *needs) trigger(e sqltext.Effect) {
	if e.Verb == sqltext.Create || n.dialect == flavor.MariaDB || !n.flavor.AtLeast(8, 0, 0) {
		n.code = true
	}
	if e.Verb != sqltext.Create && e.Guarded && slices.Contains(n.fresh, e.Table) {
		return
	}
	n.add(e.Table, "TRIGGER")
	if e.Verb != sqltext.Create && !n.dialect.MySQLFamily() {
		n.add(e.Table, "ALTER")
	}
}

// table adds what a statement about a whole table asks for.
func (n *needs) table(e sqltext.Effect) {
	switch e.Verb {
	case sqltext.Create:
		n.fresh = append(n.fresh, e.Name)
		n.add(e.Name, "CREATE")
	case sqltext.Drop:
		n.add(e.Name, "DROP")
	case sqltext.Rename:
		n.add(e.Name, "ALTER", "DROP")
		n.add(e.NewName, "CREATE", "INSERT")
	default:
		n.add(e.Name, "ALTER")
	}
}

// made adds the right to make an object of the schema, and that to another one
// of the name if it may have to go for that.
func (n *needs) made(e sqltext.Effect, create, change string) {
	if e.Verb == sqltext.Create {
		n.add(e.Name, create)
	}
	if e.Verb != sqltext.Create || e.Guarded && !n.dialect.MySQLFamily() {
		n.add(e.Name, change)
	}
}

// objects are those on which one of the rights is needed.
func (n needs) objects(words ...string) []string {
	var names []string
	for _, r := range n.rights {
		if slices.Contains(words, r.word) && r.object != "" && !slices.Contains(names, r.object) {
			names = append(names, r.object)
		}
	}
	return names
}
