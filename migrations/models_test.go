package migrations_test

import (
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/schema"
)

// withModels names the catalogs that say their newest schema in models.toml.
var withModels = []string{"glance", "watcher", "solum", "mogan"}

// strict are the rules by which models and revisions are one: names that a
// server chose may differ, because it counts what was there before.
func strict() schema.Rules { return schema.Rules{ChosenNames: true} }

// TestModelsAreWhatRevisionsMake holds that there is one truth: the newest
// schema is the same by the models and by the revisions, on every dialect.
func TestModelsAreWhatRevisionsMake(t *testing.T) {
	for _, name := range withModels {
		c := fixtures.Catalog(t, name)
		for _, d := range flavor.Dialects() {
			f := flavor.Default(d)
			folded, err := c.Fold(f, false, c.Graph.All())
			if err != nil {
				t.Fatal(err)
			}
			models, err := c.Models.Schema(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, diff := range schema.Compare(models, folded, strict()) {
				t.Errorf("%s on %s: by the revisions, %s", name, d, diff)
			}
		}
	}
}

// TestModelsOnServers makes the newest schema of each catalog in both ways, and
// compares what each server has then.
func TestModelsOnServers(t *testing.T) {
	for _, name := range withModels {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				c := fixtures.Catalog(t, name)
				upgraded := siteOf(t, db, c)
				for _, id := range c.Graph.All().IDs() {
					upgraded.upTo(t, id)
				}
				created := siteOf(t, enginetest.New(t, db.Dialect), c)
				for _, op := range c.Models.Operations(db.Dialect) {
					created.operate(t, "models.toml", op)
				}
				if diff := enginetest.CompareSnapshots(enginetest.TakeSnapshot(t, db), enginetest.TakeSnapshot(t, created.Database)); diff != "" {
					t.Errorf("the models make another schema than the revisions (-revisions +models):\n%s", diff)
				}
				for _, diff := range schema.Compare(created.state, live(t, db), strict()) {
					t.Errorf("after upgrade %s", diff)
				}
			})
		})
	}
}
