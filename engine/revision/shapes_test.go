package revision

import (
	"strings"
	"testing"
)

// watcherIDs is the decision service's whole history: one line of hashes.
const watcherIDs = "001 0f6042416884 d098df6021e2 d09a5945e4a0 3cfc94cecf4e a86240e89a29 52804f2498c4 " +
	"4b16194c56bc 609bec748f2a 15f7375ca737 7150a7d8f228 f56ba02662b4"

func TestLinearCatalog(t *testing.T) {
	g := trunkOnly(t, strings.Fields(watcherIDs)...)
	if g.Branched() {
		t.Error("branched")
	}
	if h := g.Heads(); h != (Heads{Trunk: "f56ba02662b4"}) {
		t.Errorf("heads %+v", h)
	}
	for i, id := range strings.Fields(watcherIDs) {
		applied, _ := g.Applied([]string{id})
		equal(t, "rows", g.Rows(applied), []string{id})
		if applied.Len() != i+1 || g.Version(applied) != (Version{Trunk: id}) {
			t.Errorf("%s: %d applied, version %+v", id, applied.Len(), g.Version(applied))
		}
		want := OnTrunk
		if i == 11 {
			want = Current
		}
		if got := g.Stage(Facts{Tables: true, Rows: []string{id}, Applied: applied}); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	next, err := g.Target("+1", Scope{Applied: g.Closure("15f7375ca737")})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "+1", revisionIDs(g.Pending(g.Closure("15f7375ca737"), next.Set)), []string{"7150a7d8f228"})
	rows, err := g.Stamp([]string{"f56ba02662b4"}, "d09a")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "stamp", rows, []string{"d09a5945e4a0"})
}

// The identity service's contract revisions depend on nothing: two rows are
// stored at completion, and contract may run ahead of expand.
func TestBranchesWithoutDependencies(t *testing.T) {
	revs := []Revision{{ID: "27e647c0fad4", Branch: Trunk}}
	for branch, ids := range map[Branch]string{
		Expand:   "29e87d24a316 b4f8b3f584e0 11c3b243b4cb 47147121 e8725d6fa226 742c857f1dfb",
		Contract: "e25ffa003242 99de3849d860 c88cdce8f248",
	} {
		parent := "27e647c0fad4"
		for id := range strings.FieldsSeq(ids) {
			revs = append(revs, Revision{ID: id, Parent: parent, Branch: branch})
			parent = id
		}
	}
	g, err := NewGraph(revs, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "rows at completion", g.Rows(g.All()), []string{"742c857f1dfb", "c88cdce8f248"})
	for _, c := range []struct {
		rows, version string
		stage         Stage
	}{
		{"27e647c0fad4", "27e647c0fad4", OnTrunk},
		{"742c857f1dfb", "742c857f1dfb", Migrated},
		{"47147121", "47147121", Expanding},
		{"e25ffa003242", "e25ffa003242", Expanding},
		{"742c857f1dfb 99de3849d860", "742c857f1dfb, 99de3849d860", Contracting},
		{"742c857f1dfb c88cdce8f248", "742c857f1dfb, c88cdce8f248", Current},
	} {
		rows := strings.Fields(c.rows)
		applied, unknown := g.Applied(rows)
		equal(t, "rows", g.Rows(applied), rows)
		equal(t, "unknown", unknown, nil)
		if v := g.Version(applied).String(); v != c.version {
			t.Errorf("%s: version %q", c.rows, v)
		}
		if got := g.Stage(Facts{Tables: true, Rows: rows, Applied: applied}); got != c.stage {
			t.Errorf("%s: %s, want %s", c.rows, got, c.stage)
		}
	}
	// Default contract waits for expand although no edge says so.
	target, err := g.Target("", Scope{Branch: Contract})
	if err != nil || !target.Set.Has("742c857f1dfb") {
		t.Errorf("contract's target lacks the expand head: %v, %v", target.IDs, err)
	}
}

