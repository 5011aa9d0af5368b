package backfill

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/schema"
)

func TestWhole(t *testing.T) {
	m := &catalog.Migration{Steps: []catalog.MigrationStep{
		{
			Table: "images", Where: schema.Text{All: "visibility IS NULL"},
			SetOrder: []string{"visibility", "order"},
			Set: map[string]schema.Text{
				"visibility": {By: map[string]string{"other": "'private'", "postgres": "CAST('private' AS v)"}},
				"order":      {By: map[string]string{"mysql": "1"}},
			},
		},
		{Table: "images", Statements: []schema.Text{
			{All: "INSERT INTO owners SELECT id FROM images WHERE {range}"},
			{By: map[string]string{"postgres": "SELECT 1"}},
		}},
	}}
	for d, want := range map[flavor.Dialect][]string{
		flavor.SQLite: {`UPDATE "images" SET "visibility" = 'private' WHERE visibility IS NULL`,
			"INSERT INTO owners SELECT id FROM images WHERE (1 = 1)"},
		flavor.Postgres: {`UPDATE "images" SET "visibility" = CAST('private' AS v) WHERE visibility IS NULL`,
			"INSERT INTO owners SELECT id FROM images WHERE (1 = 1)", "SELECT 1"},
		flavor.MariaDB: {"UPDATE `images` SET `visibility` = 'private', `order` = 1 WHERE visibility IS NULL",
			"INSERT INTO owners SELECT id FROM images WHERE (1 = 1)"},
	} {
		if diff := cmp.Diff(want, Whole(m, d)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d, diff)
		}
	}
	if got := Whole(&catalog.Migration{Program: []string{"./x"}}, flavor.SQLite); len(got) != 0 {
		t.Errorf("a program has the statements %q", got)
	}
}
