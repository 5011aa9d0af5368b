package revision

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// small is a catalog with two releases, every revision with a source.
func small() ([]Revision, []Migration) {
	at := func(line int) Source { return Source{"versions/small.toml", line} }
	return []Revision{
			{ID: "root", Branch: Trunk, Source: at(1)},
			{ID: "t2", Parent: "root", Branch: Trunk, Source: at(2)},
			{ID: "a_expand01", Parent: "t2", Source: at(3)},
			{ID: "a_contract01", Parent: "t2", DependsOn: []string{"a_migrate01"}, Source: at(4)},
			{ID: "b_expand01", Parent: "a_expand01", Source: at(5)},
			{ID: "b_contract01", Parent: "a_contract01", DependsOn: []string{"b_expand01"}, Source: at(6)},
		}, []Migration{
			{ID: "a_migrate01", DependsOn: []string{"a_expand01"}, Before: "a_contract01", Source: at(7)},
		}
}

// breaking is one way to break a catalog.
type breaking func(*[]Revision, *[]Migration, *Options)

// broken is a way to break the small catalog, and the beginnings of the
// problems that this must give: all of them, in order.
type broken struct {
	name string
	do   breaking
	want []string
}

// change breaks one revision.
func change(id string, f func(*Revision)) breaking {
	return func(revs *[]Revision, _ *[]Migration, _ *Options) {
		for i := range *revs {
			if (*revs)[i].ID == id {
				f(&(*revs)[i])
			}
		}
	}
}

// changeMigration breaks the data migration.
func changeMigration(f func(*Migration)) breaking {
	return func(_ *[]Revision, migs *[]Migration, _ *Options) { f(&(*migs)[0]) }
}

// add adds a revision that is wrong.
func add(r Revision) breaking {
	return func(revs *[]Revision, _ *[]Migration, _ *Options) {
		r.Source = Source{"new.toml", 9}
		*revs = append(*revs, r)
	}
}

// options breaks what catalog.toml says.
func options(f func(*Options)) breaking {
	return func(_ *[]Revision, _ *[]Migration, o *Options) {
		o.Locate = func(table, key string) Source { return Source{"catalog.toml/" + table + "/" + key, 1} }
		f(o)
	}
}

// testProblems breaks the small catalog in each way.
func testProblems(t *testing.T, cases []broken) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			revs, migs := small()
			var opts Options
			c.do(&revs, &migs, &opts)
			g, err := NewGraph(revs, migs, opts)
			if g != nil || !as[Problems](err) {
				t.Fatalf("got %v, %v", g, err)
			}
			got := strings.Split(err.Error(), "\n")
			if len(got) != len(c.want) {
				t.Fatalf("%d problems, want %d:\n%v", len(got), len(c.want), err)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got  %s\nwant %s…", got[i], want)
				}
			}
		})
	}
}