// shape builds a catalog of releases from words such as "a:e2c1" (release a
// with two expand and one contract revisions, each contract revision depending
// on its release's last expand revision), behind one trunk revision.
func shape(t testing.TB, migs []Migration, words ...string) *Graph {
	t.Helper()
	revs := []Revision{{ID: "root", Branch: Trunk}}
	parents := map[Branch]string{Expand: "root", Contract: "root"}
	add := func(release string, branch Branch, n int) {
		r := Revision{ID: release + "_" + string(branch) + "0" + string(rune('0'+n)), Parent: parents[branch]}
		if branch == Contract && parents[Expand] != "root" {
			r.DependsOn = []string{parents[Expand]}
		}
		parents[branch] = r.ID
		revs = append(revs, r)
	}
	for _, word := range words {
		release, parts, _ := strings.Cut(word, ":")
		for i := 0; i < len(parts); i += 2 {
			branch := map[byte]Branch{'e': Expand, 'c': Contract}[parts[i]]
			for n := 1; n <= int(parts[i+1]-'0'); n++ {
				add(release, branch, n)
			}
		}
	}
	g, err := NewGraph(revs, migs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestStagesOfOtherShapes(t *testing.T) {
	loose := []Migration{{ID: "a_migrate01", DependsOn: []string{"a_expand01"}}}
	for _, c := range []struct {
		name    string
		migs    []Migration
		words   string
		rows    string
		due     bool
		stage   Stage
		release string
	}{
		{"expand only, before", nil, "a:e1 b:e1", "root", false, OnTrunk, ""},
		{"expand only, one release", nil, "a:e1 b:e1", "a_expand01", false, Behind, "a"},
		{"expand only, inside a release", nil, "a:e2 b:e1", "a_expand01", false, Expanding, ""},
		{"expand only, at the head", nil, "a:e1 b:e1", "b_expand01", false, Current, "b"},
		{"contract only, on trunk", nil, "a:c1", "root", false, Migrated, ""},
		{"contract only, at the head", nil, "a:c1", "a_contract01", false, Current, "a"},
		{"a release without contract, complete", nil, "a:e1 b:e1c1", "a_expand01", false, Behind, "a"},
		{"a release without contract, expanded beyond", nil, "a:e1 b:e1c1", "b_expand01", false, Migrated, "a"},
		{"a release without expand, not contracted", nil, "a:e1c1 b:c1", "a_contract01", false, Migrated, "a"},
		{"a release without expand, in the middle", nil, "a:e1c1 b:c1 d:e1c1", "a_contract01", false, Behind, "a"},
		{"partial contract of the newest", nil, "a:e1c2", "a_contract01", false, Contracting, ""},
		{"partial contract, data due", nil, "a:e1c2", "a_contract01", true, Contracting, ""},
		{"partial contract below newer releases", nil, "a:e1c2 b:e1c1", "a_contract01", false, Expanding, ""},
		{"partial contract under the expand head", nil, "a:e1c2 b:e1c1", "a_contract01 b_expand01", false, Contracting, ""},
		{"boundary under the expand head", nil, "a:e1c2 b:e1c1", "a_contract02 b_expand01", true, Expanded, "a"},
		{"nothing contracted under the expand head", nil, "a:e1c2 b:e1c1", "b_expand01", true, Expanded, ""},
		{"loose data migration due at the heads", loose, "a:e1c1", "a_contract01", true, Expanded, "a"},
		{"loose data migration done at the heads", loose, "a:e1c1", "a_contract01", false, Current, "a"},
		{"loose data migration due, expand only", loose, "a:e1", "a_expand01", true, Expanded, "a"},
	} {
		g := shape(t, c.migs, strings.Fields(c.words)...)
		rows := strings.Fields(c.rows)
		applied, unknown := g.Applied(rows)
		equal(t, c.name+": unknown", unknown, nil)
		if got := g.Stage(Facts{Tables: true, Rows: rows, Applied: applied, Due: c.due}); got != c.stage {
			t.Errorf("%s: %s, want %s", c.name, got, c.stage)
		}
		if got := g.Version(applied).Release; got != c.release {
			t.Errorf("%s: release %q, want %q", c.name, got, c.release)
		}
	}
	for due, want := range map[bool]int{true: 4, false: 5} {
		if got := Contracting.CheckExit(due); got != want {
			t.Errorf("contracting, due %v: exit %d, want %d", due, got, want)
		}
	}
}

// Revisions that name no release ship with the next that does; behind the
// last one they are not released.
func TestReleasesOfUnnamedRevisions(t *testing.T) {
	revs := []Revision{
		{ID: "t", Branch: Trunk},
		{ID: "e1", Parent: "t", Branch: Expand}, {ID: "e2", Parent: "e1", Branch: Expand, Release: "a"}, {ID: "e3", Parent: "e2", Branch: Expand},
		{ID: "c1", Parent: "t", Branch: Contract, Release: "a", DependsOn: []string{"e2"}},
	}
	g, err := NewGraph(revs, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rows  string
		stage Stage
	}{{"e1", Expanding}, {"c1", Behind}, {"e3", Migrated}, {"c1 e3", Current}} {
		rows := strings.Fields(c.rows)
		applied, _ := g.Applied(rows)
		if got := g.Stage(Facts{Rows: rows, Applied: applied}); got != c.stage {
			t.Errorf("%s: %s, want %s", c.rows, got, c.stage)
		}
	}
	states := g.ReleaseStates(g.Closure("e3"))
	if len(states) != 1 || states[0] != (ReleaseState{"a", Done, Open}) {
		t.Errorf("states %+v", states)
	}
}

func TestReleaseStates(t *testing.T) {
	g := glance(t)
	applied := g.Closure("rocky_expand01", "pike_contract01")
	want := map[string]ReleaseState{
		"liberty": {"liberty", Done, None}, "mitaka": {"mitaka", Done, None}, "pike": {"pike", Done, Done},
		"queens": {"queens", Done, Open}, "rocky": {"rocky", Partial, Open}, "2024_1": {"2024_1", Open, Open},
	}
	var names []string
	for _, s := range g.ReleaseStates(applied) {
		names = append(names, s.Name)
		if w, ok := want[s.Name]; ok && s != w {
			t.Errorf("%+v, want %+v", s, w)
		}
	}
	equal(t, "releases", names, strings.Fields("liberty mitaka ocata pike queens rocky train ussuri wallaby xena yoga zed 2023_1 2024_1"))
	for _, s := range g.ReleaseStates(g.Closure("rocky_contract01")) {
		if s.Name == "rocky" && s != (ReleaseState{"rocky", Partial, Partial}) {
			t.Errorf("%+v", s)
		}
	}
}

func TestMigrationsBetween(t *testing.T) {
	g := glance(t)
	loose := shape(t, []Migration{
		{ID: "a_migrate01", DependsOn: []string{"a_expand01"}},
		{ID: "a_migrate02", DependsOn: []string{"a_expand01"}, Before: "b_contract01"},
	}, "a:e1c1", "b:e1c1")
	trunk := trunkOnly(t, "one", "two")
	moved, err := NewGraph(trunk.Revisions(), []Migration{{ID: "data", DependsOn: []string{"one"}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		g                     *Graph
		applied, target, want string
	}{
		{g, "", "2024_1_contract01", "ocata_migrate01 train_migrate01"},
		{g, "", "2024_1_expand01", ""},
		{g, "", "ocata_contract01", "ocata_migrate01"},
		{g, "2024_1_expand01", "pike_contract01", "ocata_migrate01"},
		{g, "ocata_contract01", "2024_1_contract01", "train_migrate01"},
		{g, "2024_1_expand01 rocky_contract01", "2024_1_contract01", "train_migrate01"},
		{g, "train_contract01", "2024_1_contract01", ""},
		{loose, "", "a_expand01", ""},
		{loose, "", "a_contract01", "a_migrate01"},
		{loose, "a_contract01", "a_contract01", "a_migrate01"},
		{loose, "a_contract01", "b_contract01", "a_migrate01 a_migrate02"},
		{moved, "", "one", "data"},
		{moved, "two", "two", "data"},
	} {
		applied, _ := c.g.Applied(strings.Fields(c.applied))
		got := c.g.MigrationsBetween(applied, c.g.Closure(c.target))
		equal(t, c.applied+" → "+c.target, migrationIDs(got), strings.Fields(c.want))
	}
}

func TestCandidates(t *testing.T) {
	g := glance(t)
	for rows, want := range map[string]string{
		"":                                "",
		"mitaka02":                        "",
		"ocata_expand01":                  "ocata_migrate01",
		"2024_1_expand01":                 "ocata_migrate01 train_migrate01",
		"2024_1_expand01 pike_contract01": "train_migrate01",
		"ocata_contract01":                "",
		"2024_1_contract01":               "",
	} {
		applied, _ := g.Applied(strings.Fields(rows))
		equal(t, rows, migrationIDs(g.Candidates(applied)), strings.Fields(want))
	}
}

func TestMigrationsThatAWordAsksFor(t *testing.T) {
	g := glance(t)
	for _, c := range []struct{ applied, word, want string }{
		{"2024_1_expand01", "", "ocata_migrate01 train_migrate01"},
		{"2024_1_expand01", "ocata", "ocata_migrate01"},
		{"2024_1_expand01", "pike", "ocata_migrate01"},
		{"2024_1_expand01", "ocata_contract01", "ocata_migrate01"},
		{"2024_1_expand01", "ocata_expand01", "ocata_migrate01"},
		{"2024_1_expand01", "expand@head", "ocata_migrate01 train_migrate01"},
		{"2024_1_expand01", "train_migrate01", "train_migrate01"},
		{"2024_1_expand01 ocata_contract01", "train_expand01", "train_migrate01"},
		{"2024_1_contract01", "", ""},
		{"mitaka02", "mitaka", ""},
	} {
		applied, _ := g.Applied(strings.Fields(c.applied))
		got, err := g.Target(c.word, Scope{Applied: applied, Branch: Migrate})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c.applied+" migrate "+c.word, migrationIDs(got.Migrations), strings.Fields(c.want))
	}
}

func TestAnEmptyCatalog(t *testing.T) {
	g, err := NewGraph(nil, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if g.Branched() || g.All().Len() != 0 || len(g.Rows(g.All())) != 0 || g.Heads() != (Heads{}) {
		t.Error("an empty catalog has something")
	}
	if got := g.Stage(Facts{}); got != Empty {
		t.Errorf("stage %s", got)
	}
	if (Set{}).Has("x") || !(Set{}).Union(g.All()).Equal(g.All()) {
		t.Error("the zero Set is not empty")
	}
}

func TestLookups(t *testing.T) {
	g := glance(t)
	if r, ok := g.Revision("pike_contract01"); !ok || r.Release != "pike" || r.Branch != Contract {
		t.Errorf("%+v, %v", r, ok)
	}
	if m, ok := g.Migration("train_migrate01"); !ok || m.Release != "train" {
		t.Errorf("%+v, %v", m, ok)
	}
	if _, ok := g.Revision("train_migrate01"); ok {
		t.Error("a data migration is not a revision")
	}
	if _, ok := g.Migration("nothing"); ok {
		t.Error("found what is not there")
	}
	if id, ok := g.Legacy("45"); !ok || id != "ocata_contract01" {
		t.Errorf("legacy 45 is %q, %v", id, ok)
	}
	if _, ok := g.Legacy("41"); ok {
		t.Error("legacy 41 is known")
	}
	if g.Aliases()["pike01"] != "pike_contract01" {
		t.Errorf("aliases %v", g.Aliases())
	}
	equal(t, "closure of what is no revision", g.Rows(g.Closure("zzz", "train_migrate01", "pike01")), []string{"pike_contract01", "train_expand01"})
	_, unknown := g.Applied([]string{"zzz", "ocata_expand01", "train_migrate01"})
	equal(t, "unknown", unknown, []string{"zzz", "train_migrate01"})
}
