package phases

import (
	"errors"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/run"
)

// Stamp is the way out of a revision that nobody can go on with: who has looked
// records where the database stands, and nothing is half applied any more.
func TestStampEndsHalfAppliedRevision(t *testing.T) {
	c := inn(t)
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, c, db)
		must(t, s, "sync", "open01")
		db.Exec(t, "INSERT INTO manage_journal (catalog, id, revision, phase, direction, checksum, total, done, sent_operation, sent_part, confirmed, who, started, error)"+
			" SELECT catalog, id + 1, 'austin_expand01', 'expand', 'up', 'another file', 2, 1, 1, 0, 0, who, started, '' FROM manage_journal WHERE revision = 'open01'")
		var changed *run.Changed
		if _, err := command(s, "sync", ""); !errors.As(err, &changed) || changed.Step != "austin_expand01" {
			t.Fatalf("error %v", err)
		}
		must(t, s, "stamp", "open01")
		if got := must(t, s, "sync", "").After.Rows; len(got) != 1 || got[0] != "bexar_contract02" {
			t.Errorf("version rows %v", got)
		}
		// With nothing half applied, recording the same again writes nothing.
		before := db.Strings(t, "SELECT count(*) FROM manage_journal")
		must(t, s, "stamp", "bexar_contract02")
		if after := db.Strings(t, "SELECT count(*) FROM manage_journal"); after[0] != before[0] {
			t.Errorf("%s rows in the journal, %s before", after[0], before[0])
		}
	})
}
