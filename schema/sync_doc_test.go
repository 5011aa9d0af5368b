package schema

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// TestSyncReference: the example of the reference does what it says there.
func TestSyncReference(t *testing.T) {
	page, err := os.ReadFile("../docs/reference/catalog-format.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "**Two columns kept equal**")
	_, text, _ = strings.Cut(text, "```toml\n")
	text, _, _ = strings.Cut(text, "```\n")
	table := `
[[up]]
create_enum = { name = "image_visibility", values = ["private", "public", "shared", "community"] }
[[up]]
[up.create_table]
name = "images"
columns = [
  { name = "id", type = "integer", nullable = false },
  { name = "is_public", type = "boolean", nullable = false, default = false },
]
primary_key = ["id"]
[[up]]
add_column = { table = "images", name = "visibility", type = "enum(private, public, shared, community)", type_name = "image_visibility" }
`
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		live := New(db.Flavor)
		execute(t, db, fold(t, live, forDialect(parse(t, table), db.Dialect)))
		if len(parse(t, text)) != 1 {
			t.Fatalf("the reference has no such example:\n%s", text)
		}
		made := fold(t, inspected(t, db), forDialect(parse(t, text), db.Dialect))
		if diff := cmp.Diff(fold(t, live, forDialect(parse(t, text), db.Dialect)), made); diff != "" {
			t.Errorf("from the catalog and from the server (-catalog +server):\n%s", diff)
		}
		execute(t, db, made)
		s := &syncing{db: db}
		no, yes := "0", "1"
		if db.Dialect == flavor.Postgres {
			no, yes = "false", "true"
		}
		for _, c := range []struct{ statement, want string }{
			{"INSERT INTO images (id, is_public) VALUES (1, " + yes + "), (2, " + no + ")", "yes public, no shared"},
			{"INSERT INTO images (id) VALUES (3)", "yes public, no shared, no shared"},
			{"INSERT INTO images (id, visibility) VALUES (4, 'public'), (5, 'private')", "yes public, no shared, no shared, yes public, no private"},
			{"UPDATE images SET visibility = 'community' WHERE id = 2", "yes public, no community, no shared, yes public, no private"},
			{"UPDATE images SET is_public = " + yes + " WHERE id < 4", "yes public, yes public, yes public, yes public, no private"},
			{"UPDATE images SET is_public = " + yes + ", visibility = 'shared' WHERE id = 5", "refused"},
			{"INSERT INTO images (id, is_public, visibility) VALUES (6, " + yes + ", 'private')", "refused"},
		} {
			err := s.exec(c.statement)
			switch {
			case c.want == "refused":
				if err == nil || !strings.Contains(err.Error(), "is_public and visibility disagree") {
					t.Errorf("%s: %v, want a refusal", c.statement, err)
				}
				continue
			case err != nil:
				t.Fatalf("%s: %v", c.statement, err)
			}
			got := strings.NewReplacer("\n", ", ", "true", "yes", "false", "no", "1 ", "yes ", "0 ", "no ").Replace(strings.TrimSpace(contents(t, db, "SELECT is_public, visibility FROM images ORDER BY id")))
			if got != c.want {
				t.Errorf("%s: got %q, want %q", c.statement, got, c.want)
			}
		}
	})
}
