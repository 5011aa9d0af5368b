package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"manage/engine/flavor"
)

func allDialects() []flavor.Dialect {
	return []flavor.Dialect{flavor.SQLite, flavor.Postgres, flavor.MariaDB}
}

// freshRatio is the aim of benchFresh: how much longer than the raw client.
const freshRatio = 1.2

// benchFresh measures the installation of the image service's whole schema,
// beside the same statements with the same transactions through the database's
// own client. Databases are on disk and as durable as they are by default.
func benchFresh(s *session) error {
	targets, err := startTargets(s.disk, allDialects(), true)
	defer stopTargets(targets)
	if err != nil {
		return err
	}
	for _, t := range targets {
		c := comparison{session: s, target: t}
		if err := c.prepare(); err != nil {
			return err
		}
		if err := c.measure(); err != nil {
			return err
		}
		ours, raw := c.ours.fastest(), c.raw.fastest()
		ratio := float64(ours) / float64(raw)
		report("fresh: sync of glance on "+t.dialect.Title(),
			fmt.Sprintf("%s, client %s: %.2f times", ms(ours), ms(raw), ratio),
			verdict(fmt.Sprintf("%.1f times", freshRatio), ratio <= freshRatio))
	}
	return nil
}

// comparison is `db sync` on an empty database beside the same statements
// through the database's own client.
type comparison struct {
	*session
	target  *target
	catalog string // "" for the built-in one
	script  string // the file for the client
	ours    samples
	raw     samples
}

func (c *comparison) arguments(db database, words ...string) []string {
	args := append([]string{"db"}, words...)
	args = append(args, "--connection", db.url)
	if c.catalog != "" {
		args = append(args, "--catalog", c.catalog)
	}
	return args
}

// prepare writes the client's script, as `db plan --sql` gives it for an empty
// database.
func (c *comparison) prepare() error {
	db, err := c.target.create()
	if err != nil {
		return err
	}
	plan, err := c.command(c.arguments(db, "plan", "sync", "--sql")...).run()
	if err != nil {
		return err
	}
	c.script = filepath.Join(c.disk, string(c.target.dialect)+"-plan.sql")
	if err := os.WriteFile(c.script, []byte(plan.Output), 0o644); err != nil {
		return err
	}
	if c.target.server == nil {
		return nil // the plan must not have made the file
	}
	return db.drop()
}

// measure runs both in turn, each time on a new database.
func (c *comparison) measure() error {
	for range c.rounds {
		if err := c.round(); err != nil {
			return err
		}
	}
	return nil
}

// round runs both once.
func (c *comparison) round() error {
	ours, err := c.once(func(db database) program { return c.command(c.arguments(db, "sync")...) })
	if err != nil {
		return err
	}
	raw, err := c.once(func(db database) program { return db.client(c.script) })
	if err != nil {
		return err
	}
	c.ours, c.raw = append(c.ours, ours), append(c.raw, raw)
	return nil
}

func (c *comparison) once(p func(database) program) (sample, error) {
	db, err := c.target.create()
	if err != nil {
		return sample{}, err
	}
	one, err := p(db).run()
	if err != nil {
		return one, err
	}
	return one, db.drop()
}

// overhead is the time that each of n revisions takes more than in the client.
func (c *comparison) overhead(n int) time.Duration {
	return (c.ours.fastest() - c.raw.fastest()) / time.Duration(n)
}
