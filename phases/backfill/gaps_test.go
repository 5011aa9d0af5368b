package backfill

import (
	"testing"
	"time"

	"manage/engine/flavor"
)

func TestGaps(t *testing.T) {
	const short, long = 30 * time.Millisecond, 90 * time.Millisecond
	sqlite, mariadb := flavor.Flavor{Dialect: flavor.SQLite}, flavor.Flavor{Dialect: flavor.MariaDB}
	cluster := flavor.Flavor{Dialect: flavor.MariaDB, Galera: true}
	for _, c := range []struct {
		name   string
		flavor flavor.Flavor
		wrote  bool
		took   []time.Duration
		want   []time.Duration
	}{
		{"one writer at a time", sqlite, true, []time.Duration{short, short, short, short, long}, []time.Duration{0, 0, gapFor, 0, gapFor}},
		{"which readers keep out too", sqlite, false, []time.Duration{long, short}, []time.Duration{gapFor, 0}},
		{"locks of rows", mariadb, true, []time.Duration{long, long}, []time.Duration{0, 0}},
		{"a cluster", cluster, true, []time.Duration{short, long}, []time.Duration{short, long}},
		{"a cluster that is read", cluster, false, []time.Duration{long}, []time.Duration{0}},
	} {
		var g gaps
		for i, took := range c.took {
			if got := g.after(took, c.flavor, c.wrote); got != c.want[i] {
				t.Errorf("%s: %v after batch %d, want %v", c.name, got, i+1, c.want[i])
			}
		}
	}
}