func TestProblemsOfParents(t *testing.T) {
	testProblems(t, []broken{
		{"unknown parent", change("b_expand01", func(r *Revision) { r.Parent = "a_expnad01" }),
			[]string{"versions/small.toml:5: revision b_expand01 revises a_expnad01, which is not in the catalog (did you mean a_expand01?); add it or correct the name"}},
		{"parent is a data migration", change("b_expand01", func(r *Revision) { r.Parent = "a_migrate01" }),
			[]string{"versions/small.toml:5: revision b_expand01 revises a_migrate01, which is a data migration; name it in depends_on"}},
		{"cycle of parents", change("a_expand01", func(r *Revision) { r.Parent = "b_expand01" }),
			[]string{"versions/small.toml:3: each of these needs the next one first, in a cycle: a_expand01 → b_expand01 → a_expand01; remove one"}},
		{"revises itself", change("b_expand01", func(r *Revision) { r.Parent = r.ID }),
			[]string{"versions/small.toml:5: each of these needs the next one first, in a cycle: b_expand01 → b_expand01; remove"}},
		{"two after one", add(Revision{ID: "b_expand02", Parent: "a_expand01"}),
			[]string{"new.toml:9: revisions b_expand01 and b_expand02 both revise a_expand01 on branch expand; put one behind the other (b_expand01 stands in versions/small.toml:5)"}},
		{"two roots", add(Revision{ID: "other"}),
			[]string{"new.toml:9: revision other revises nothing, but root is the first revision already; let it revise another (root stands in versions/small.toml:1)"}},
		{"root on a branch", add(Revision{ID: "c_expand01"}),
			[]string{"new.toml:9: revision c_expand01 is on branch expand but revises nothing; a branch begins behind a trunk revision"}},
		{"branch begins on the other", add(Revision{ID: "c_contract01", Parent: "b_expand01"}),
			[]string{"new.toml:9: revision c_contract01 is on branch contract, but revises b_expand01 on branch expand; let it revise the one before it"}},
		{"trunk behind a branch", add(Revision{ID: "t3", Parent: "b_expand01"}),
			[]string{"new.toml:9: revision t3 is on trunk, but revises b_expand01 on branch expand; behind the parting of the branches put it on one"}},
		{"trunk beside a branch", add(Revision{ID: "t3", Parent: "t2"}),
			[]string{"new.toml:9: revision t3 is on trunk, but branch contract begins before it: a_contract01 revises t2 too; put t3 on a branch",
				"new.toml:9: revision t3 is on trunk, but branch expand begins before it: a_expand01 revises t2 too; put t3 on a branch"}},
		{"a branch that begins early", change("a_contract01", func(r *Revision) { r.Parent = "root" }),
			[]string{"versions/small.toml:2: revision t2 is on trunk, but branch contract begins before it: a_contract01 revises root too; put t2 on a branch, or let a_contract01 revise the last trunk revision"}},
	})
}

func TestProblemsOfDependencies(t *testing.T) {
	testProblems(t, []broken{
		{"unknown dependency", change("b_contract01", func(r *Revision) { r.DependsOn = []string{"a_migrate02"} }),
			[]string{"versions/small.toml:6: revision b_contract01 depends on a_migrate02, which is not in the catalog (did you mean a_migrate01?)"}},
		{"cycle across branches", change("b_expand01", func(r *Revision) { r.DependsOn = []string{"b_contract01"} }),
			[]string{"versions/small.toml:6: each of these needs the next one first, in a cycle: b_contract01 → b_expand01 → b_contract01; remove"}},
		{"cycle through a data migration", changeMigration(func(m *Migration) { m.DependsOn = []string{"b_contract01"} }),
			[]string{"versions/small.toml:4: each of these needs the next one first, in a cycle: a_contract01 → a_migrate01 → b_contract01 → a_contract01; remove"}},
		{"trunk depends on a branch", change("t2", func(r *Revision) { r.DependsOn = []string{"a_expand01"} }),
			[]string{"versions/small.toml:3: each of these needs the next one first, in a cycle: a_expand01 → t2 → a_expand01; remove"}},
		{"expand depends on contract", change("b_expand01", func(r *Revision) { r.DependsOn = []string{"a_contract01"} }),
			[]string{"versions/small.toml:5: expand revision b_expand01 depends on contract revision a_contract01; expand must be possible before any contract, so remove"}},
		{"expand depends on a data migration", change("b_expand01", func(r *Revision) { r.DependsOn = []string{"a_migrate01"} }),
			[]string{"versions/small.toml:5: revision b_expand01 is on branch expand and depends on data migration a_migrate01; only a contract"}},
		{"depends on its own branch", change("b_contract01", func(r *Revision) { r.DependsOn = []string{"a_contract01"} }),
			[]string{"versions/small.toml:6: revision b_contract01 depends on a_contract01 on its own branch contract, where revises says the order; remove"}},
	})
}

