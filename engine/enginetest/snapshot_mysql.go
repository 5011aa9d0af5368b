package enginetest

import (
	"database/sql"
	"fmt"
	"strings"
)

// snapMySQL describes a MySQL or MariaDB database.
func snapMySQL(db *sql.DB, s *Snapshot) error {
	s.Backend = "mariadb"
	if err := db.QueryRow("SELECT version()").Scan(&s.ServerVersion); err != nil {
		return err
	}
	t := map[string]*SnapTable{}
	for _, step := range []func(*sql.DB, map[string]*SnapTable) error{mysqlTables, mysqlColumns, mysqlIndexes, mysqlForeignKeys} {
		if err := step(db, t); err != nil {
			return err
		}
	}
	if err := mysqlChecks(db, t, strings.Contains(s.ServerVersion, "MariaDB")); err != nil {
		return err
	}
	for name, table := range t {
		s.Tables[name] = *table
	}
	err := eachRow(db, `SELECT trigger_name n, event_manipulation ev, event_object_table t, action_timing tm, action_statement b
		FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY trigger_name`, func(r row) {
		s.Triggers = append(s.Triggers, SnapTrigger{r["n"], r["ev"], r["t"], r["tm"], plain(r["b"])})
	})
	if err != nil {
		return err
	}
	return eachRow(db, `SELECT table_name n, view_definition b FROM information_schema.views
		WHERE table_schema = DATABASE() ORDER BY table_name`, func(r row) {
		s.Views = append(s.Views, SnapView{r["n"], plain(r["b"])})
	})
}

func mysqlTables(db *sql.DB, t map[string]*SnapTable) error {
	return eachRow(db, `SELECT table_name n, engine e, table_collation co, table_comment cm FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`, func(r row) {
		t[r["n"]] = &SnapTable{Options: map[string]string{"engine": r["e"], "collation": r["co"], "comment": r["cm"]}}
	})
}

func mysqlColumns(db *sql.DB, t map[string]*SnapTable) error {
	return eachRow(db, `SELECT table_name t, column_name n, column_type ty, is_nullable nu, column_default d, extra x, collation_name co, column_comment cm
		FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`, func(r row) {
		if table := t[r["t"]]; table != nil {
			table.Columns = append(table.Columns, SnapColumn{
				Name: r["n"], Type: r["ty"], Nullable: r.bool("nu"), Default: r.optional("d"), Extra: r["x"],
				Autoincrement: strings.Contains(r["x"], "auto_increment"), Collation: r.optional("co"), Comment: r["cm"],
			})
		}
	})
}

func mysqlIndexes(db *sql.DB, t map[string]*SnapTable) error {
	return eachRow(db, `SELECT table_name t, index_name n, non_unique nu, column_name c, sub_part sp, index_type it
		FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`, func(r row) {
		table, column := t[r["t"]], r["c"]
		if length := r["sp"]; length != "" {
			column = fmt.Sprintf("%s(%s)", column, length)
		}
		if r["n"] == "PRIMARY" {
			if table.PrimaryKey == nil {
				table.PrimaryKey = &SnapKey{Name: r.optional("n")}
			}
			table.PrimaryKey.Columns = append(table.PrimaryKey.Columns, column)
			return
		}
		last := len(table.Indexes) - 1
		if last < 0 || table.Indexes[last].Name != r["n"] {
			table.Indexes = append(table.Indexes, SnapIndex{Name: r["n"], Unique: r["nu"] == "0", Type: r["it"]})
			last++
		}
		table.Indexes[last].Columns = append(table.Indexes[last].Columns, column)
	})
}

func mysqlForeignKeys(db *sql.DB, t map[string]*SnapTable) error {
	return eachRow(db, `SELECT k.table_name t, k.constraint_name n, k.column_name c, k.referenced_table_name rt, k.referenced_column_name rc,
			r.delete_rule dr, r.update_rule ur
		FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
			ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
		WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
		ORDER BY k.table_name, k.constraint_name, k.ordinal_position`, func(r row) {
		table := t[r["t"]]
		last := len(table.ForeignKeys) - 1
		if last < 0 || nameOf(table.ForeignKeys[last].Name) != r["n"] {
			table.ForeignKeys = append(table.ForeignKeys, SnapForeignKey{
				Name: r.optional("n"), RefTable: r["rt"], OnDelete: r["dr"], OnUpdate: r["ur"]})
			last++
		}
		fk := &table.ForeignKeys[last]
		fk.Columns, fk.RefColumns = append(fk.Columns, r["c"]), append(fk.RefColumns, r["rc"])
	})
}

// mysqlChecks reads the check constraints. MySQL keeps neither the table nor
// the level in check_constraints.
func mysqlChecks(db *sql.DB, t map[string]*SnapTable, mariadb bool) error {
	query := `SELECT table_name t, constraint_name n, check_clause cc, LOWER(level) lv
		FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()`
	if !mariadb {
		query = `SELECT tc.table_name t, c.constraint_name n, c.check_clause cc
			FROM information_schema.check_constraints c JOIN information_schema.table_constraints tc
				ON tc.constraint_schema = c.constraint_schema AND tc.constraint_name = c.constraint_name
			WHERE c.constraint_schema = DATABASE()`
	}
	err := eachRow(db, query, func(r row) {
		table := t[r["t"]]
		table.Checks = append(table.Checks, SnapCheck{r.optional("n"), r["cc"], r["lv"]})
	})
	for _, table := range t {
		sortByName(table.Checks, func(c SnapCheck) string { return nameOf(c.Name) + "\x00" + c.Expression })
	}
	return err
}
