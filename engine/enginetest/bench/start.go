package main

import (
	"time"

	"manage/engine/flavor"
)

// The aims of benchStart.
const (
	startTime   = 10 * time.Millisecond
	startMemory = 30 << 20
)

// benchStart measures how long it takes to look at a database: `db version` on
// a SQLite file at the newest version.
func benchStart(s *session) error {
	t := &target{dialect: flavor.SQLite, dir: s.disk}
	db, err := t.create()
	if err != nil {
		return err
	}
	defer db.drop()
	if _, err := s.command("db", "sync", "--connection", db.url).run(); err != nil {
		return err
	}
	all, err := s.repeat(s.command("db", "version", "--connection", db.url))
	if err != nil {
		return err
	}
	report("start: db version on SQLite", ms(all.fastest())+", processor "+ms(all.cpu()), verdict(ms(startTime), all.fastest() < startTime))
	report("start: db version on SQLite, peak memory", mib(all.peak()), verdict(mib(startMemory), all.peak() < startMemory))
	return nil
}
