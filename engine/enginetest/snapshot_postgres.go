package enginetest

import (
	"database/sql"
	"strings"

	"github.com/lib/pq"
)

// snapPostgres describes the current schema of a PostgreSQL database.
func snapPostgres(db *sql.DB, s *Snapshot) error {
	s.Backend = "postgresql"
	if err := db.QueryRow("SHOW server_version").Scan(&s.ServerVersion); err != nil {
		return err
	}
	s.ServerVersion, _, _ = strings.Cut(s.ServerVersion, " ")
	t := map[string]*SnapTable{}
	for _, step := range []func(*sql.DB, map[string]*SnapTable) error{postgresColumns, postgresIndexes, postgresConstraints} {
		if err := step(db, t); err != nil {
			return err
		}
	}
	for name, table := range t {
		s.Tables[name] = *table
	}
	if err := postgresTriggers(db, s); err != nil {
		return err
	}
	return postgresRest(db, s)
}

// here is the current schema, as a condition on a column.
const here = " = current_schema()::regnamespace "

func postgresColumns(db *sql.DB, t map[string]*SnapTable) error {
	return eachRow(db, `SELECT c.relname t, a.attname n, format_type(a.atttypid, a.atttypmod) ty, NOT a.attnotnull nu,
			pg_get_expr(d.adbin, d.adrelid) d,
			pg_get_serial_sequence(quote_ident(current_schema()) || '.' || quote_ident(c.relname), a.attname) ser
		FROM pg_class c
			LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
		WHERE c.relkind = 'r' AND c.relnamespace `+here+` ORDER BY c.relname, a.attnum`, func(r row) {
		table := t[r["t"]]
		if table == nil {
			table = &SnapTable{}
			t[r["t"]] = table
		}
		if _, ok := r["n"]; !ok {
			return // a table without columns
		}
		_, serial := r["ser"]
		table.Columns = append(table.Columns, SnapColumn{
			Name: r["n"], Type: r["ty"], Nullable: r.bool("nu"), Default: r.optional("d"), Autoincrement: serial})
	})
}

func postgresIndexes(db *sql.DB, t map[string]*SnapTable) error {
	return eachRow(db, `SELECT c.relname t, i.relname n, x.indisunique u, x.indisprimary p, upper(am.amname) am,
			(SELECT array_agg(pg_get_indexdef(x.indexrelid, k, true) ORDER BY k) FROM generate_series(1, x.indnkeyatts) k) cols,
			pg_get_expr(x.indpred, x.indrelid) w
		FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid JOIN pg_am am ON am.oid = i.relam
		WHERE c.relkind = 'r' AND c.relnamespace `+here+` ORDER BY c.relname, i.relname`, func(r row) {
		table := t[r["t"]]
		if r.bool("p") {
			table.PrimaryKey = &SnapKey{r.optional("n"), array(r["cols"])}
			return
		}
		table.Indexes = append(table.Indexes, SnapIndex{r["n"], array(r["cols"]), r.bool("u"), r["am"], r["w"]})
	})
}

// actions are the letters of pg_constraint.confdeltype and confupdtype.
var actions = map[string]string{"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

func postgresConstraints(db *sql.DB, t map[string]*SnapTable) error {
	return eachRow(db, `SELECT c.relname t, con.conname n, con.contype ct, con.confdeltype dt, con.confupdtype ut,
			pg_get_constraintdef(con.oid) d, rc.relname rt,
			(SELECT array_agg(a.attname ORDER BY o) FROM unnest(con.conkey) WITH ORDINALITY k(num, o)
				JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.num) cols,
			(SELECT array_agg(a.attname ORDER BY o) FROM unnest(con.confkey) WITH ORDINALITY k(num, o)
				JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.num) rcols
		FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid LEFT JOIN pg_class rc ON rc.oid = con.confrelid
		WHERE c.relkind = 'r' AND c.relnamespace `+here+` ORDER BY c.relname, con.conname`, func(r row) {
		table, name := t[r["t"]], r.optional("n")
		switch r["ct"] {
		case "f":
			table.ForeignKeys = append(table.ForeignKeys, SnapForeignKey{
				name, array(r["cols"]), r["rt"], array(r["rcols"]), actions[r["dt"]], actions[r["ut"]]})
		case "c":
			table.Checks = append(table.Checks, SnapCheck{Name: name, Expression: r["d"]})
		case "u":
			table.UniqueConstraints = append(table.UniqueConstraints, SnapKey{name, array(r["cols"])})
		}
	})
}

// postgresTriggers reads the triggers; pg_trigger.tgtype is a bit set
// (PostgreSQL source, catalog/pg_trigger.h).
func postgresTriggers(db *sql.DB, s *Snapshot) error {
	return eachRow(db, `SELECT t.tgname n, c.relname t, p.prosrc b,
			CASE WHEN t.tgtype & 2 > 0 THEN 'BEFORE' WHEN t.tgtype & 64 > 0 THEN 'INSTEAD OF' ELSE 'AFTER' END tm,
			concat_ws(' OR ', CASE WHEN t.tgtype & 4 > 0 THEN 'INSERT' END, CASE WHEN t.tgtype & 8 > 0 THEN 'DELETE' END,
				CASE WHEN t.tgtype & 16 > 0 THEN 'UPDATE' END, CASE WHEN t.tgtype & 32 > 0 THEN 'TRUNCATE' END) ev
		FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
		WHERE NOT t.tgisinternal AND c.relnamespace `+here+` ORDER BY t.tgname`, func(r row) {
		s.Triggers = append(s.Triggers, SnapTrigger{r["n"], r["ev"], r["t"], r["tm"], plain(r["b"])})
	})
}

// postgresRest reads enumerations, sequences and views.
func postgresRest(db *sql.DB, s *Snapshot) error {
	err := eachRow(db, `SELECT t.typname n, array_agg(e.enumlabel ORDER BY e.enumsortorder) v
		FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace `+here+` GROUP BY t.typname ORDER BY 1`, func(r row) {
		s.Types = append(s.Types, SnapType{r["n"], array(r["v"])})
	})
	if err != nil {
		return err
	}
	err = eachRow(db, `SELECT c.relname n, (SELECT d.refobjid::regclass::text || '.' || a.attname
			FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
			WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') LIMIT 1) o
		FROM pg_class c WHERE relkind = 'S' AND relnamespace `+here+` ORDER BY 1`, func(r row) {
		s.Sequences = append(s.Sequences, SnapSequence{r["n"], r.optional("o")})
	})
	if err != nil {
		return err
	}
	return eachRow(db, `SELECT viewname n, definition b FROM pg_views WHERE schemaname = current_schema() ORDER BY 1`, func(r row) {
		s.Views = append(s.Views, SnapView{r["n"], plain(r["b"])})
	})
}

// array is a PostgreSQL array of text.
func array(text string) []string {
	var out pq.StringArray
	if err := out.Scan(text); err != nil {
		return []string{text}
	}
	return out
}
