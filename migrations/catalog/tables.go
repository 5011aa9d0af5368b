package catalog

import (
	"manage/engine/sqltext"
	"manage/schema"
)

// Tables are the names of all tables that any revision makes, also those that
// a later one drops. Of plain SQL they are those that its words tell.
func (c *Catalog) Tables() map[string]bool {
	tables := map[string]bool{}
	for _, r := range c.Revisions {
		for _, change := range r.Up {
			switch op := change.Op.(type) {
			case *schema.CreateTable:
				tables[op.Name] = true
			case *schema.RenameTable:
				tables[op.To] = true
			case *schema.SQL:
				tablesOfSQL(op, tables)
			}
		}
	}
	return tables
}

// tablesOfSQL adds the tables that statements make or rename.
func tablesOfSQL(op *schema.SQL, tables map[string]bool) {
	for dialect, statements := range op.Statements {
		for _, statement := range statements {
			for _, e := range sqltext.Classify(statement.SQL, dialect).Effects {
				switch {
				case e.Kind == sqltext.KindTable && e.Verb == sqltext.Create:
					tables[e.Name] = true
				case e.Kind == sqltext.KindTable && e.Verb == sqltext.Rename:
					tables[e.NewName] = true
				}
			}
		}
	}
}
