package catalog

import (
	"fmt"
	"reflect"
	"slices"

	"manage/engine/flavor"
	"manage/schema"
)

// Operations are what makes the models from nothing on a dialect: the
// enumerations, then the tables in an order in which each comes after those
// that it refers to. Foreign keys of tables that refer to each other in a
// circle come last, on their own.
func (m *Models) Operations(d flavor.Dialect) []schema.Operation {
	var ops, keys []schema.Operation
	for i := range m.Enums {
		ops = append(ops, &m.Enums[i])
	}
	made := map[string]bool{}
	for rest := slices.Clone(m.Tables); len(rest) > 0; {
		// The first table that only refers to what is made already, or, in a
		// circle, the first.
		n := max(0, slices.IndexFunc(rest, func(t ModelTable) bool { return len(t.ahead(made, d)) == 0 }))
		table := rest[n]
		create := table.CreateTable
		if ahead := table.ahead(made, d); len(ahead) > 0 {
			create.ForeignKeys = slices.DeleteFunc(slices.Clone(create.ForeignKeys), func(f schema.TableForeignKey) bool { return table.isAhead(f, made, d) })
			keys = append(keys, ahead...)
		}
		made[create.Name] = true
		ops, rest = append(ops, &create), slices.Delete(rest, n, n+1)
	}
	return append(ops, keys...)
}

// isAhead reports whether a foreign key of the table refers to one that is not
// made yet.
func (t ModelTable) isAhead(f schema.TableForeignKey, made map[string]bool, d flavor.Dialect) bool {
	return flavor.Serves(f.Dialects, d) && f.RefTable != t.Name && !made[f.RefTable]
}

// ahead lists what adds the foreign keys that refer to tables not made yet.
func (t ModelTable) ahead(made map[string]bool, d flavor.Dialect) []schema.Operation {
	var ops []schema.Operation
	for _, f := range t.ForeignKeys {
		if t.isAhead(f, made, d) {
			ops = append(ops, &schema.AddForeignKey{Table: t.Name, ForeignKeyDef: f.ForeignKeyDef})
		}
	}
	return ops
}

// Schema is the newest schema on a server of flavor f. It fails if the models
// do not fit together, and says which table.
func (m *Models) Schema(f flavor.Flavor) (*schema.Schema, error) {
	s := schema.New(f)
	for _, op := range m.Operations(f.Dialect) {
		if err := op.Apply(s); err != nil {
			return nil, fmt.Errorf("%s: %w", modelsFile, err)
		}
	}
	return s, nil
}

// Changes are Operations as the changes of a revision that makes the newest
// schema, with a checksum of their meaning.
func (m *Models) Changes(d flavor.Dialect) (changes []Change, checksum string) {
	for _, op := range m.Operations(d) {
		changes = append(changes, Change{Op: op})
	}
	return changes, (&decoder{shapes: map[reflect.Type]*shape{}}).sum(changes)
}
