package schema

import (
	"context"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// OtherObjects lists what Others lists, as objects. The definition of a routine
// or event is a sum of its text, null where the account may not read that; the
// name of a PostgreSQL function has the types of its arguments.
func OtherObjects(ctx context.Context, q Querier, f flavor.Flavor, name string) ([]Object, error) {
	i := &inspector{ctx: ctx, q: q, name: name, s: New(f)}
	var queries []string
	switch {
	case f.Dialect == flavor.Postgres:
		queries = append(queries, `SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
			p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
			CASE WHEN p.prokind IN ('f', 'p') THEN md5(pg_catalog.pg_get_functiondef(p.oid)) END
			FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
			WHERE n.nspname = `+i.here()+` AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1, 2`)
		for _, query := range i.postgresOthers() {
			queries = append(queries, "SELECT o.*, NULL FROM ("+query+") o")
		}
	case f.Dialect.MySQLFamily():
		queries = append(queries, `SELECT LOWER(routine_type), routine_name, SHA2(routine_definition, 256) FROM information_schema.routines
			WHERE routine_schema = `+i.here()+` ORDER BY 1, 2`)
		for _, query := range i.mysqlOthers() {
			queries = append(queries, "SELECT o.*, NULL FROM ("+query+") o")
		}
	}
	var found []Object
	for _, query := range queries {
		var kind, object string
		var sum *string
		err := i.each(query, []any{&kind, &object, &sum}, func() error {
			o := Object{Kind: plan.ObjectKind(kind), Name: object, Definition: []byte("null")}
			if sum != nil {
				o.Definition = []byte(`"` + strings.ToLower(*sum) + `"`)
			}
			found = append(found, o)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
