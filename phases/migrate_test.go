package phases

import (
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/revision"
)

// What `migrate` runs is what its word asks for: a data migration by its name,
// or those that an expand revision, a contract revision or a release needs.
func TestMigrateByName(t *testing.T) {
	for word, want := range map[string]string{
		"austin_migrate01":  "austin_migrate01",
		"bexar_migrate01":   "bexar_migrate01",
		"austin_expand01":   "austin_migrate01",
		"austin_contract01": "austin_migrate01",
		"austin":            "austin_migrate01",
		"bexar_m":           "bexar_migrate01",
		"":                  "austin_migrate01 bexar_migrate01",
	} {
		t.Run("migrate "+word, func(t *testing.T) {
			db := enginetest.New(t, "sqlite")
			s := service(t, inn(t), db)
			must(t, s, "upgrade", "open01")
			db.Exec(t, no(db, oldGuest))
			db.Exec(t, "INSERT INTO rooms (name, guest_id) VALUES ('12', 1)")
			must(t, s, "upgrade", "expand@head")
			at(t, s, revision.Expanded, "bexar_expand02")
			var got []string
			for _, m := range must(t, s, "migrate", word).Migrated {
				got = append(got, m.ID)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("ran %q, want %q", got, want)
			}
		})
	}
}
