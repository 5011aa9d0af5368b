package main

import (
	"fmt"
	"path/filepath"
	"time"

	"manage/engine/flavor"
)

// chainLength is how many revisions are applied, chainAim what each may take
// more than in the database's own client: what goose takes, measured on the
// same kind of machine with servers in memory.
const chainLength = 500

func chainAim(d flavor.Dialect) time.Duration {
	switch d {
	case flavor.SQLite:
		return 230 * time.Microsecond
	case flavor.Postgres:
		return 330 * time.Microsecond
	}
	return 200 * time.Microsecond
}

// benchChain measures what a revision costs beside its statement, on servers
// in memory that do not wait for a disk.
func benchChain(s *session) error {
	dir := filepath.Join(s.disk, "chain")
	if err := write(dir, generate(chainLength, formTOML, shapeTrunk)); err != nil {
		return err
	}
	targets, err := startTargets(s.memory, allDialects(), false)
	defer stopTargets(targets)
	if err != nil {
		return err
	}
	for _, t := range targets {
		c := comparison{session: s, target: t, catalog: dir}
		if err := c.prepare(); err != nil {
			return err
		}
		if err := c.measure(); err != nil {
			return err
		}
		each, aim := c.overhead(chainLength), chainAim(t.dialect)
		report(fmt.Sprintf("chain: %d revisions on %s", chainLength, t.dialect.Title()),
			fmt.Sprintf("%s, client %s: %.2f ms each over it", ms(c.ours.fastest()), ms(c.raw.fastest()), each.Seconds()*1000),
			verdict(fmt.Sprintf("%.2f ms", aim.Seconds()*1000), each < aim))
	}
	return nil
}
