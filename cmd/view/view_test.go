package view

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/phases"
)

// page returns a page to print on, and what is printed.
func page(json bool) (*Page, *bytes.Buffer) {
	var out bytes.Buffer
	return &Page{Out: &out, JSON: json, Command: func(words string) string { return "manage db " + words }}, &out
}

// graph is a small catalog: a trunk, and two releases of which each expands
// and contracts.
func graph(t *testing.T) *revision.Graph {
	t.Helper()
	g, err := revision.NewGraph([]revision.Revision{
		{ID: "mitaka02", Branch: revision.Trunk, Release: "mitaka"},
		{ID: "ocata_expand01", Parent: "mitaka02", Branch: revision.Expand},
		{ID: "ocata_contract01", Parent: "mitaka02", Branch: revision.Contract, DependsOn: []string{"ocata_expand01", "ocata_migrate01"}},
		{ID: "pike_expand01", Parent: "ocata_expand01", Branch: revision.Expand},
		{ID: "pike_contract01", Parent: "ocata_contract01", Branch: revision.Contract, DependsOn: []string{"pike_expand01"}},
	}, []revision.Migration{
		{ID: "ocata_migrate01", DependsOn: []string{"ocata_expand01"}, Before: "ocata_contract01"},
	}, revision.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// at is the position of a database with these version rows.
func at(g *revision.Graph, rows ...string) phases.Position {
	applied, unknown := g.Applied(rows)
	return phases.Position{Rows: rows, Recorded: len(rows) > 0, Unknown: unknown, Applied: applied, Version: g.Version(applied)}
}

// check compares what was printed.
func check(t *testing.T, want string, out *bytes.Buffer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVersion(t *testing.T) {
	g := graph(t)
	tests := []struct {
		name   string
		report phases.Report
		text   string
		json   string
	}{
		{
			"behind",
			phases.Report{Catalog: "glance", Heads: g.Heads(), Stage: revision.Behind, Position: at(g, "ocata_contract01")},
			"ocata_expand01, ocata_contract01\n",
			`{"catalog":"glance","version":["ocata_expand01","ocata_contract01"],"trunk":null,"expand":"ocata_expand01","contract":"ocata_contract01","release":"ocata","stage":"behind","heads":{"expand":"pike_expand01","contract":"pike_contract01"},"rows":["ocata_contract01"]}` + "\n",
		},
		{
			"before the branches part",
			phases.Report{Catalog: "glance", Heads: g.Heads(), Stage: revision.OnTrunk, Position: at(g, "mitaka02")},
			"mitaka02\n",
			`{"catalog":"glance","version":["mitaka02"],"trunk":"mitaka02","expand":null,"contract":null,"release":"mitaka","stage":"trunk","heads":{"expand":"pike_expand01","contract":"pike_contract01"},"rows":["mitaka02"]}` + "\n",
		},
		{
			"no file",
			phases.Report{Catalog: "glance", Heads: g.Heads(), Stage: revision.Empty, Missing: true, Position: at(g)},
			"There is no database yet, so no version is recorded; `manage db sync` makes it.\n",
			`{"catalog":"glance","version":[],"trunk":null,"expand":null,"contract":null,"release":null,"stage":"empty","heads":{"expand":"pike_expand01","contract":"pike_contract01"},"rows":[]}` + "\n",
		},
		{
			"the older scheme",
			phases.Report{Catalog: "glance", Heads: g.Heads(), Stage: revision.Unversioned, Legacy: "44", Position: at(g)},
			"No version is recorded, but the older scheme's number 44; `manage db sync` takes the database over.\n",
			`{"catalog":"glance","version":[],"trunk":null,"expand":null,"contract":null,"release":null,"stage":"unversioned","heads":{"expand":"pike_expand01","contract":"pike_contract01"},"rows":[]}` + "\n",
		},
		{
			"ahead",
			phases.Report{Catalog: "glance", Heads: g.Heads(), Stage: revision.Ahead, Position: at(g, "zed_expand01")},
			"zed_expand01\n",
			`{"catalog":"glance","version":["zed_expand01"],"trunk":null,"expand":null,"contract":null,"release":null,"stage":"ahead","heads":{"expand":"pike_expand01","contract":"pike_contract01"},"rows":["zed_expand01"]}` + "\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, out := page(false)
			check(t, tt.text, out, Version(p, tt.report))
			p, out = page(true)
			check(t, tt.json, out, Version(p, tt.report))
		})
	}
}

func TestCheck(t *testing.T) {
	g := graph(t)
	tests := []struct {
		name   string
		report phases.Report
		text   string
		json   string
	}{
		{
			"expand is next",
			phases.Report{Catalog: "glance", Stage: revision.Behind, Position: at(g, "ocata_contract01"), Exit: 3, Next: "expand", NextRevisions: []string{"pike_expand01"}},
			"The database is at ocata_expand01, ocata_contract01, and newer revisions exist.\nOutstanding: 1 revision, pike_expand01\nNext: manage db expand\n",
			`{"catalog":"glance","stage":"behind","next":"expand","exit":3,"revisions":["pike_expand01"],"data_migrations":[],"problems":[]}` + "\n",
		},
		{
			"migrate is next",
			phases.Report{Catalog: "glance", Stage: revision.Expanded, Position: at(g, "pike_expand01"), Exit: 4, Next: "migrate", Due: []string{"ocata_migrate01"}},
			"The database is expanded, at pike_expand01; its rows are yet to be moved.\nDue: 1 data migration, ocata_migrate01\nNext: manage db migrate\n",
			`{"catalog":"glance","stage":"expanded","next":"migrate","exit":4,"revisions":[],"data_migrations":["ocata_migrate01"],"problems":[]}` + "\n",
		},
		{
			"nothing is next",
			phases.Report{Catalog: "glance", Stage: revision.Current, Position: at(g, "pike_contract01")},
			"The database is up to date, at pike_expand01, pike_contract01.\nNothing to do.\n",
			`{"catalog":"glance","stage":"current","next":null,"exit":0,"revisions":[],"data_migrations":[],"problems":[]}` + "\n",
		},
		{
			"a problem",
			phases.Report{Catalog: "glance", Stage: revision.Ahead, Position: at(g, "zed_expand01"), Exit: 6,
				Problems: []phases.Problem{{Kind: "ahead", ID: "zed_expand01", Message: "zed_expand01 is not known"}}},
			"The database is at zed_expand01, which this catalog does not know.\nProblem: zed_expand01 is not known\n  Use the release of the catalog that made this database, or a newer one.\n",
			`{"catalog":"glance","stage":"ahead","next":null,"exit":6,"revisions":[],"data_migrations":[],"problems":[{"kind":"ahead","id":"zed_expand01","message":"zed_expand01 is not known"}]}` + "\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, out := page(false)
			check(t, tt.text, out, Check(p, tt.report, nil))
			p, out = page(true)
			check(t, tt.json, out, Check(p, tt.report, nil))
		})
	}
}

func TestEachStageHasASentence(t *testing.T) {
	g := graph(t)
	seen := map[string]revision.Stage{}
	for _, stage := range []revision.Stage{revision.Empty, revision.Unversioned, revision.OnTrunk, revision.Behind, revision.Expanding,
		revision.Expanded, revision.Migrated, revision.Contracting, revision.Current, revision.Ahead} {
		text := Standing(phases.Report{Stage: stage, Position: at(g, "ocata_expand01")})
		if strings.Contains(text, "("+string(stage)+")") {
			t.Errorf("%s has no sentence of its own", stage)
		}
		if other, taken := seen[text]; taken {
			t.Errorf("%s and %s have the same sentence %q", stage, other, text)
		}
		seen[text] = stage
	}
}

func TestStatus(t *testing.T) {
	g := graph(t)
	began := time.Date(2026, 11, 20, 22, 11, 19, 0, time.FixedZone("CET", 3600))
	r := phases.Report{
		Catalog: "glance", Stage: revision.Expanded, Position: at(g, "pike_expand01"), Exit: 4, Next: "migrate", Due: []string{"ocata_migrate01"},
		Releases: []phases.ReleaseStatus{
			{Name: "ocata", Expand: "done", Migrate: "due", Contract: "open"},
			{Name: "pike", Expand: "done", Migrate: "none", Contract: "open"},
		},
		Migrations: []phases.MigrationStatus{{ID: "ocata_migrate01", State: "running", Rows: 1200, Estimate: 200000, RowsPerSecond: 90000.4, SecondsLeft: 2.2, Batch: 8200}},
		Lease:      &ledger.Lease{Holder: "root@a pid 1", Doing: "ocata_migrate01", Acquired: began, Beat: began, Expires: began.Add(30 * time.Second)},
	}
	p, out := page(false)
	check(t, `The database is expanded, at pike_expand01; its rows are yet to be moved.

RELEASE  EXPAND  MIGRATE  CONTRACT
ocata    done    due      open
pike     done    -        open

DATA MIGRATION   STATE    ROWS                  PACE
ocata_migrate01  running  1200 of about 200000  90000 rows/s, 2s left, batches of 8200

root@a pid 1 is working since 2026-11-20 21:11:19 UTC: ocata_migrate01.
Due: 1 data migration, ocata_migrate01
Next: manage db migrate
`, out, Status(p, r))
	p, out = page(true)
	check(t, `{"catalog":"glance","stage":"expanded","version":["pike_expand01"],`+
		`"releases":[{"name":"ocata","expand":"done","migrate":"due","contract":"open"},{"name":"pike","expand":"done","migrate":"none","contract":"open"}],`+
		`"migrations":[{"id":"ocata_migrate01","state":"running","rows":1200,"estimate":200000,"rows_per_second":90000,"seconds_left":2,"batch_rows":8200,"waiting":null}],`+
		`"lease":{"holder":"root@a pid 1","doing":"ocata_migrate01","acquired":"2026-11-20T21:11:19Z","beat":"2026-11-20T21:11:19Z","expires":"2026-11-20T21:11:49Z","expired":false,"state":"alive"},`+
		`"next":"migrate","problems":[]}`+"\n", out, Status(p, r))
}

func TestStatusOfNobodyWorking(t *testing.T) {
	p, out := page(true)
	check(t, `{"catalog":"glance","stage":"empty","version":[],"releases":[],"migrations":[],"lease":null,"next":"sync","problems":[]}`+"\n",
		out, Status(p, phases.Report{Catalog: "glance", Stage: revision.Empty, Next: "sync"}))
}

// examplePlan is a plan of two steps.
func examplePlan(dialect string) plan.Plan {
	return plan.Plan{
		Catalog: "glance", Dialect: dialect, From: []string{"mitaka02"}, To: []string{"ocata_expand01"},
		Steps: []plan.Step{
			{
				ID: "ocata_expand01", Phase: plan.Expand, Transaction: dialect == "postgres", Message: "add visibility", Rows: []string{"ocata_expand01"},
				Statements: []plan.Statement{
					{SQL: "ALTER TABLE images ADD visibility integer", Lock: "ACCESS EXCLUSIVE", Blocks: "all"},
					{SQL: "CREATE TRIGGER t BEFORE INSERT ON images FOR EACH ROW BEGIN SET NEW.a = 1; END"},
				},
			},
			{ID: "ocata_migrate01", Phase: plan.Migrate, Statements: []plan.Statement{{SQL: "UPDATE images SET visibility = '<&>'"}}},
		},
	}
}

func TestPlan(t *testing.T) {
	p, out := page(true)
	check(t, `{"catalog":"glance","dialect":"postgres","from":["mitaka02"],"to":["ocata_expand01"],"steps":[`+
		`{"id":"ocata_expand01","phase":"expand","transaction":true,"statements":[`+
		`{"sql":"ALTER TABLE images ADD visibility integer","lock":"ACCESS EXCLUSIVE","rewrites":false,"blocks":"all"},`+
		`{"sql":"CREATE TRIGGER t BEFORE INSERT ON images FOR EACH ROW BEGIN SET NEW.a = 1; END","lock":null,"rewrites":false,"blocks":null}]},`+
		`{"id":"ocata_migrate01","phase":"migrate","transaction":false,"statements":[`+
		`{"sql":"UPDATE images SET visibility = '<&>'","lock":null,"rewrites":false,"blocks":null}]}]}`+"\n",
		out, Plan(p, examplePlan("postgres")))
	p, out = page(false)
	check(t, `From mitaka02 to ocata_expand01, 2 steps:

1. ocata_expand01 (expand, 2 statements, one transaction): add visibility
   ALTER TABLE images ADD visibility integer;
      -- lock ACCESS EXCLUSIVE, keeps readers and writers waiting
   CREATE TRIGGER t BEFORE INSERT ON images FOR EACH ROW BEGIN SET NEW.a = 1; END;

2. ocata_migrate01 (migrate, 1 statement)
   UPDATE images SET visibility = '<&>';
`, out, Plan(p, examplePlan("postgres")))
	p, out = page(false)
	check(t, "Nothing would be run: the database already contains what is asked for.\n", out, Plan(p, plan.Plan{Catalog: "glance"}))
	p, out = page(true)
	check(t, `{"catalog":"glance","dialect":"sqlite","from":[],"to":[],"steps":[]}`+"\n", out, Plan(p, plan.Plan{Catalog: "glance", Dialect: "sqlite"}))
}

func TestScript(t *testing.T) {
	table := "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));\n"
	p, out := page(false)
	check(t, "-- glance: from mitaka02 to ocata_expand01\n"+table+`
-- ocata_expand01 (expand, 2 statements, one transaction): add visibility
BEGIN;
ALTER TABLE images ADD visibility integer;
CREATE TRIGGER t BEFORE INSERT ON images FOR EACH ROW BEGIN SET NEW.a = 1; END;
DELETE FROM alembic_version WHERE version_num = 'mitaka02';
INSERT INTO alembic_version (version_num) VALUES ('ocata_expand01');
COMMIT;

-- ocata_migrate01 (migrate, 1 statement)
UPDATE images SET visibility = '<&>';
`, out, Script(p, examplePlan("postgres"), "alembic_version"))
	p, out = page(false)
	check(t, "-- glance: from mitaka02 to ocata_expand01\n"+table+`
-- ocata_expand01 (expand, 2 statements): add visibility
ALTER TABLE images ADD visibility integer;
DELIMITER //
CREATE TRIGGER t BEFORE INSERT ON images FOR EACH ROW BEGIN SET NEW.a = 1; END
//
DELIMITER ;
DELETE FROM alembic_version WHERE version_num = 'mitaka02';
INSERT INTO alembic_version (version_num) VALUES ('ocata_expand01');

-- ocata_migrate01 (migrate, 1 statement)
UPDATE images SET visibility = '<&>';
`, out, Script(p, examplePlan("mariadb"), "alembic_version"))
}

// A plan that does not reach its target says so, in all forms.
func TestPlanGoesOn(t *testing.T) {
	pl := examplePlan("postgres")
	pl.Steps, pl.More = pl.Steps[1:], true
	sentence := "More follows. It can be planned once these steps have run, because the schema that they leave is not known.\n"
	p, out := page(false)
	check(t, "From mitaka02 to ocata_expand01, 1 step:\n\n1. ocata_migrate01 (migrate, 1 statement)\n   UPDATE images SET visibility = '<&>';\n\n"+sentence,
		out, Plan(p, pl))
	p, out = page(true)
	check(t, `{"catalog":"glance","dialect":"postgres","from":["mitaka02"],"to":["ocata_expand01"],"steps":[`+
		`{"id":"ocata_migrate01","phase":"migrate","transaction":false,"statements":[`+
		`{"sql":"UPDATE images SET visibility = '<&>'","lock":null,"rewrites":false,"blocks":null}]}],"more":true}`+"\n", out, Plan(p, pl))
	p, out = page(false)
	check(t, `-- glance: from mitaka02 to ocata_expand01
CREATE TABLE IF NOT EXISTS "manage_version_my-shop" (version_num VARCHAR(32) NOT NULL, CONSTRAINT "manage_version_my-shop_pkc" PRIMARY KEY (version_num));

-- ocata_migrate01 (migrate, 1 statement)
UPDATE images SET visibility = '<&>';

-- `+sentence, out, Script(p, pl, "manage_version_my-shop"))
}

func TestFailed(t *testing.T) {
	f := Failure{Code: "refused", Exit: 6, Message: "contract cannot run yet", Hint: "Next: manage db migrate\nand again", File: "a.toml", Line: 3}
	p, out := page(true)
	var stderr bytes.Buffer
	check(t, `{"error":{"code":"refused","exit":6,"message":"contract cannot run yet","hint":"Next: manage db migrate\nand again","file":"a.toml","line":3}}`+"\n",
		out, Failed(p, &stderr, "manage", f))
	check(t, "", &stderr, nil)
	p, out = page(true)
	check(t, `{"error":{"code":"failed","exit":1,"message":"m","hint":null,"file":null,"line":null}}`+"\n",
		out, Failed(p, &stderr, "manage", Failure{Code: "failed", Exit: 1, Message: "m"}))
	p, out = page(false)
	check(t, "manage: a.toml:3: contract cannot run yet\n  Next: manage db migrate\n  and again\n", &stderr, Failed(p, &stderr, "manage", f))
	check(t, "", out, nil)
}

func TestChanged(t *testing.T) {
	g := graph(t)
	c := Change{
		Command: "sync",
		Result: phases.Result{
			Before: at(g, "mitaka02"), After: at(g, "pike_contract01"),
			Applied:  []string{"ocata_expand01", "pike_expand01", "ocata_contract01", "pike_contract01"},
			Migrated: []phases.Migrated{{ID: "ocata_migrate01", Rows: 261}},
		},
		After: phases.Report{Catalog: "glance", Stage: revision.Current, Position: at(g, "pike_contract01")},
	}
	p, out := page(false)
	check(t, `Applied 4 revisions: ocata_expand01 to pike_contract01.
Moved rows with ocata_migrate01: 261 rows.
The database is up to date, at pike_expand01, pike_contract01.
Nothing to do.
`, out, Changed(p, c))
	p, out = page(true)
	check(t, `{"catalog":"glance","command":"sync","from":["mitaka02"],"adopted":null,`+
		`"applied":["ocata_expand01","pike_expand01","ocata_contract01","pike_contract01"],"migrated":[{"id":"ocata_migrate01","rows":261}],"compared":[],`+
		`"version":["pike_expand01","pike_contract01"],"rows":["pike_contract01"],"stage":"current","next":null}`+"\n", out, Changed(p, c))
	p, out = page(false)
	c.Result = phases.Result{Before: c.Result.After, After: c.Result.After}
	check(t, `Nothing to do: the database already contains what was asked for.
The database is up to date, at pike_expand01, pike_contract01.
Nothing to do.
`, out, Changed(p, c))
}

func TestHistory(t *testing.T) {
	began := time.Date(2026, 11, 20, 22, 11, 19, 0, time.UTC)
	ended := began.Add(1500 * time.Millisecond)
	attempts := []ledger.Attempt{
		{ID: 1, Revision: "ocata_expand01", Phase: plan.Expand, Direction: plan.Up, Checksum: "c", Total: 3, Done: 3, Who: "root@a", Started: began, Finished: &ended},
		{ID: 2, Revision: "ocata_contract01", Phase: plan.Contract, Direction: plan.Up, Total: 2, Done: 1, Who: "root@a", Started: began, Finished: &ended, Error: "no room"},
		{ID: 3, Revision: "ocata_contract01", Phase: plan.Contract, Direction: plan.Up, Total: 2, Who: "root@a", Started: began},
	}
	p, out := page(false)
	check(t, `STARTED                  REVISION          PHASE     WAY  STATEMENTS  OUTCOME          WHO
2026-11-20 22:11:19 UTC  ocata_expand01    expand    up   3/3         done in 1.5s     root@a
2026-11-20 22:11:19 UTC  ocata_contract01  contract  up   1/2         failed: no room  root@a
2026-11-20 22:11:19 UTC  ocata_contract01  contract  up   0/2         not finished     root@a
`, out, History(p, "glance", attempts))
	p, out = page(true)
	check(t, `{"catalog":"glance","attempts":[{"id":1,"revision":"ocata_expand01","phase":"expand","direction":"up","checksum":"c","statements":3,"done":3,"who":"root@a","started":"2026-11-20T22:11:19Z","finished":"2026-11-20T22:11:20.5Z","error":null}]}`+"\n",
		out, History(p, "glance", attempts[:1]))
	p, out = page(false)
	check(t, "Nothing was run on this database by manage.\n", out, History(p, "glance", nil))
	p, out = page(true)
	check(t, `{"catalog":"glance","attempts":[]}`+"\n", out, History(p, "glance", nil))
}

func TestHeads(t *testing.T) {
	p, out := page(false)
	check(t, "expand    pike_expand01\ncontract  pike_contract01\n", out, Heads(p, "glance", graph(t).Heads()))
	p, out = page(true)
	check(t, `{"catalog":"watcher","heads":{"trunk":"609bec748f2a"}}`+"\n", out, Heads(p, "watcher", revision.Heads{Trunk: "609bec748f2a"}))
}