func TestProblemsOfIDs(t *testing.T) {
	testProblems(t, []broken{
		{"id twice", add(Revision{ID: "t2", Parent: "root"}),
			[]string{"new.toml:9: t2 is declared twice (first in versions/small.toml:2); give one of them another id"}},
		{"id of revision and data migration", add(Revision{ID: "a_migrate01", Parent: "b_expand01", Branch: Expand}),
			[]string{"new.toml:9: revision a_migrate01 is on branch expand, but its id says migrate; change one",
				"versions/small.toml:7: a_migrate01 is declared twice (first in new.toml:9)"}},
		{"id too long", add(Revision{ID: strings.Repeat("x", 33), Parent: "b_expand01", Branch: Expand}),
			[]string{`new.toml:9: revision "` + strings.Repeat("x", 33) + `" has an id of more than 32 characters, which does not fit`}},
		{"id of wrong characters", add(Revision{ID: "añb", Parent: "b_expand01", Branch: Expand}),
			[]string{`new.toml:9: revision "añb" has an id with a character that is not allowed; use only`}},
		{"no id", add(Revision{Parent: "b_expand01", Branch: Expand}),
			[]string{`new.toml:9: revision "" has no id; give it one`}},
		{"reserved id", add(Revision{ID: "head", Parent: "b_expand01", Branch: Expand}),
			[]string{`new.toml:9: revision "head" has an id that is a word of its own where a version is asked for; choose another`}},
		{"branch that there is not", add(Revision{ID: "c1", Parent: "b_expand01", Branch: "sideways"}),
			[]string{`new.toml:9: revision c1 is on branch "sideways", which there is not; use trunk, expand or contract`}},
		{"branch against the id", add(Revision{ID: "c_expand01", Parent: "b_contract01", Branch: Contract}),
			[]string{"new.toml:9: revision c_expand01 is on branch contract, but its id says expand; change one of them"}},
		{"revision with the id of a data migration", add(Revision{ID: "c_migrate01", Parent: "b_expand01"}),
			[]string{"new.toml:9: revision c_migrate01 has the id of a data migration; give it the part expand or contract"}},
		{"data migration with the id of a revision", changeMigration(func(m *Migration) { m.ID = "c_expand01"; m.Source.Line = 8 }),
			[]string{"versions/small.toml:4: revision a_contract01 depends on a_migrate01, which is not in the catalog",
				"versions/small.toml:8: data migration c_expand01 has the id of a revision on branch expand; an id of a data migration has the part migrate"}},
	})
}

func TestProblemsOfMigrations(t *testing.T) {
	testProblems(t, []broken{
		{"data migration that follows nothing", changeMigration(func(m *Migration) { m.DependsOn = nil }),
			[]string{"versions/small.toml:7: data migration a_migrate01 does not say which revision it follows; name the expand revision in depends_on"}},
		{"data migration behind the unknown", changeMigration(func(m *Migration) { m.DependsOn = []string{"a_expand02"} }),
			[]string{"versions/small.toml:7: data migration a_migrate01 depends on a_expand02, which is not in the catalog (did you mean a_expand01?)"}},
		{"data migration behind itself", changeMigration(func(m *Migration) { m.DependsOn = []string{"a_expand01", m.ID} }),
			[]string{"versions/small.toml:7: each of these needs the next one first, in a cycle: a_migrate01 → a_migrate01; remove"}},
		{"data migration before the unknown", changeMigration(func(m *Migration) { m.Before = "a_contract02" }),
			[]string{"versions/small.toml:7: data migration a_migrate01 stands before a_contract02, which is not in the catalog (did you mean a_contract01?)"}},
		{"data migration before an expand revision", changeMigration(func(m *Migration) { m.Before = "b_expand01" }),
			[]string{"versions/small.toml:7: data migration a_migrate01 stands before b_expand01 on branch expand; name a contract revision in before, or leave it out"}},
	})
}

