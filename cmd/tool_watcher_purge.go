package cmd

import (
	"bufio"
	"context"
	"errors"
	"io"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/engine/run"
	"manage/phases/purge"
	"slices"
	"strings"
	"time"
)

// watcherPurge is `watcher-db-manage purge`.
type watcherPurge struct {
	AgeInDays      *int    `letter:"d" optional:"" placeholder:"DAYS" help:"Keep what was soft-deleted within so many days."`
	MaxNumber      *int64  `short:"n" optional:"" placeholder:"COUNT" help:"How many objects are expected at most."`
	Goal           *string `short:"t" optional:"" placeholder:"GOAL" help:"UUID or name of the soft-deleted goal to purge."`
	AuditTemplate  *string `optional:"" placeholder:"TEMPLATE" help:"UUID or name of the soft-deleted audit template to purge."`
	ExcludeOrphans bool    `short:"e" help:"Leave orphans alone."`
	DryRun         bool    `help:"Only show what can be purged."`
}

// Doc is what the help says of purge.
func (*watcherPurge) Doc() Doc {
	return Doc{
		Does: "Removes soft-deleted objects, what belongs to them, and orphans, after a question. If there are more objects than " +
			"the maximum, it asks whether to remove as many as fit. -d, -n and -t without a value mean nothing. Orphans go whatever " +
			"goal is named. A row that stays and refers to one that would go is named, and nothing is removed.",
		Writes: "It removes rows, and keeps its position in manage_backfill and manage_lease. With --dry-run nothing.", Exits: writeExits(),
		Examples: []string{"purge --dry-run", "purge -d 90 -n 1000", "purge -t SERVERS -e"},
	}
}

// Run purges after questions, which are asked and answered whether or not there
// is a terminal. Why a purge fails is said on standard output, as there.
func (c *watcherPurge) Run(ctx context.Context, t terminal, r lazyReads, w lazyWrites, p *view.Page) error {
	if c.Goal != nil && c.AuditTemplate != nil {
		return &argv.UsageError{Kind: argv.Exclusive, Word: "--goal", Other: "--audit-template"}
	}
	s, err := purgeService(ctx, c.DryRun, r, w)
	if err != nil {
		return err
	}
	var stopped *run.Interrupted
	err = c.purge(ctx, s, asker{bufio.NewReader(t.in)}, p)
	if err == nil || errors.As(err, &stopped) {
		return err
	}
	if err := view.WatcherPurgeFailed(p, err); err != nil {
		return err
	}
	return exitCode(ExitFailed)
}

// What is wrong with numbers, in the words of the original.
var (
	errLimit = errors.New("Limit should be positive") //lint:ignore ST1005 scripts look for it as it is
	errAge   = errors.New("date value out of range")
)

// request is what the options ask for. Ages count from the local time, as
// there.
func (c *watcherPurge) request(now time.Time) (purge.Request, error) {
	req := purge.Request{ExcludeOrphans: c.ExcludeOrphans}
	if c.MaxNumber != nil && *c.MaxNumber < 0 {
		return req, errLimit
	}
	if c.AgeInDays != nil && *c.AgeInDays != 0 {
		if !ageInRange(now, *c.AgeInDays) {
			return req, errAge
		}
		before := now.AddDate(0, 0, -*c.AgeInDays)
		req.Before = &before
	}
	switch {
	case c.Goal != nil:
		req.Root = &purge.Root{Kind: "goal", Word: *c.Goal}
	case c.AuditTemplate != nil:
		req.Root = &purge.Root{Kind: "audit_template", Word: *c.AuditTemplate}
	}
	return req, nil
}

// purge is the dialogue.
func (c *watcherPurge) purge(ctx context.Context, s *purge.Service, ask asker, p *view.Page) error {
	req, err := c.request(time.Now())
	if err != nil {
		return err
	}
	sel, err := s.Look(ctx, req)
	if err != nil {
		return err
	}
	if total := sel.Counts().Total(); c.MaxNumber != nil && total > *c.MaxNumber {
		if err := errors.Join(view.WatcherPurgeTable(p, sel.Counts()), view.WatcherPurgeExceeds(p, total, *c.MaxNumber)); err != nil {
			return err
		}
		if yes, err := ask.yes(); err != nil || !yes {
			return err
		}
		if sel, err = s.Reduce(ctx, sel, *c.MaxNumber); err != nil {
			return err
		}
	}
	done := view.Purge{Selected: sel.Counts(), Orphans: !c.ExcludeOrphans}
	if !c.DryRun {
		if done.Deleted, err = c.remove(ctx, s, sel, ask, p); err != nil {
			return err
		}
	}
	return view.WatcherPurged(p, done)
}

// remove asks, and purges if the answer is yes; otherwise it returns nil. It
// looks for rows in the way before, where the original finds them half way.
func (c *watcherPurge) remove(ctx context.Context, s *purge.Service, sel *purge.Selection, ask asker, p *view.Page) (purge.Counts, error) {
	if err := view.WatcherPurgeTable(p, sel.Counts()); err != nil {
		return nil, err
	}
	if err := s.InTheWay(ctx, sel); err != nil {
		return nil, err
	}
	if err := view.WatcherPurgeConfirm(p, sel.Counts().Total()); err != nil {
		return nil, err
	}
	if yes, err := ask.yes(); err != nil || !yes {
		return nil, err
	}
	return s.Delete(ctx, sel)
}

// asker reads the answers to questions.
type asker struct{ in *bufio.Reader }

var errNoAnswer = errors.New("the input ended before the question was answered")

// yes reads one line. Every word that does not mean yes means no.
func (a asker) yes() (bool, error) {
	line, err := a.in.ReadString('\n')
	if err == io.EOF && line == "" {
		return false, errNoAnswer
	}
	if err != nil && err != io.EOF {
		return false, err
	}
	return slices.Contains([]string{"1", "t", "true", "on", "y", "yes"}, strings.ToLower(strings.TrimSpace(line))), nil
}
