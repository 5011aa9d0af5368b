package revision

import (
	"slices"
	"strings"
	"testing"
)

// glanceReleases is the list of the image service's catalog.
var glanceReleases = strings.Fields("liberty mitaka newton ocata pike queens rocky stein train ussuri victoria wallaby " +
	"xena yoga zed 2023_1 2023_2 2024_1 2024_2 2025_1 2025_2 2026_1 2026_2")

const glanceExpand = "ocata_expand01 pike_expand01 queens_expand01 rocky_expand01 rocky_expand02 train_expand01 ussuri_expand01 " +
	"wallaby_expand01 xena_expand01 yoga_expand01 zed_expand01 2023_1_expand01 2024_1_expand01"

// glance builds the image service's graph: 29 revisions, each contract
// revision depending on the expand revision of the same number, and the two
// data migrations that do something.
func glance(t testing.TB) *Graph {
	t.Helper()
	g, err := NewGraph(glanceParts())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func glanceParts() ([]Revision, []Migration, Options) {
	revs := []Revision{
		{ID: "liberty", Branch: Trunk, Release: "liberty"},
		{ID: "mitaka01", Parent: "liberty", Branch: Trunk, Release: "mitaka"},
		{ID: "mitaka02", Parent: "mitaka01", Branch: Trunk, Release: "mitaka"},
	}
	expand, contract := "mitaka02", "mitaka02"
	for id := range strings.FieldsSeq(glanceExpand) {
		other := strings.Replace(id, "expand", "contract", 1)
		revs = append(revs,
			Revision{ID: id, Parent: expand, Branch: Expand},
			Revision{ID: other, Parent: contract, Branch: Contract, DependsOn: []string{id}})
		expand, contract = id, other
	}
	migs := []Migration{
		{ID: "train_migrate01", DependsOn: []string{"train_expand01"}, Before: "train_contract01"},
		{ID: "ocata_migrate01", DependsOn: []string{"ocata_expand01"}, Before: "ocata_contract01"},
	}
	return revs, migs, Options{
		Releases: glanceReleases,
		Aliases: map[string]string{"ocata01": "ocata_contract01", "pike01": "pike_contract01", "liberty_initial": "liberty",
			"expand": "ocata_expand01", "contract": "ocata_contract01"},
		Legacy: map[string]string{"42": "liberty", "43": "mitaka01", "44": "mitaka02", "45": "ocata01"},
	}
}

func TestGlanceOrderOfApplication(t *testing.T) {
	g := glance(t)
	want := strings.Fields("liberty mitaka01 mitaka02 " + glanceExpand + " " + strings.ReplaceAll(glanceExpand, "expand", "contract"))
	var got []string
	for _, r := range g.Revisions() {
		got = append(got, r.ID)
	}
	equal(t, "order", got, want)
	equal(t, "All", g.All().IDs(), want)
	if len(got) != 29 {
		t.Errorf("%d revisions, want 29", len(got))
	}
	if h := g.Heads(); h != (Heads{"mitaka02", "2024_1_expand01", "2024_1_contract01"}) {
		t.Errorf("heads %+v", h)
	}
	if !g.Branched() {
		t.Error("not branched")
	}
	equal(t, "migrations", migrationIDs(g.Migrations()), []string{"ocata_migrate01", "train_migrate01"})
}

// The rows that the service's own tool stores, in every situation recorded.
func TestGlanceRows(t *testing.T) {
	g := glance(t)
	for _, c := range []struct{ applied, rows string }{
		{"", ""},
		{"liberty", "liberty"},
		{"mitaka01", "mitaka01"},
		{"mitaka02", "mitaka02"},
		{"2024_1_expand01", "2024_1_expand01"},
		{"2024_1_expand01 pike_contract01", "2024_1_expand01 pike_contract01"},
		{"2024_1_expand01 2023_1_contract01", "2023_1_contract01 2024_1_expand01"},
		{"2024_1_contract01", "2024_1_contract01"},
		{"rocky_contract02 2024_1_expand01", "2024_1_expand01 rocky_contract02"},
		{"ocata_expand01", "ocata_expand01"},
		{"ocata_contract01", "ocata_contract01"},
		{"ocata_contract01 pike_expand01", "ocata_contract01 pike_expand01"},
		{"pike_contract01", "pike_contract01"},
		{"ocata01", "ocata_contract01"},
		{"pike01", "pike_contract01"},
		{"ocata01 pike_expand01", "ocata_contract01 pike_expand01"},
		{"pike_contract01 pike_expand01", "pike_contract01"},
	} {
		applied, unknown := g.Applied(strings.Fields(c.applied))
		equal(t, c.applied, g.Rows(applied), strings.Fields(c.rows))
		equal(t, c.applied+" unknown", unknown, nil)
	}
}

func TestGlanceVersion(t *testing.T) {
	g := glance(t)
	for _, c := range []struct{ rows, version, release string }{
		{"", "", ""},
		{"liberty", "liberty", "liberty"},
		{"mitaka01", "mitaka01", "liberty"},
		{"mitaka02", "mitaka02", "mitaka"},
		{"ocata_expand01", "ocata_expand01", "mitaka"},
		{"ocata_contract01", "ocata_expand01, ocata_contract01", "ocata"},
		{"ocata01", "ocata_expand01, ocata_contract01", "ocata"},
		{"pike_expand01 ocata_contract01", "pike_expand01, ocata_contract01", "ocata"},
		{"rocky_expand02 rocky_contract01", "rocky_expand02, rocky_contract01", "queens"},
		{"rocky_contract02", "rocky_expand02, rocky_contract02", "rocky"},
		{"wallaby_contract01", "wallaby_expand01, wallaby_contract01", "wallaby"},
		{"2024_1_contract01", "2024_1_expand01, 2024_1_contract01", "2024_1"},
	} {
		applied, _ := g.Applied(strings.Fields(c.rows))
		v := g.Version(applied)
		if v.String() != c.version || v.Release != c.release {
			t.Errorf("%s: version %q, release %q; want %q, %q", c.rows, v, v.Release, c.version, c.release)
		}
	}
}

func TestGlanceStages(t *testing.T) {
	g := glance(t)
	for _, c := range []struct {
		rows  string
		due   bool
		stage Stage
		exit  int
	}{
		{"liberty", false, OnTrunk, 3},
		{"mitaka02", false, OnTrunk, 3},
		{"ocata_expand01", true, Expanding, 3},
		{"ocata_contract01", false, Behind, 3},
		{"ocata01", false, Behind, 3},
		{"2023_1_contract01", false, Behind, 3},
		{"rocky_contract01", false, Expanding, 3},
		{"rocky_contract02 2023_1_expand01", false, Expanding, 3},
		{"2024_1_expand01", true, Expanded, 4},
		{"2024_1_expand01", false, Migrated, 5},
		{"2024_1_expand01 pike_contract01", true, Expanded, 4},
		{"2024_1_expand01 pike_contract01", false, Migrated, 5},
		{"2024_1_expand01 rocky_contract01", true, Contracting, 4},
		{"2024_1_expand01 rocky_contract01", false, Contracting, 5},
		{"2024_1_contract01", false, Current, 0},
		{"2024_1_contract01 2027_1_expand01", false, Ahead, 6},
	} {
		rows := strings.Fields(c.rows)
		applied, unknown := g.Applied(rows)
		stage := g.Stage(Facts{Tables: true, Rows: rows, Applied: applied, Unknown: unknown, Due: c.due})
		if stage != c.stage || stage.CheckExit(c.due) != c.exit {
			t.Errorf("%s, due %v: %s (%d), want %s (%d)", c.rows, c.due, stage, stage.CheckExit(c.due), c.stage, c.exit)
		}
	}
	for tables, want := range map[bool]Stage{false: Empty, true: Unversioned} {
		if got := g.Stage(Facts{Tables: tables}); got != want || got.CheckExit(false) != 3 {
			t.Errorf("tables %v: %s, want %s", tables, got, want)
		}
	}
}

func TestGlanceStamp(t *testing.T) {
	g := glance(t)
	for _, c := range []struct{ before, word, after string }{
		{"", "liberty", "liberty"},
		{"", "heads", "2024_1_contract01"},
		{"", "expand", "ocata_expand01"},
		{"", "ocata01", "ocata_contract01"},
		{"2024_1_expand01", "2024_1_contract01", "2024_1_contract01"},
		{"ocata_contract01", "liberty", "liberty"},
		{"ocata_contract01", "ocata_expand01", "ocata_contract01"},
		{"2024_1_expand01 rocky_contract02", "base", ""},
		{"unheard_of", "base", ""},
		// Beyond the recorded ones.
		{"2024_1_expand01", "ocata_contract01", "2024_1_expand01 ocata_contract01"},
		{"2024_1_expand01 rocky_contract02", "train_expand01", "rocky_contract02 train_expand01"},
		{"2024_1_expand01 rocky_contract02", "rocky_expand02", "2024_1_expand01 rocky_contract02"},
		{"2024_1_contract01", "rocky_contract02", "2024_1_expand01 rocky_contract02"},
		{"2024_1_contract01", "rocky", "rocky_contract02"},
		{"2024_1_contract01", "stein", "rocky_contract02"},
		{"ocata_contract01", "mitaka02", "mitaka02"},
		{"ocata01", "ocata_expand01", "ocata_contract01"},
		{"unheard_of", "ocata", "ocata_contract01"},
		{"mitaka02", "45", "ocata_contract01"},
		{"mitaka02", "expand@head", "2024_1_expand01"},
		{"ocata_contract01", "+1", "ocata_contract01 pike_expand01"},
		{"pike_contract01", "-1", "ocata_contract01 pike_expand01"},
	} {
		after, err := g.Stamp(strings.Fields(c.before), c.word)
		if err != nil {
			t.Errorf("%s, stamp %s: %v", c.before, c.word, err)
		}
		equal(t, c.before+" stamp "+c.word, after, strings.Fields(c.after))
	}
	if _, err := g.Stamp([]string{"unheard_of"}, "ocata_expand01"); !as[*UnknownRows](err) {
		t.Errorf("a branch over unknown rows: %v", err)
	}
	if _, err := g.Stamp(nil, "unheard_of"); !as[*UnknownVersion](err) {
		t.Errorf("an unknown word: %v", err)
	}
}

func equal(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func migrationIDs(migs []Migration) []string {
	var ids []string
	for _, m := range migs {
		ids = append(ids, m.ID)
	}
	return ids
}

func revisionIDs(revs []Revision) []string {
	var ids []string
	for _, r := range revs {
		ids = append(ids, r.ID)
	}
	return ids
}