func TestProblemsOfReleases(t *testing.T) {
	testProblems(t, []broken{
		{"release not in the list", options(func(o *Options) { o.Releases = []string{"a", "bb"} }),
			[]string{"versions/small.toml:5: revision b_expand01 belongs to release b, which is not in the list of releases; add it there or correct the name",
				"versions/small.toml:6: revision b_contract01 belongs to release b, which is not in the list"}},
		{"release listed twice", options(func(o *Options) { o.Releases = []string{"a", "b", "a"} }),
			[]string{"catalog.toml/releases/a:1: release a is listed twice; remove one of the two"}},
		{"release without a name", options(func(o *Options) { o.Releases = []string{"a", "b", ""} }),
			[]string{"catalog.toml/releases/:1: the list of releases has an empty name; remove it"}},
		{"releases in the wrong order", options(func(o *Options) { o.Releases = []string{"b", "a"} }),
			[]string{"versions/small.toml:5: revision b_expand01 of release b stands behind a_expand01 of the newer release a; correct the release of one of them or the order of releases",
				"versions/small.toml:6: revision b_contract01 of release b stands behind a_contract01 of the newer release a"}},
		{"lines that disagree on releases", func(revs *[]Revision, _ *[]Migration, _ *Options) {
			for i := range *revs {
				r := &(*revs)[i]
				r.DependsOn = nil
				if r.Branch == Contract || strings.Contains(r.ID, "contract") {
					r.Release = map[string]string{"a_contract01": "b", "b_contract01": "a"}[r.ID]
				}
			}
		}, []string{"versions/small.toml:4: release b stands before a on branch contract, and behind it on branch expand; correct the release of one of the revisions"}},
		{"contract that needs a newer release", change("a_contract01", func(r *Revision) { r.DependsOn = []string{"b_expand01"} }),
			[]string{"versions/small.toml:4: revision a_contract01 of release a needs b_expand01 of the newer release b; correct the release"}},
		{"a release that comes again", func(revs *[]Revision, _ *[]Migration, _ *Options) {
			(*revs)[0].Release, (*revs)[4].Release = "root", "root"
		},
			[]string{"versions/small.toml:5: revision b_expand01 of release root stands behind a_expand01 of the newer release a"}},
		{"trunk of a newer release", func(revs *[]Revision, _ *[]Migration, o *Options) {
			(*revs)[1].Release, o.Releases = "b", []string{"a", "b"}
		},
			[]string{"versions/small.toml:3: revision a_expand01 of release a stands behind t2 of the newer release b",
				"versions/small.toml:4: revision a_contract01 of release a stands behind t2 of the newer release b"}},
	})
}

func TestProblemsOfOtherNames(t *testing.T) {
	testProblems(t, []broken{
		{"alias to nothing", options(func(o *Options) { o.Aliases = map[string]string{"first": "rot"} }),
			[]string{"catalog.toml/aliases/first:1: alias first stands for rot, which is not a revision in the catalog (did you mean root?); add it or correct the name"}},
		{"alias to a data migration", options(func(o *Options) { o.Aliases = map[string]string{"data": "a_migrate01"} }),
			[]string{"catalog.toml/aliases/data:1: alias data stands for a_migrate01, which is not a revision in the catalog"}},
		{"alias that hides an id", options(func(o *Options) { o.Aliases = map[string]string{"t2": "root", "a_migrate01": "root"} }),
			[]string{"catalog.toml/aliases/a_migrate01:1: alias a_migrate01 is also an id, which it would hide; rename or remove it",
				"catalog.toml/aliases/t2:1: alias t2 is also an id"}},
		{"alias that hides a word", options(func(o *Options) { o.Aliases = map[string]string{"heads": "root"} }),
			[]string{"catalog.toml/aliases/heads:1: alias heads is a word of its own where a version is asked for; rename or remove it"}},
		{"legacy number to nothing", options(func(o *Options) { o.Legacy = map[string]string{"7": "t3"} }),
			[]string{"catalog.toml/legacy/7:1: legacy number 7 stands for t3, which is not a revision in the catalog; add it or correct the name"}},
	})
}

