package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"manage/engine/flavor"
)

// The aims of benchPurge: at least half the speed of the client's deletions,
// while nobody who works with live rows waits longer than this.
const (
	purgeRatio = 2.0
	purgeWait  = 250 * time.Millisecond
)

// How many rows there are to purge, and how many live ones beside them.
const (
	purgedOrders, linesEach = 100_000, 9 // 1,000,000 rows
	liveOrders              = 10_000
)

// purgeCatalog is a service with orders, and lines that belong to them.
func purgeCatalog() map[string]string {
	return map[string]string{
		"catalog.toml": "name = \"shop\"\n",
		"versions/first.toml": `revision = "first"
[[up]]
create_table = { name = "orders", columns = [
  { name = "id", type = "integer", nullable = false, autoincrement = true },
  { name = "note", type = "string(100)" },
  { name = "deleted", type = "integer", nullable = false },
  { name = "deleted_at", type = "datetime" },
], primary_key = ["id"] }
[[up]]
create_table = { name = "order_lines", columns = [
  { name = "id", type = "integer", nullable = false, autoincrement = true },
  { name = "order_id", type = "integer", nullable = false },
  { name = "note", type = "string(100)" },
  { name = "deleted", type = "integer", nullable = false },
  { name = "deleted_at", type = "datetime" },
], primary_key = ["id"],
  indexes = [{ name = "ix_order_lines_order_id", columns = ["order_id"] }],
  foreign_keys = [{ columns = ["order_id"], ref_table = "orders", ref_columns = ["id"] }] }
`,
		"purge.toml": `soft_deleted = "deleted <> 0"
live         = "deleted = 0"
deleted_at   = "deleted_at"
[[kind]]
name  = "order"
table = "orders"
key   = "id"
[[kind]]
name    = "line"
table   = "order_lines"
key     = "id"
parents = [{ column = "order_id", kind = "order", related = true, orphan = true }]
`,
	}
}

// purgeRows fills the tables; every eleventh order is live, so that live and
// deleted rows stand side by side.
func purgeRows(d flavor.Dialect) string {
	const orders = purgedOrders + liveOrders
	series := func(n int) string { return fmt.Sprintf("generate_series(1, %d) AS s(seq)", n) }
	if d.MySQLFamily() {
		series = func(n int) string { return fmt.Sprintf("seq_1_to_%d", n) }
	}
	deleted := func(id string) string {
		return fmt.Sprintf("CASE WHEN MOD(%s, 11) = 0 THEN 0 ELSE 1 END, CASE WHEN MOD(%s, 11) = 0 THEN NULL ELSE TIMESTAMP '2020-01-01 00:00:00' END", id, id)
	}
	const order = "MOD(seq - 1, 110000) + 1"
	analyze := "ANALYZE"
	if d.MySQLFamily() {
		analyze = "ANALYZE TABLE orders, order_lines"
	}
	return fmt.Sprintf(`INSERT INTO orders (id, note, deleted, deleted_at) SELECT seq, 'a note of some length for each order', %s FROM %s;
INSERT INTO order_lines (order_id, note, deleted, deleted_at) SELECT %s, 'a note of some length for each line', %s FROM %s;
%s;
`, deleted("seq"), series(orders), order, deleted(order), series(orders*linesEach), analyze)
}

// benchPurge measures a purge of a million rows beside one DELETE for each
// table through the client, and what those who work with live rows wait.
func benchPurge(s *session) error {
	targets, err := startTargets(s.disk, []flavor.Dialect{flavor.Postgres, flavor.MariaDB}, true)
	defer stopTargets(targets)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.disk, "shop")
	if err := write(dir, purgeCatalog()); err != nil {
		return err
	}
	for _, t := range targets {
		p := purging{session: s, target: t, catalog: dir}
		if err := p.measure(); err != nil {
			return err
		}
	}
	return nil
}

// purging is the measurement on one server.
type purging struct {
	*session
	target  *target
	catalog string
}

func (p *purging) measure() error {
	deletes := filepath.Join(p.disk, "deletes.sql")
	if err := os.WriteFile(deletes, []byte("DELETE FROM order_lines WHERE deleted <> 0;\nDELETE FROM orders WHERE deleted <> 0;\n"), 0o644); err != nil {
		return err
	}
	client := func(db database) program { return db.client(deletes) }
	raw, _, err := p.once(client, false)
	if err != nil {
		return err
	}
	busyRaw, rawWaits, err := p.once(client, true)
	if err != nil {
		return err
	}
	ours, _, err := p.once(p.purge, false)
	if err != nil {
		return err
	}
	busy, waits, err := p.once(p.purge, true)
	if err != nil {
		return err
	}
	title := p.target.dialect.Title()
	ratio := float64(ours.Elapsed) / float64(raw.Elapsed)
	report("purge: 1,000,000 rows on "+title, fmt.Sprintf("%.1f s, client %.1f s: %.2f times; %s", ours.Elapsed.Seconds(), raw.Elapsed.Seconds(), ratio, mib(ours.Peak)),
		verdict(fmt.Sprintf("%.1f times", purgeRatio), ratio <= purgeRatio))
	ratio = float64(busy.Elapsed) / float64(busyRaw.Elapsed)
	report("purge: the same among readers and writers on "+title, fmt.Sprintf("%.1f s, client %.1f s: %.2f times", busy.Elapsed.Seconds(), busyRaw.Elapsed.Seconds(), ratio),
		verdict(fmt.Sprintf("%.1f times", purgeRatio), ratio <= purgeRatio))
	report("purge: the longest wait of those on "+title, fmt.Sprintf("read %s, write %s; client %s, %s", ms(waits.read.longest), ms(waits.write.longest), ms(rawWaits.read.longest), ms(rawWaits.write.longest)),
		verdict(ms(purgeWait), max(waits.read.longest, waits.write.longest) < purgeWait))
	return nil
}

func (p *purging) purge(db database) program {
	return p.command("db", "purge", "--yes", "--no-progress", "--connection", db.url, "--catalog", p.catalog)
}

// once fills a fresh database and runs a program on it, alone or among others.
func (p *purging) once(run func(database) program, busy bool) (sample, crowdWaits, error) {
	var waits crowdWaits
	db, err := p.target.create()
	if err != nil {
		return sample{}, waits, err
	}
	if _, err := p.command("db", "upgrade", "--connection", db.url, "--catalog", p.catalog).run(); err != nil {
		return sample{}, waits, err
	}
	if err := db.execute(purgeRows(p.target.dialect)); err != nil {
		return sample{}, waits, err
	}
	stop := func() (crowdWaits, error) { return waits, nil }
	if busy {
		if stop, err = startCrowd(db.url, liveOrders); err != nil {
			return sample{}, waits, err
		}
	}
	one, err := run(db).run()
	waits, crowdErr := stop()
	if err == nil {
		err = crowdErr
	}
	if err != nil {
		return one, waits, err
	}
	return one, waits, db.drop()
}
