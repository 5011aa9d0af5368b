package schema

import (
	"context"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Unsound is an object that is there and does not do its work.
type Unsound struct {
	Kind        plan.ObjectKind
	Table, Name string
	// Is says what it is instead, such as "not valid", and Cure is a statement
	// that would repair it.
	Is, Cure string
}

// UnsoundObjects are those that a server tells of: indexes that PostgreSQL keeps
// and does not use, constraints that rows were not compared with, partitions
// that are half detached, constraints that MySQL does not enforce.
func UnsoundObjects(ctx context.Context, q Querier, f flavor.Flavor, name string) ([]Unsound, error) {
	i := &inspector{ctx: ctx, q: q, name: name, s: New(f)}
	switch {
	case f.Dialect == flavor.Postgres:
		return i.postgresUnsound()
	case f.Dialect == flavor.MySQL && f.AtLeast(8, 0, 16):
		return i.mysqlUnsound()
	}
	return nil, nil
}

func (i *inspector) postgresUnsound() ([]Unsound, error) {
	var kind, table, name string
	var partitioned bool
	var all []Unsound
	// to_jsonb reads a column that older releases do not have.
	err := i.each(`SELECT 'index', c.relname, ic.relname, ic.relkind = 'I'
		FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class ic ON ic.oid = x.indexrelid JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
			JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE NOT (x.indisvalid AND x.indisready AND x.indislive) AND n.nspname = `+i.here()+`
		UNION ALL SELECT CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'check' END, c.relname, k.conname, false
		FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE NOT k.convalidated AND k.contype IN ('f', 'c') AND n.nspname = `+i.here()+`
		UNION ALL SELECT 'partition', p.relname, c.relname, false
		FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
			JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
		WHERE to_jsonb(h) ->> 'inhdetachpending' = 'true' AND n.nspname = `+i.here()+` ORDER BY 1, 2, 3`,
		[]any{&kind, &table, &name, &partitioned}, func() error {
			u := Unsound{Kind: plan.ObjectKind(kind), Table: table, Name: name}
			u.explain(partitioned)
			all = append(all, u)
			return nil
		})
	return all, err
}

// explain says what an object of PostgreSQL is, and what repairs it.
func (u *Unsound) explain(partitioned bool) {
	table, name := quoteIdent(u.Table, flavor.Postgres), quoteIdent(u.Name, flavor.Postgres)
	switch {
	case u.Kind == "partition":
		u.Is, u.Cure = "half detached", "ALTER TABLE "+table+" DETACH PARTITION "+name+" FINALIZE"
	case u.Kind != plan.KindIndex:
		u.Is, u.Cure = "not validated", "ALTER TABLE "+table+" VALIDATE CONSTRAINT "+name
	case partitioned:
		u.Is, u.Cure = "not valid, as a partition lacks it", "ALTER INDEX "+name+" ATTACH PARTITION …"
	case concurrentCopy.MatchString(u.Name):
		u.Is, u.Cure = "not valid, and left by a REINDEX CONCURRENTLY", "DROP INDEX CONCURRENTLY "+name
	default:
		u.Is, u.Cure = "not valid, so that queries do not use it", "REINDEX INDEX CONCURRENTLY "+name
	}
}

func (i *inspector) mysqlUnsound() ([]Unsound, error) {
	var table, name string
	var all []Unsound
	err := i.each(`SELECT table_name, constraint_name FROM information_schema.table_constraints
		WHERE constraint_schema = `+i.here()+` AND constraint_type = 'CHECK' AND enforced = 'NO' ORDER BY 1, 2`, []any{&table, &name}, func() error {
		all = append(all, Unsound{Kind: plan.KindCheck, Table: table, Name: name, Is: "not enforced",
			Cure: "ALTER TABLE " + quoteIdent(table, flavor.MySQL) + " ALTER CHECK " + quoteIdent(name, flavor.MySQL) + " ENFORCED"})
		return nil
	})
	return all, err
}
