package phases

import (
	"context"
	"strings"
	"testing"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/migrations/catalog"
)

// worn is a catalog that adds columns, by an operation and in plain SQL.
func worn(t testing.TB) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": `name = "worn"`,
		"versions/open01_rooms.toml": `
revision = "open01"
branch = "trunk"
message = "rooms"
[[up]]
create_table = { name = "rooms", columns = [ { name = "id", type = "integer", nullable = false }, { name = "name", type = "string(20)" } ], primary_key = ["id"] }`,
		"versions/art_expand01_size.toml": `
revision = "art_expand01"
revises = "open01"
branch = "expand"
message = "size"
[[up]]
add_column = { table = "rooms", name = "size", type = "integer", default = 1 }`,
		"versions/art_expand02_colour.sql": `-- revision: art_expand02
-- revises: art_expand01
-- branch: expand
-- message: colour
-- +up
ALTER TABLE rooms ADD COLUMN colour varchar(20);`,
	})
}

// wearOut changes a table in an instant until the server has had enough of it;
// it reports whether that came.
func wearOut(t *testing.T, s *Service) bool {
	t.Helper()
	sess, err := s.DB.Session(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	for range 150 {
		for _, change := range []string{"ADD COLUMN c INT", "DROP COLUMN c"} {
			_, err := sess.ExecContext(context.Background(), "ALTER TABLE rooms "+change+", ALGORITHM=INSTANT")
			if database.ClassOf(err) == database.NoSuchWay {
				return true
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return false
}

// A table that has had all the instant changes that MySQL allows it is changed
// in the next best way, while others write, and never by a copy.
func TestChangesAfterAllInstantOnes(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() || !db.Flavor.InstantDDL() {
			return
		}
		s := service(t, worn(t), db)
		must(t, s, "upgrade", "open01")
		db.Exec(t, "INSERT INTO rooms (id, name) VALUES (1, 'blue'), (2, 'red')")
		var sent []string
		s.Events = func(e any) {
			if done, ok := e.(run.StatementDone); ok && strings.HasPrefix(done.Statement.SQL, "ALTER TABLE") {
				sent = append(sent, done.Statement.SQL)
			}
		}
		limited := wearOut(t, s)
		if limited != (db.Dialect == flavor.MySQL) {
			t.Fatalf("%s: instant changes are limited: %v", db.Flavor, limited)
		}
		must(t, s, "expand", "")
		// The first change writes the table anew, and the next is instant again.
		if limited && (len(sent) != 2 || !strings.HasSuffix(sent[0], "ALGORITHM=INPLACE, LOCK=NONE") || !strings.HasSuffix(sent[1], "ALGORITHM=INSTANT, LOCK=DEFAULT")) {
			t.Errorf("sent %q", sent)
		}
		if got := strings.Join(db.Strings(t, "SELECT CONCAT_WS(' ', id, name, size, COALESCE(colour, '-')) FROM rooms ORDER BY id"), ", "); got != "1 blue 1 -, 2 red 1 -" {
			t.Errorf("the rooms are %s", got)
		}
	})
}
