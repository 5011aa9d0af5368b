package phases

import (
	"maps"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/sqltext"
	"manage/schema"
)

// spoken are the objects that the words of plain SQL make. What its words do not
// tell is not among them.
type spoken struct {
	dialect flavor.Dialect
	objects map[object]saying
	// dropped are those that it drops, or portable operations do, at last.
	dropped map[object]bool
	// dark are the revisions with statements whose words tell too little.
	dark []string
}

// saying is an object as it is spelt, and the revision that makes it. portable is
// true for what an operation adds to a table, which plain SQL may have made.
type saying struct {
	revision, table, name string
	portable              bool
}

// spoken reads the plain SQL of the applied revisions, in their order, with what
// portable operations do to the same objects.
func (s *Service) spoken(applied revision.Set) *spoken {
	w := &spoken{dialect: s.DB.Flavor().Dialect, objects: map[object]saying{}, dropped: map[object]bool{}}
	for _, id := range applied.IDs() {
		r := s.Catalog.Revisions[id]
		if r == nil {
			continue
		}
		for _, c := range r.Up {
			if c.Serves(w.dialect) {
				w.operation(id, c.Op)
			}
		}
	}
	return w
}

// operation follows one operation.
func (w *spoken) operation(id string, op schema.Operation) {
	switch op := op.(type) {
	case *schema.SQL:
		for _, st := range op.Statements[w.dialect] {
			if !st.Data {
				w.statement(id, st.SQL)
			}
		}
	case *schema.CreateTable:
		delete(w.dropped, w.object(plan.KindTable, op.Name, ""))
	case *schema.AddColumn:
		w.add(id, plan.KindColumn, op.Table, op.Name)
	case *schema.AddIndex:
		w.add(id, plan.KindIndex, op.Table, op.Name)
	case *schema.AddUnique:
		w.add(id, plan.KindUnique, op.Table, op.Name)
	case *schema.AddForeignKey:
		w.add(id, plan.KindForeignKey, op.Table, op.Name)
	case *schema.AddCheck:
		w.add(id, plan.KindCheck, op.Table, op.Name)
	case *schema.DropTable:
		w.drop(plan.KindTable, op.Name, "")
	case *schema.RenameTable:
		w.renameTable(op.From, op.To)
	case *schema.DropColumn:
		w.drop(plan.KindColumn, op.Table, op.Name)
	case *schema.RenameColumn:
		w.rename(plan.KindColumn, op.Table, op.From, op.To)
	case *schema.DropIndex:
		w.drop(plan.KindIndex, op.Table, op.Name)
	case *schema.DropUnique:
		w.drop(plan.KindUnique, op.Table, op.Name)
	case *schema.DropForeignKey:
		w.drop(plan.KindForeignKey, op.Table, op.Name)
	case *schema.DropCheck:
		w.drop(plan.KindCheck, op.Table, op.Name)
	case *schema.DropTrigger:
		w.drop(plan.KindTrigger, op.Table, op.Name)
	case *schema.DropEnum:
		w.drop(plan.KindEnum, "", op.Name)
	}
}

// add notes what a portable operation adds to a table, if it has a name.
func (w *spoken) add(id string, kind plan.ObjectKind, table, name string) {
	if name != "" {
		w.objects[w.object(kind, table, name)] = saying{revision: id, table: table, name: name, portable: true}
		delete(w.dropped, w.object(kind, table, name))
	}
}

