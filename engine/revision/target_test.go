package revision

import (
	"errors"
	"strings"
	"testing"
)

// as reports whether err is, or wraps, an E.
func as[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

func TestTargetOfWords(t *testing.T) {
	g := glance(t)
	for _, c := range []struct {
		word, applied string
		branch        Branch
		ids, rows     string // rows of the target's set
	}{
		// exact ids, aliases, releases, legacy numbers, keywords
		{"ocata_expand01", "", "", "ocata_expand01", "ocata_expand01"},
		{"pike_contract01", "", "", "pike_contract01", "pike_contract01"},
		{"liberty", "", "", "liberty", "liberty"},
		{"liberty_initial", "", "", "liberty", "liberty"},
		{"ocata01", "", "", "ocata_contract01", "ocata_contract01"},
		{"expand", "", "", "ocata_expand01", "ocata_expand01"},
		{"mitaka", "", "", "mitaka02", "mitaka02"},
		{"newton", "", "", "mitaka02", "mitaka02"},
		{"rocky", "", "", "rocky_expand02 rocky_contract02", "rocky_contract02"},
		{"stein", "", "", "rocky_expand02 rocky_contract02", "rocky_contract02"},
		{"2026_2", "", "", "2024_1_expand01 2024_1_contract01", "2024_1_contract01"},
		{"44", "", "", "mitaka02", "mitaka02"},
		{"45", "", "", "ocata_contract01", "ocata_contract01"},
		{"", "", "", "2024_1_expand01 2024_1_contract01", "2024_1_contract01"},
		{"head", "", "", "2024_1_expand01 2024_1_contract01", "2024_1_contract01"},
		{"heads", "", "", "2024_1_expand01 2024_1_contract01", "2024_1_contract01"},
		{"expand@head", "", "", "2024_1_expand01", "2024_1_expand01"},
		{"contract@head", "", "", "2024_1_contract01", "2024_1_contract01"},
		{"base", "ocata_contract01", "", "", ""},
		// relative, in the order of sync
		{"+1", "", "", "liberty", "liberty"},
		{"+3", "", "", "mitaka02", "mitaka02"},
		{"+4", "", "", "ocata_expand01", "ocata_expand01"},
		{"+17", "", "", "2024_1_expand01 ocata_contract01", "2024_1_expand01 ocata_contract01"},
		{"+0", "ocata_contract01", "", "ocata_expand01 ocata_contract01", "ocata_contract01"},
		{"+1", "ocata_contract01", "", "pike_expand01 ocata_contract01", "ocata_contract01 pike_expand01"},
		{"-1", "ocata_contract01", "", "ocata_expand01", "ocata_expand01"},
		{"-5", "ocata_contract01", "", "", ""},
		// counted from another VERSION
		{"liberty+1", "ocata_contract01", "", "mitaka01", "mitaka01"},
		{"mitaka02-1", "", "", "mitaka01", "mitaka01"},
		{"mitaka-1", "", "", "mitaka01", "mitaka01"},
		{"base+2", "pike_contract01", "", "mitaka01", "mitaka01"},
		{"lib+2", "", "", "mitaka02", "mitaka02"},
		{"liberty+2-1", "", "", "mitaka01", "mitaka01"},
		{"ocata_contract01-1", "", "", "ocata_expand01", "ocata_expand01"},
		// unique beginnings
		{"ocata_exp", "", "", "ocata_expand01", "ocata_expand01"},
		{"lib", "", "", "liberty", "liberty"},
		// within the three phases
		{"", "", Expand, "2024_1_expand01", "2024_1_expand01"},
		{"rocky", "", Expand, "rocky_expand02", "rocky_expand02"},
		{"mitaka01", "", Expand, "mitaka01", "mitaka01"},
		{"+1", "", Expand, "liberty", "liberty"},
		{"+1", "ocata_contract01", Expand, "pike_expand01", "pike_expand01"},
		{"", "", Contract, "2024_1_expand01 2024_1_contract01", "2024_1_contract01"},
		{"rocky", "", Contract, "rocky_expand02 rocky_contract02", "rocky_contract02"},
		{"+1", "pike_expand01", Contract, "pike_expand01 ocata_contract01", "ocata_contract01 pike_expand01"},
		{"+2", "ocata_contract01", Contract, "queens_expand01 queens_contract01", "queens_contract01"},
		{"ocata_migrate01", "", Migrate, "ocata_migrate01", "ocata_expand01"},
		{"ocata_mig", "", Migrate, "ocata_migrate01", "ocata_expand01"},
	} {
		applied, _ := g.Applied(strings.Fields(c.applied))
		got, err := g.Target(c.word, Scope{Applied: applied, Branch: c.branch})
		what := string(c.branch) + " " + c.word + " from " + c.applied
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		equal(t, what, got.IDs, strings.Fields(c.ids))
		equal(t, what+" set", g.Rows(got.Set), strings.Fields(c.rows))
		if got.Word != c.word {
			t.Errorf("%s: word %q", what, got.Word)
		}
	}
}

func TestTargetErrors(t *testing.T) {
	g := glance(t)
	ambiguous := func(ids ...string) func(error) bool {
		return func(err error) bool {
			var e *AmbiguousVersion
			return errors.As(err, &e) && strings.Join(e.Candidates, " ") == strings.Join(ids, " ")
		}
	}
	unknown := func(ids ...string) func(error) bool {
		return func(err error) bool {
			var e *UnknownVersion
			return errors.As(err, &e) && strings.Join(e.Nearest, " ") == strings.Join(ids, " ")
		}
	}
	wrong := func(want WrongBranch) func(error) bool {
		return func(err error) bool {
			var e *WrongBranch
			return errors.As(err, &e) && *e == want
		}
	}
	beyond := func(available int) func(error) bool {
		return func(err error) bool {
			var e *OutOfRange
			return errors.As(err, &e) && e.Available == available
		}
	}
	for _, c := range []struct {
		word, rows string
		branch     Branch
		ok         func(error) bool
		text       string
	}{
		{"nonsense", "", "", unknown(), `version "nonsense" is not known`},
		{"ocata_expnad01", "", "", unknown("ocata_expand01"), ""},
		{"wallabi", "", "", unknown("wallaby"), ""},
		{"expand@haed", "", "", unknown("expand@head"), ""},
		{"46", "", "", unknown(), ""},
		{"+x", "", "", unknown(), ""},
		{"nonsense+1", "", "", unknown(), `version "nonsense+1" is not known`},
		{"liberty-2", "", "", beyond(1), "liberty-2 is out of range: there are 1"},
		{"ocata_migrate01+1", "", Migrate, unknown(), ""},
		{"ocata_+1", "", "", ambiguous("ocata_expand01", "ocata_contract01"), ""},
		{"ocata_", "", "", ambiguous("ocata_expand01", "ocata_contract01"), `version "ocata_" could be ocata_expand01, ocata_contract01`},
		{"mitaka0", "", "", ambiguous("mitaka01", "mitaka02"), ""},
		{"ocata_", "", Migrate, ambiguous("ocata_expand01", "ocata_contract01", "ocata_migrate01"), ""},
		{"ocata_contract01", "", Expand, wrong(WrongBranch{"ocata_contract01", Contract, Expand}), "ocata_contract01 is on branch contract, not on expand"},
		{"ocata01", "", Expand, wrong(WrongBranch{"ocata_contract01", Contract, Expand}), ""},
		{"45", "", Expand, wrong(WrongBranch{"ocata_contract01", Contract, Expand}), ""},
		{"contract@head", "", Expand, wrong(WrongBranch{"2024_1_contract01", Contract, Expand}), ""},
		{"ocata_expand01", "", Contract, wrong(WrongBranch{"ocata_expand01", Expand, Contract}), ""},
		{"pike_exp", "", Contract, wrong(WrongBranch{"pike_expand01", Expand, Contract}), ""},
		{"ocata_migrate01", "", "", wrong(WrongBranch{"ocata_migrate01", Migrate, ""}), "ocata_migrate01 is on branch migrate"},
		{"+30", "", "", beyond(29), "+30 is out of range: there are 29"},
		{"+1", "2024_1_contract01", "", beyond(0), ""},
		{"-2", "liberty", "", beyond(1), ""},
		{"+9999999999999999999", "", "", beyond(29), ""},
		{"-9999999999999999999", "liberty", "", beyond(1), ""},
		{"+2", "2023_1_expand01", Expand, beyond(1), ""},
		{"+1", "2024_1_contract01", Contract, beyond(0), ""},
		{"+1", "unheard_of", "", as[*UnknownRows], "the database has versions that the catalog does not know: unheard_of"},
	} {
		rows := strings.Fields(c.rows)
		applied, _ := g.Applied(rows)
		_, err := g.Target(c.word, Scope{Applied: applied, Rows: rows, Branch: c.branch})
		if err == nil || !c.ok(err) {
			t.Errorf("%s %s from %s: %#v", c.branch, c.word, c.rows, err)
		} else if c.text != "" && err.Error() != c.text {
			t.Errorf("%s: %q, want %q", c.word, err, c.text)
		}
	}
}

func TestTargetWithoutBranches(t *testing.T) {
	g := trunkOnly(t, "one", "two")
	for word, rows := range map[string]string{"": "two", "head": "two", "+1": "one", "tw": "two"} {
		got, err := g.Target(word, Scope{})
		if err != nil || strings.Join(g.Rows(got.Set), " ") != rows {
			t.Errorf("%q: %v, %v; want %s", word, g.Rows(got.Set), err, rows)
		}
	}
	for _, word := range []string{"expand@head", "contract@head"} {
		if _, err := g.Target(word, Scope{}); !as[*UnknownVersion](err) {
			t.Errorf("%s: %v", word, err)
		}
	}
}

// An id wins over an alias's target, an alias over a release, a release over a
// legacy number, and all of them over a beginning.
func TestTargetPrecedence(t *testing.T) {
	revs := []Revision{
		{ID: "7"}, {ID: "8", Parent: "7", Release: "r"}, {ID: "r", Parent: "8", Release: "9"},
		{ID: "10", Parent: "r", Release: "10x"}, {ID: "12345", Parent: "10", Release: "11"}}
	g, err := NewGraph(revs, nil, Options{
		Aliases: map[string]string{"9": "7"},
		Legacy:  map[string]string{"8": "7", "11": "7", "123": "8"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{
		"8":    "8",     // the id, not the legacy number
		"r":    "r",     // the id, not the release, which ends at 8
		"9":    "7",     // the alias, not the release
		"11":   "12345", // the release, not the legacy number
		"123":  "8",     // the legacy number, not the beginning
		"1234": "12345",
	} {
		got, err := g.Target(word, Scope{})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, word, got.IDs, []string{want})
	}
}

// trunkOnly builds a catalog that is all trunk.
func trunkOnly(t testing.TB, ids ...string) *Graph {
	t.Helper()
	revs := make([]Revision, len(ids))
	for i, id := range ids {
		revs[i] = Revision{ID: id, Branch: Trunk}
		if i > 0 {
			revs[i].Parent = ids[i-1]
		}
	}
	g, err := NewGraph(revs, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Whatever is typed as VERSION is a position of the graph or one of the errors
// that say what is wrong with it.
func FuzzTarget(f *testing.F) {
	for _, word := range []string{"", "ocata_expand01", "ocata", "ocata_", "45", "head", "expand@head", "base", "+3", "-99999999999", "+", "ocata01"} {
		f.Add(word, "rocky_contract02", "expand")
	}
	g := glance(f)
	f.Fuzz(func(t *testing.T, word, row, branch string) {
		applied, unknown := g.Applied([]string{row})
		got, err := g.Target(word, Scope{Applied: applied, Rows: []string{row}, Branch: Branch(branch)})
		if err != nil {
			known := as[*UnknownVersion](err) || as[*AmbiguousVersion](err) || as[*WrongBranch](err) || as[*OutOfRange](err) ||
				as[*UnknownRows](err) && len(unknown) > 0
			if !known {
				t.Fatalf("%q: %#v", word, err)
			}
			return
		}
		if again, _ := g.Applied(g.Rows(got.Set)); !again.Equal(got.Set) {
			t.Fatalf("%q is no position: %v", word, got.Set.IDs())
		}
	})
}
