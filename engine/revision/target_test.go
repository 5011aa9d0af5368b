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
