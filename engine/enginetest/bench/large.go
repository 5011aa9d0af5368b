package main

import (
	"fmt"
	"path/filepath"
	"time"

	"manage/engine/flavor"
)

// largest is the size of the large catalog, largeTime how long looking at it
// may take, and largeGrowth how much longer a revision of it may take to be
// applied than one of the smallest: linear means no longer, and the rest is
// for the machine's moods.
const (
	largest     = 10000
	largeTime   = 300 * time.Millisecond
	largeGrowth = 1.25
)

func largeSizes() []int { return []int{1000, 2000, 5000, largest} }

// benchLarge measures catalogs of up to 10,000 revisions in both forms.
func benchLarge(s *session) error {
	for _, f := range []form{formTOML, formSQL} {
		if err := s.apply(f); err != nil {
			return err
		}
	}
	return s.look(formTOML, shapeBranches)
}

// apply runs catalogs of growing size on SQLite, and looks at the largest.
func (s *session) apply(f form) error {
	var first time.Duration
	for _, n := range largeSizes() {
		dir := filepath.Join(s.disk, fmt.Sprintf("%s-%d", f, n))
		if err := write(dir, generate(n, f, shapeTrunk)); err != nil {
			return err
		}
		c := comparison{session: s, target: &target{dialect: flavor.SQLite, dir: s.memory}, catalog: dir}
		each, err := c.applyOnce(n, f)
		if err != nil {
			return err
		}
		if first == 0 {
			first = each
			continue
		}
		growth := float64(each) / float64(first)
		report(fmt.Sprintf("large: a revision of %d beside one of %d (%s)", n, largeSizes()[0], f), fmt.Sprintf("%.2f times", growth),
			verdict(fmt.Sprintf("%.2f times", largeGrowth), growth <= largeGrowth))
	}
	return s.look(f, shapeTrunk)
}

// applyOnce applies a catalog of n revisions once, through us and through the
// client, and returns the time that we take for each.
func (c *comparison) applyOnce(n int, f form) (time.Duration, error) {
	if err := c.prepare(); err != nil {
		return 0, err
	}
	if err := c.round(); err != nil {
		return 0, err
	}
	each := c.ours.fastest() / time.Duration(n)
	report(fmt.Sprintf("large: apply %d %s revisions on SQLite", n, f),
		fmt.Sprintf("%.2f s, client %.2f s: %.3f ms each over it", c.ours.fastest().Seconds(), c.raw.fastest().Seconds(), c.overhead(n).Seconds()*1000),
		mib(c.ours.peak()))
	return each, nil
}

// look applies the largest catalog of a form and shape, and looks at it.
func (s *session) look(f form, h shape) error {
	dir := filepath.Join(s.disk, fmt.Sprintf("%s-%s", f, h))
	if err := write(dir, generate(largest, f, h)); err != nil {
		return err
	}
	t := &target{dialect: flavor.SQLite, dir: s.memory}
	db, err := t.create()
	if err != nil {
		return err
	}
	if _, err := s.command("db", "sync", "--connection", db.url, "--catalog", dir).run(); err != nil {
		return err
	}
	if err := s.lookAt(fmt.Sprintf("%s %s", f, h), dir, db); err != nil {
		return err
	}
	return db.drop()
}

// lookAt measures what reads the catalog and a database that is up to date.
func (s *session) lookAt(what, dir string, db database) error {
	for _, words := range [][]string{{"heads"}, {"sync"}, {"status"}, {"version"}} {
		args := append(append([]string{"db"}, words...), "--connection", db.url, "--catalog", dir)
		all, err := s.repeat(s.command(args...))
		if err != nil {
			return err
		}
		name := words[0]
		if name == "sync" {
			name = "sync with nothing to do"
		}
		report(fmt.Sprintf("large: %s, %d revisions (%s)", name, largest, what),
			fmt.Sprintf("%s, processor %s, %s", ms(all.fastest()), ms(all.cpu()), mib(all.peak())),
			verdict(ms(largeTime), all.fastest() < largeTime))
	}
	return nil
}
