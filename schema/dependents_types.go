package schema

import (
	"context"
	"slices"

	"manage/engine/flavor"
)

// This file is about what depends on types, on PostgreSQL.

// Retypes reports whether an operation changes the type of a column as a schema
// has it, and whether the values are unlike those of before, so that an
// expression for the one is none for the other.
func (s *Schema) Retypes(table, column string, op *AlterColumn) (changes, unlike bool) {
	t := s.Table(table)
	if t == nil {
		return false, false
	}
	c := t.column(column, s.Flavor.Dialect)
	if c == nil {
		return false, false
	}
	to := c.clone()
	if op.undo != nil {
		to.Type = op.undo.was.Type
	} else if _, err := op.setType(s, to); err != nil {
		return false, false
	}
	a, b := typeClass(c.Type), typeClass(to.Type)
	return c.Type != to.Type, a != b || a == ""
}

// TableColumn is a column and its table.
type TableColumn struct{ Table, Column string }

// ColumnsOf are the columns of a type.
func (s *Schema) ColumnsOf(typ string) []TableColumn {
	var all []TableColumn
	for _, name := range s.TableNames() {
		for _, c := range s.Tables[name].Columns {
			if c.Type == typ {
				all = append(all, TableColumn{name, c.Name})
			}
		}
	}
	return all
}

// TypeDependents are the objects of PostgreSQL that depend on an enumeration,
// and not by way of a column of the schema that has it: columns of other
// schemas, and of arrays of it, domains, composite types, functions, casts. They
// hold it as it is.
func TypeDependents(ctx context.Context, q Querier, live *Schema, name, enum string) ([]Dependent, error) {
	i := &inspector{ctx: ctx, q: q, name: name, s: live}
	d := Dependent{Table: enum, Held: true}
	var nsp string
	var all []Dependent
	err := i.each(`WITH kinds AS (SELECT y.oid FROM pg_catalog.pg_type y JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace
				WHERE n.nspname = `+i.here()+` AND (y.typname = `+quoteLiteral(enum, flavor.Postgres)+` OR y.oid = (SELECT e.typarray FROM pg_catalog.pg_type e
					WHERE e.typname = `+quoteLiteral(enum, flavor.Postgres)+` AND e.typnamespace = y.typnamespace)))
		SELECT kind, name, rel, coalesce(nullif(nsp, `+i.here()+`), '') FROM (
			SELECT 'column' AS kind, a.attname AS name, c.relname AS rel, n.nspname AS nsp, a.atttypid AS type FROM pg_catalog.pg_attribute a
				JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
				WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'c')
			UNION ALL SELECT CASE prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, proname, '', n.nspname, unnest(proargtypes::oid[] || prorettype || coalesce(proallargtypes, '{}'))
				FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
			UNION ALL SELECT 'domain', typname, '', n.nspname, typbasetype FROM pg_catalog.pg_type y JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace WHERE typtype = 'd'
			UNION ALL SELECT 'cast', format_type(castsource, NULL) || ' to ' || format_type(casttarget, NULL), '', `+i.here()+`, unnest(ARRAY[castsource, casttarget]) FROM pg_catalog.pg_cast
		) x WHERE type IN (SELECT oid FROM kinds) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3`, []any{&d.Kind, &d.Name, &d.On, &nsp}, func() error {
		add := d
		add.qualify(nsp)
		if add.Kind == "column" && nsp == "" && slices.Contains(live.ColumnsOf(enum), TableColumn{add.On, add.Name}) {
			return nil
		}
		all = append(all, add)
		return nil
	})
	return all, err
}

// postgresPartitioning reads by which columns some tables are partitioned, of
// which PostgreSQL changes neither the type nor takes any away.
func (i *inspector) postgresPartitioning(tables []string) ([]Dependent, error) {
	d := Dependent{Kind: "partitioning", Held: true}
	var all []Dependent
	err := i.each(`SELECT c.relname, a.attname, 'by ' || pg_get_partkeydef(c.oid)
		FROM pg_catalog.pg_partitioned_table p JOIN pg_catalog.pg_class c ON c.oid = p.partrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_catalog.pg_depend k ON k.classid = 'pg_class'::regclass AND k.objid = c.oid AND k.objsubid > 0 AND k.refclassid = 'pg_class'::regclass AND k.refobjid = c.oid AND k.deptype = 'i'
			JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.objsubid
		WHERE n.nspname = `+i.here()+` AND c.relname IN (`+i.literals(tables)+`) GROUP BY 1, 2, 3 ORDER BY 1, 2`, []any{&d.Table, &d.Column, &d.Name}, func() error {
		add := d
		add.On = d.Table
		all = append(all, add)
		return nil
	})
	return all, err
}

// markComputed marks the indexes that are computed of the columns on which they
// depend.
func (i *inspector) markComputed(all []Dependent) {
	for n, d := range all {
		t := i.s.Table(d.On)
		if d.Kind != "index" || t == nil || t.index(d.Name, i.s.Flavor.Dialect) == nil {
			continue
		}
		x := t.index(d.Name, i.s.Flavor.Dialect)
		all[n].Computed = mentions(x.Where, d.Column) || slices.ContainsFunc(x.Columns, func(c IndexColumn) bool { return mentions(c.Expr, d.Column) })
	}
}
