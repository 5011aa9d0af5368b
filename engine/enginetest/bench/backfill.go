package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// The aims of benchBackfill: the speed beside one UPDATE of the whole table,
// the memory, and what the writers may wait in the 99th percentile and at most.
const backfillMemory = 64 << 20

func backfillRatio(d flavor.Dialect) float64 {
	switch d {
	case flavor.Postgres:
		return 1
	case flavor.SQLite:
		return 0.7
	}
	return 0.8
}

func backfillWaits(d flavor.Dialect) (p99, longest time.Duration) {
	if d == flavor.SQLite {
		return 250 * time.Millisecond, 250 * time.Millisecond
	}
	return 20 * time.Millisecond, 100 * time.Millisecond
}

// benchBackfill measures a data migration of all rows of a table beside one
// UPDATE and beside a loop of key ranges, while another process writes 200 rows
// a second.
func benchBackfill(s *session) error {
	dialects := allDialects()
	// Debian's MariaDB brings a program with the name of MySQL's server.
	if os.Getenv(enginetest.EnvBin(flavor.MySQL)) != "" {
		dialects = append(dialects, flavor.MySQL)
	}
	if s.on != "" {
		dialects = slices.DeleteFunc(dialects, func(d flavor.Dialect) bool { return !slices.Contains(strings.Split(s.on, ","), string(d)) })
	}
	for _, n := range s.rows {
		for _, key := range s.keys {
			t := table{key: keyKind(key), rows: n, dir: filepath.Join(s.disk, key)}
			if err := t.write(); err != nil {
				return err
			}
			for _, d := range dialects {
				if err := s.backfillOn(d, t); err != nil {
					return fmt.Errorf("%s: %w", d.Title(), err)
				}
			}
		}
	}
	return nil
}

// backfillOn measures on a server of its own, so that none has the others'
// leavings to clear up.
func (s *session) backfillOn(d flavor.Dialect, t table) error {
	targets, err := startTargets(s.disk, []flavor.Dialect{d}, true)
	defer stopTargets(targets)
	if err != nil {
		return err
	}
	return (&backfilling{session: s, target: targets[0], writers: targets[0], table: t}).measure()
}

// backfilling is the measurement of one table on one server.
type backfilling struct {
	*session
	target  *target
	writers *target // where the others write: another node of the same cluster
	table   table
}

// contender is one way to fill the new column.
type contender struct {
	name string
	run  func(database) program
}

func (b *backfilling) contenders() []contender {
	ours := []contender{b.ours("manage db migrate")}
	if b.workers > 0 && b.target.server != nil {
		n := fmt.Sprint(b.workers)
		ours = append(ours, b.ours("manage db migrate, "+n+" workers", "--workers", n))
	}
	if b.alone {
		return ours
	}
	client := func(script string) func(database) program {
		return func(db database) program { return db.client(script) }
	}
	all := []contender{
		{"one UPDATE", client(b.table.whole())},
		{"1,000-row ranges", client(b.table.loop())},
	}
	if b.target.server == nil {
		all = append(all, contender{"one UPDATE through the driver", func(db database) program {
			return program{args: []string{self(), executeWord, db.url, b.table.update()}}
		}})
	}
	return append(all, ours...)
}

func (b *backfilling) ours(name string, flags ...string) contender {
	args := append([]string{"db", "migrate", "--no-progress", "--catalog", b.table.dir}, flags...)
	return contender{name, func(db database) program { return b.command(append(args, "--connection", db.url)...) }}
}