// A graph with much wrong reports all of it, in the order of the files.
func TestProblemsAreSorted(t *testing.T) {
	_, err := NewGraph([]Revision{
		{ID: "b", Parent: "nowhere", Source: Source{"b.toml", 2}},
		{ID: "root", Source: Source{"root.toml", 1}},
		{ID: "c", Parent: "nowhere", Source: Source{"b.toml", 1}},
		{ID: "a!", Parent: "root", Source: Source{"a.toml", 5}},
		{ID: "bare", Parent: "nowhere", Source: Source{}},
	}, nil, Options{})
	var places []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		place, _, _ := strings.Cut(line, " ")
		places = append(places, place)
	}
	equal(t, "places", places, []string{"revision", "a.toml:5:", "b.toml:1:", "b.toml:2:"})
}

func TestSmallIsValid(t *testing.T) {
	revs, migs := small()
	g, err := NewGraph(revs, migs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "releases", g.Releases(), []string{"a", "b"})
	// The dependency of a_contract01 goes through the data migration.
	equal(t, "closure", g.Closure("a_contract01").IDs(), []string{"root", "t2", "a_expand01", "a_contract01"})
	equal(t, "rows", g.Rows(g.Closure("a_contract01")), []string{"a_contract01"})
}

// Two that begin at one revision, one of them a data migration's dependency,
// is what a real neighbour has: expand revisions that depend on contract ones.
func TestExpandOnContractIsRefusedAtScale(t *testing.T) {
	revs := []Revision{{ID: "kilo"}, {ID: "contract0", Parent: "kilo", Branch: Contract}}
	parent := "kilo"
	for i := range 20 {
		r := Revision{ID: fmt.Sprintf("expand%d", i), Parent: parent, Branch: Expand}
		if i%10 == 9 {
			r.DependsOn = []string{"contract0"}
		}
		revs, parent = append(revs, r), r.ID
	}
	_, err := NewGraph(revs, nil, Options{})
	var problems Problems
	if problems, _ = err.(Problems); len(problems) != 2 {
		t.Errorf("%d problems, want one for each edge: %v", len(problems), err)
	}
}

func TestParseID(t *testing.T) {
	for id, want := range map[string]string{
		"ocata_expand01":      "ocata expand 1 true",
		"2024_1_contract12":   "2024_1 contract 12 true",
		"train_migrate01":     "train migrate 1 true",
		"a_expand_contract01": "a_expand contract 1 true",
		"ocata01":             "  0 false",
		"_expand01":           "  0 false",
		"expand01":            "  0 false",
		"ocata_expand1":       "  0 false",
		"ocata_expand001":     "  0 false",
		"f56ba02662b4":        "  0 false",
		"01":                  "  0 false",
		"":                    "  0 false",
	} {
		release, branch, n, ok := ParseID(id)
		if got := fmt.Sprint(release, " ", branch, " ", n, " ", ok); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}

// TestRivals: problems that come of merging two people's work say which two
// are in each other's way.
func TestRivals(t *testing.T) {
	for _, c := range []struct {
		add  Revision
		want [2]string
	}{
		{Revision{ID: "b_expand02", Parent: "a_expand01"}, [2]string{"b_expand01", "b_expand02"}},
		{Revision{ID: "b_expand01", Parent: "a_expand01"}, [2]string{"versions/small.toml", "new.toml"}},
		{Revision{ID: "other"}, [2]string{"root", "other"}},
		{Revision{ID: "c_expand01", Parent: "a_expnad01"}, [2]string{}},
	} {
		revs, migs := small()
		var opts Options
		add(c.add)(&revs, &migs, &opts)
		_, err := NewGraph(revs, migs, opts)
		var p Problems
		if !errors.As(err, &p) || p[0].Rivals != c.want {
			t.Errorf("%s: %+v", c.add.ID, err)
		}
	}
}
