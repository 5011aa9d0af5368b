package schema

import (
	"context"

	"manage/engine/flavor"
)

// Others lists the objects of a schema that are none of tables, their parts and
// views, such as "function f": routines, sequences that belong to no column,
// events, domains and other types. What an extension brings is left out. On
// SQLite there are none.
func Others(ctx context.Context, q Querier, f flavor.Flavor, name string) ([]string, error) {
	i := &inspector{ctx: ctx, q: q, name: name, s: New(f)}
	found, err := Routines(ctx, q, f, name)
	if err != nil {
		return nil, err
	}
	var queries []string
	switch {
	case f.Dialect == flavor.Postgres:
		queries = i.postgresOthers()
	case f.Dialect.MySQLFamily():
		queries = i.mysqlOthers()
	}
	for _, query := range queries {
		var kind, object string
		err := i.each(query, []any{&kind, &object}, func() error {
			found = append(found, kind+" "+object)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// mysqlOthers are the queries for MySQL and MariaDB. Only MariaDB has
// sequences; it lists them as tables of their own type.
func (i *inspector) mysqlOthers() []string {
	here := i.here()
	return []string{
		"SELECT 'event', event_name FROM information_schema.events WHERE event_schema = " + here + " ORDER BY 2",
		"SELECT 'sequence', table_name FROM information_schema.tables WHERE table_schema = " + here + " AND table_type = 'SEQUENCE' ORDER BY 2",
	}
}

func (i *inspector) postgresOthers() []string {
	of := func(catalog, oid string) string {
		return `n.nspname = ` + i.here() + ` AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
			WHERE d.classid = '` + catalog + `'::regclass AND d.objid = ` + oid + ` AND d.deptype = 'e') ORDER BY 1, 2`
	}
	return []string{
		`SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'type' END, c.relname
			FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('S', 'f', 'c') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend o
				WHERE o.classid = 'pg_catalog.pg_class'::regclass AND o.objid = c.oid AND o.deptype IN ('a', 'i')
					AND o.refclassid = 'pg_catalog.pg_class'::regclass) AND ` + of("pg_catalog.pg_class", "c.oid"),
		`SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'range type' END, t.typname
			FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
			WHERE t.typtype IN ('d', 'r') AND ` + of("pg_catalog.pg_type", "t.oid"),
	}
}