func (b *backfilling) measure() error {
	fmt.Printf("backfill: %d rows, %s key, %s, with 200 writes a second\n", b.table.rows, b.table.key, b.target.dialect.Title())
	results := map[string]filled{}
	for _, c := range b.contenders() {
		one, err := b.once(c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		results[c.name] = one
		report("  "+c.name, fmt.Sprintf("%.2f s, %.0f rows/s, %s", one.Elapsed.Seconds(), one.speed, mib(one.Peak)), one.waits.String())
	}
	if !b.alone {
		b.judge(results)
	}
	return nil
}

// benchGalera measures the same on one node of a cluster while rows are written
// on another one: what counts is what those writers notice.
func benchGalera(s *session) error {
	nodes, err := enginetest.StartGalera(3, enginetest.Options{Durable: true})
	if err != nil {
		return err
	}
	var targets []*target
	for _, n := range nodes {
		targets = append(targets, &target{dialect: flavor.MariaDB, dir: s.disk, server: n})
	}
	defer stopTargets(targets)
	t := table{key: keyNumber, rows: slices.Min(s.rows), dir: filepath.Join(s.disk, "galera")}
	if err := t.write(); err != nil {
		return err
	}
	b := backfilling{session: s, target: targets[0], writers: targets[1], table: t}
	one, err := b.once(b.ours("manage db migrate"))
	if err != nil {
		return err
	}
	report(fmt.Sprintf("galera: %d rows, writers on another node", t.rows),
		fmt.Sprintf("%.2f s, %.0f rows/s, %s", one.Elapsed.Seconds(), one.speed, mib(one.Peak)), one.waits.String())
	share := float64(one.waits.Errors) / float64(one.waits.Writes)
	report("galera: errors of the writers", fmt.Sprintf("%d of %d", one.waits.Errors, one.waits.Writes),
		verdict("1 of 10,000", share <= 1.0/10_000))
	return nil
}

// judge says which aims are met.
func (b *backfilling) judge(results map[string]filled) {
	ours, whole := results["manage db migrate"], results["one UPDATE"]
	if b.target.server == nil {
		whole = results["one UPDATE through the driver"]
	}
	ratio, aim := ours.speed/whole.speed, backfillRatio(b.target.dialect)
	report("  beside one UPDATE", fmt.Sprintf("%.2f of its speed", ratio), verdict(fmt.Sprintf("%.1f", aim), ratio >= aim))
	if b.target.server != nil {
		ratio = ours.speed / results["1,000-row ranges"].speed
		report("  beside the ranges", fmt.Sprintf("%.2f of their speed", ratio), verdict("over 1", ratio > 1))
	}
	p99, longest := backfillWaits(b.target.dialect)
	report("  the writers", ours.waits.String(), verdict(fmt.Sprintf("p99 %s, max %s, no error", ms(p99), ms(longest)),
		ours.waits.P99 < p99 && ours.waits.Longest < longest && ours.waits.Errors == 0))
	report("  memory", mib(ours.Peak), verdict(mib(backfillMemory), ours.Peak < backfillMemory))
}

// filled is one run of a contender.
type filled struct {
	sample
	speed float64 // rows a second
	waits writerWaits
}

// once fills a fresh table among writers.
func (b *backfilling) once(c contender) (filled, error) {
	db, err := b.fresh()
	if err != nil {
		return filled{}, err
	}
	there := db
	if b.writers != b.target {
		there = database{b.writers, db.name, b.writers.server.URL(db.name)}
		// The other node has it all once it answers this.
		if err := there.execute("SET wsrep_sync_wait = 1;\nSELECT cost FROM items LIMIT 1"); err != nil {
			return filled{}, err
		}
	}
	stop, err := startWriters(there.url, b.table)
	if err != nil {
		return filled{}, err
	}
	time.Sleep(time.Second) // the writers are at their pace
	one, err := c.run(db).run()
	waits, stopErr := stop()
	if err == nil {
		err = stopErr
	}
	if err != nil {
		return filled{}, err
	}
	if err := b.complete(db); err != nil {
		return filled{}, err
	}
	return filled{sample: one, speed: float64(b.table.rows) / one.Elapsed.Seconds(), waits: waits}, db.drop()
}

// fresh makes a database with the expanded table and its rows.
func (b *backfilling) fresh() (database, error) {
	db, err := b.target.create()
	if err != nil {
		return db, err
	}
	if db.target.server == nil {
		if err := db.execute("PRAGMA journal_mode = WAL"); err != nil {
			return db, err
		}
	}
	steps := []func() error{
		func() error { return b.manage(db, "upgrade", "first") },
		func() error { return b.table.load(db) },
		func() error { return b.manage(db, "expand") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return db, err
		}
	}
	return db, nil
}

func (b *backfilling) manage(db database, words ...string) error {
	args := append([]string{"db"}, words...)
	_, err := b.command(append(args, "--no-progress", "--connection", db.url, "--catalog", b.table.dir)...).run()
	return err
}

// complete is an error if a row was left out.
func (b *backfilling) complete(db database) error {
	return db.execute("CREATE TABLE left_out (n integer NOT NULL CHECK (n = 0));\nINSERT INTO left_out SELECT COUNT(*) FROM items WHERE cost IS NULL")
}
