package phases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/enginetest/golden"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/migrations/catalog"
	"manage/schema"
)

// plainTables are on all servers before each statement of appraised.
var plainTables = []string{
	"CREATE TABLE floors (id int NOT NULL PRIMARY KEY)",
	"CREATE TABLE rooms (id int NOT NULL PRIMARY KEY, name varchar(20), floor int, size int NOT NULL DEFAULT 1, CONSTRAINT ck_floor CHECK (floor IS NOT NULL))",
	"CREATE INDEX ix_floor ON rooms (floor)",
}

// appraised are scripts of plain SQL, each sent while the service runs.
func appraised(d flavor.Dialect) [][]string {
	if d == flavor.Postgres {
		return append(appraisedPostgres(), [][]string{
			{"VACUUM rooms"}, {"VACUUM FULL rooms"}, {"VACUUM (FULL, ANALYZE) rooms"}, {"VACUUM (FULL false) rooms"},
			{"CLUSTER rooms USING ix_floor"}, {"REINDEX TABLE rooms"}, {"REINDEX TABLE CONCURRENTLY rooms"},
			{"CREATE TABLE made (id int)", "CREATE INDEX ix_made ON made (id)", "ALTER TABLE made ALTER id TYPE text"},
			{"CREATE VIEW v AS SELECT 1"},
		}...)
	}
	return [][]string{
		{"CREATE INDEX ix_name ON rooms (name)"}, {"DROP INDEX ix_floor ON rooms"}, {"CREATE FULLTEXT INDEX ft ON rooms (name)"},
		{"ALTER TABLE rooms ADD COLUMN note varchar(5), ADD INDEX ix_note (note)"}, {"ALTER TABLE rooms MODIFY name varchar(30)"},
		{"ALTER TABLE rooms MODIFY name int"}, {"ALTER TABLE rooms CHANGE COLUMN `size` size bigint NOT NULL DEFAULT 1"}, {"ALTER TABLE rooms MODIFY COLUMN size integer NOT NULL DEFAULT 2"},
		{"ALTER TABLE rooms CHANGE name label varchar(20)"}, {"ALTER TABLE `rooms` DROP COLUMN size"},
		{"ALTER TABLE rooms ADD CONSTRAINT fk FOREIGN KEY (floor) REFERENCES floors (id)"}, {"ALTER TABLE rooms ADD CHECK (size > 0)"},
		{"ALTER TABLE rooms RENAME TO chambers"}, {"ALTER TABLE rooms ADD COLUMN a int, ALGORITHM=COPY"},
		{"CREATE INDEX ix_name ON rooms (name) LOCK=SHARED"}, {"ALTER TABLE rooms ADD COLUMN b int PARTITION BY HASH(id)"},
		{"ALTER TABLE rooms ADD COLUMN a int -- why"}, {"ALTER TABLE rooms /*!50000 ADD COLUMN a int */"}, {"ALTER TABLE rooms ENGINE=InnoDB"},
		{"CREATE TABLE made (id int)", "ALTER TABLE made MODIFY id varchar(9)", "CREATE INDEX ix_made ON made (id)"},
	}
}

func appraisedPostgres() [][]string {
	return [][]string{
		{"CREATE INDEX ix_name ON rooms (name)"}, {"CREATE UNIQUE INDEX CONCURRENTLY ix_name ON rooms (name)"}, {"DROP INDEX ix_floor"},
		{"ALTER TABLE rooms ADD CONSTRAINT fk FOREIGN KEY (floor) REFERENCES floors (id)"},
		{"ALTER TABLE rooms ADD CONSTRAINT fk FOREIGN KEY (floor) REFERENCES floors (id) NOT VALID", "ALTER TABLE rooms VALIDATE CONSTRAINT fk"},
		{"ALTER TABLE rooms ADD CHECK (size > 0)"}, {"ALTER TABLE rooms ADD CONSTRAINT uq UNIQUE (name)"},
		{"CREATE UNIQUE INDEX CONCURRENTLY uq ON rooms (name)", "ALTER TABLE rooms ADD CONSTRAINT uq UNIQUE USING INDEX uq"},
		{"ALTER TABLE rooms ALTER COLUMN size TYPE bigint"}, {"ALTER TABLE rooms ALTER name TYPE varchar(30)"}, {"ALTER TABLE rooms ALTER name SET DATA TYPE VARCHAR(10)"},
		{"ALTER TABLE rooms ALTER COLUMN name SET NOT NULL"}, {"ALTER TABLE rooms ALTER COLUMN floor SET NOT NULL"},
		{"ALTER TABLE rooms ADD CONSTRAINT ck CHECK (name IS NOT NULL) NOT VALID", "ALTER TABLE rooms VALIDATE CONSTRAINT ck", "ALTER TABLE rooms ALTER name SET NOT NULL"},
		{"ALTER TABLE rooms ADD COLUMN a int DEFAULT 1, DROP COLUMN size"}, {"ALTER TABLE rooms ADD COLUMN a uuid DEFAULT gen_random_uuid()"},
		{"ALTER TABLE rooms ADD COLUMN a int UNIQUE"}, {"ALTER TABLE rooms SET (fillfactor = 70)"}, {"ALTER TABLE rooms SET (fillfactor = 70), ALTER name TYPE int USING 1"},
	}
}

