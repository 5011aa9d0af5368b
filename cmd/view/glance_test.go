package view

import (
	"testing"

	"manage/engine/revision"
	"manage/phases"
)

func TestGlanceLines(t *testing.T) {
	g := graph(t)
	full := GlanceChange{Graph: g, Result: phases.Result{
		Before: at(g), After: at(g, "pike_contract01"),
		Applied: []string{"mitaka02", "ocata_expand01", "pike_expand01", "ocata_contract01", "pike_contract01"},
	}}
	done := GlanceChange{Graph: g, Result: phases.Result{Before: at(g, "pike_contract01"), After: at(g, "pike_contract01")}}
	expanded := GlanceChange{Graph: g, Result: phases.Result{
		Before: at(g, "pike_expand01"), After: at(g, "pike_contract01"), Applied: []string{"ocata_contract01", "pike_contract01"},
		Migrated: []phases.Migrated{{ID: "ocata_migrate01", Rows: 261}},
	}}
	overOcata := GlanceChange{Graph: g, Result: phases.Result{
		Before: at(g, "ocata_contract01"), After: at(g, "ocata_contract01", "pike_expand01"), Applied: []string{"pike_expand01"},
	}}
	tests := []struct {
		name  string
		print func(*Page, GlanceChange) error
		in    GlanceChange
		want  string
	}{
		{"sync of an empty database", GlanceSynced, full, "Upgraded database to: pike_expand01, current revision(s): pike_expand01\n" +
			"Database migration is up to date. No migration needed.\n" +
			"Upgraded database to: pike_contract01, current revision(s): pike_contract01\n" +
			"Database is synced successfully.\n"},
		{"sync of an expanded one", GlanceSynced, expanded, "Database expansion is up to date. No expansion needed.\nMigrated 261 rows\n" +
			"Upgraded database to: pike_contract01, current revision(s): pike_contract01\nDatabase is synced successfully.\n"},
		{"sync with nothing to do", GlanceSynced, done, "Database is up to date. No migrations needed.\n"},
		{"expand", GlanceExpanded, overOcata, "Upgraded database to: pike_expand01, current revision(s): ocata_contract01, pike_expand01\n"},
		{"expand when contracted", GlanceExpanded, done, "Database is up to date. No migrations needed.\n"},
		{"expand when expanded", GlanceExpanded, expanded, "Database expansion is up to date. No expansion needed.\n"},
		{"migrate", GlanceMigrated, expanded, "Migrated 261 rows\n"},
		{"migrate with nothing due", GlanceMigrated, overOcata, "Database migration is up to date. No migration needed.\n"},
		{"contract", GlanceContracted, expanded, "Upgraded database to: pike_contract01, current revision(s): pike_contract01\n"},
		{"upgrade to a version", func(p *Page, c GlanceChange) error { return GlanceUpgraded(p, "pike_contract01", c) }, full,
			"Upgraded database to: pike_contract01, current revision(s): pike_contract01\n"},
		{"upgrade to the newest", func(p *Page, c GlanceChange) error { return GlanceUpgraded(p, "", c) }, full,
			"Upgraded database, current revision(s): pike_contract01\n"},
		{"version_control", GlanceControlled, done, "Placed database under migration control at revision: pike_contract01\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, out := page(false)
			check(t, tt.want, out, tt.print(p, tt.in))
		})
	}
}

func TestGlanceVersion(t *testing.T) {
	g := graph(t)
	p, out := page(false)
	check(t, "ocata_expand01, ocata_contract01\n", out, GlanceVersion(p, phases.Report{Position: at(g, "ocata_contract01")}))
	p, out = page(false)
	check(t, glanceUnversioned+"\n", out, GlanceVersion(p, phases.Report{Stage: revision.Empty, Position: at(g)}))
}

func TestGlanceCheck(t *testing.T) {
	for exit, want := range map[int]string{
		0: "Database is up to date. No upgrades needed.\n",
		3: "Your database is not up to date. Your first step is to run `glance-manage db expand`.\n",
		4: "Your database is not up to date. Your next step is to run `glance-manage db migrate`.\n",
		5: "Your database is not up to date. Your next step is to run `glance-manage db contract`.\n",
	} {
		p, out := page(false)
		check(t, want, out, GlanceCheck(p, phases.Report{Exit: exit}))
	}
}