// statement follows one statement. One whose words tell too little may do
// anything to what it names.
func (w *spoken) statement(id, sql string) {
	m := sqltext.Classify(sql, w.dialect)
	if !m.Known {
		w.dark = append(w.dark, id)
		text := strings.ToLower(sql)
		maps.DeleteFunc(w.objects, func(o object, _ saying) bool {
			return hasWord(text, o.table) || o.name != "" && hasWord(text, o.name)
		})
	}
	for _, e := range m.Effects {
		kind, ok := kinds[e.Kind]
		if !ok {
			kind = plan.ObjectKind(e.Kind)
		}
		table, name := e.Table, e.Name
		if kind == plan.KindTable {
			table, name = e.Name, ""
		}
		switch e.Verb {
		case sqltext.Create:
			if m.Known && (name != "" || kind == plan.KindTable || kind == plan.KindPrimaryKey) {
				w.objects[w.object(kind, table, name)] = saying{revision: id, table: table, name: name}
				delete(w.dropped, w.object(kind, table, name))
			}
		case sqltext.Drop:
			w.drop(kind, table, name)
		case sqltext.Rename:
			if kind == plan.KindTable {
				w.renameTable(e.Name, e.NewName)
			} else {
				w.rename(kind, table, name, e.NewName)
			}
		}
	}
}

func (w *spoken) object(kind plan.ObjectKind, table, name string) object {
	return object{kind, strings.ToLower(table), strings.ToLower(name)}
}

// drop forgets an object: a table with its parts, an index whose table the
// statement does not say wherever it is, a constraint of whatever kind.
func (w *spoken) drop(kind plan.ObjectKind, table, name string) {
	gone := w.object(kind, table, name)
	w.dropped[gone] = true
	maps.DeleteFunc(w.objects, func(o object, _ saying) bool {
		switch {
		case kind == plan.KindTable:
			return o.table == gone.table
		case gone.table != "" && o.table != gone.table || o.name != gone.name:
			return false
		}
		return o.kind == kind || constraint(kind) && constraint(o.kind)
	})
}

// constraint reports whether an object of a kind can go as a constraint or as an
// index, as unique constraints do.
func constraint(kind plan.ObjectKind) bool {
	switch kind {
	case plan.KindConstraint, plan.KindUnique, plan.KindForeignKey, plan.KindCheck, plan.KindPrimaryKey, plan.KindIndex:
		return true
	}
	return false
}

// renameTable moves a table with its parts.
func (w *spoken) renameTable(from, to string) {
	moved := map[object]saying{}
	for o, said := range w.objects {
		if o.table == strings.ToLower(from) {
			o.table, said.table = strings.ToLower(to), to
		}
		moved[o] = said
	}
	w.objects = moved
}

// rename gives an object another name.
func (w *spoken) rename(kind plan.ObjectKind, table, from, to string) {
	for o, said := range w.objects {
		if o.kind == kind && (table == "" || o.table == strings.ToLower(table)) && o.name == strings.ToLower(from) {
			delete(w.objects, o)
			o.name, said.name = strings.ToLower(to), to
			w.objects[o] = said
		}
	}
}

// named is what the applied revisions name: the tables and types that portable
// operations make, and what the words of plain SQL do.
type named struct {
	tables  map[string]bool
	objects map[object]bool
}

// named lists it.
func (s *Service) named(applied revision.Set) (named, error) {
	n := named{tables: map[string]bool{}, objects: map[object]bool{}}
	state, err := s.Catalog.Fold(s.DB.Flavor(), true, applied)
	if err != nil {
		return n, err
	}
	for name := range state.Tables {
		n.tables[strings.ToLower(name)] = true
	}
	for name := range state.Enums {
		n.objects[object{plan.KindEnum, "", strings.ToLower(name)}] = true
	}
	for _, t := range state.Triggers {
		n.objects[object{plan.KindTrigger, strings.ToLower(t.Table), strings.ToLower(t.Name)}] = true
		n.objects[object{"function", "", strings.ToLower(t.Function)}] = true
	}
	for o := range s.spoken(applied).objects {
		n.objects[o] = true
		if o.kind == plan.KindTable {
			n.tables[o.table] = true
		}
	}
	return n, nil
}

// has reports whether an object is named, or a part of a table that is.
func (n named) has(o schema.Object) bool {
	switch {
	case o.Kind == plan.KindTrigger, o.Table == "":
		name, _, _ := strings.Cut(o.Name, "(") // a function has its arguments there
		return n.objects[object{o.Kind, strings.ToLower(o.Table), strings.ToLower(name)}]
	}
	return n.tables[strings.ToLower(o.Table)]
}