// appraiseAll is a script as it is sent while the service runs.
func appraiseAll(s *schema.Schema, script []string, blocking bool) []plan.Statement {
	p := &planner{state: s, online: true, allowed: blocking}
	var out []plan.Statement
	for _, sql := range script {
		out = append(out, p.annotate(plan.Statement{SQL: sql}, catalog.Change{Op: &schema.SQL{}}))
	}
	return out
}

// TestPlainSQLOnline holds what is said of plain SQL against a file, and sends
// what is not refused: the server takes it, or says that it cannot do it in
// that way.
func TestPlainSQLOnline(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // nothing to choose
		}
		var b strings.Builder
		for _, script := range appraised(db.Dialect) {
			db := enginetest.New(t, db.Dialect)
			for _, sql := range plainTables {
				db.Exec(t, sql)
			}
			opened := service(t, house(t), db).DB
			sess, err := opened.Session(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer sess.Close()
			one := db.Flavor
			one.Galera = false // what is said of a single server
			live, err := schema.Inspect(context.Background(), sess, one, opened.Schema())
			if err != nil {
				t.Fatal(err)
			}
			for _, st := range appraiseAll(live, script, false) {
				fmt.Fprintf(&b, "%s;\n   -- %s, rewrites %v, blocks %s%s\n", st.SQL, orNull(st.Lock), st.Rewrites, orNull(st.Blocks), refusedFor(st))
				for _, other := range st.Fallbacks {
					fmt.Fprintf(&b, "   -- else %s\n", other)
				}
				if st.Instead == "" {
					fmt.Fprintf(&b, "%s", outcome(t, sess, st))
				}
			}
		}
		golden.File(t, "testdata/plain-"+string(db.Dialect)+".sql", b.String())
	})
}

// outcome sends a statement, and says if the server has no such way.
func outcome(t *testing.T, sess database.Session, st plan.Statement) string {
	_, err := sess.ExecContext(context.Background(), st.SQL)
	for _, other := range st.Fallbacks {
		if database.ClassOf(err) == database.NoSuchWay {
			_, err = sess.ExecContext(context.Background(), other)
		}
	}
	var refused *database.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &refused) && refused.Class == database.NoSuchWay:
		return "   -- the server refuses it\n"
	}
	t.Errorf("%s: %v", st.SQL, err)
	return ""
}

func orNull(text string) string {
	if text == "" {
		return "null"
	}
	return text
}

func refusedFor(st plan.Statement) string {
	if st.Instead == "" {
		return ""
	}
	return ", refused: " + st.Instead
}

// Where it may block, the server chooses in the end: the last that it is asked
// is the statement as it is written.
func TestPlainSQLThatMayBlock(t *testing.T) {
	for _, d := range []flavor.Dialect{flavor.MySQL, flavor.MariaDB} {
		s := schema.New(flavor.Default(d))
		for _, sql := range []string{"ALTER TABLE rooms MODIFY name int", "CREATE INDEX ix ON rooms (name)"} {
			st := appraiseAll(s, []string{sql}, true)[0]
			if st.SQL == sql || st.Instead != "" || len(st.Fallbacks) == 0 || st.Fallbacks[len(st.Fallbacks)-1] != sql {
				t.Errorf("%s: %+v", d, st)
			}
		}
		foreign := "ALTER TABLE rooms ADD FOREIGN KEY (floor) REFERENCES floors (id)"
		if st := appraiseAll(s, []string{foreign}, true)[0]; st.SQL != foreign || st.Instead != "" || st.Blocks != plan.BlocksWriters {
			t.Errorf("%s: %+v", d, st)
		}
	}
}
