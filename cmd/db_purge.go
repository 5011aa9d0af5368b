package cmd

import (
	"context"
	"fmt"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/migrations/catalog"
	"manage/phases"
	"manage/phases/purge"
	"strconv"
	"strings"
	"time"
)

// purgeCommand is `manage db purge`.
type purgeCommand struct {
	AgeInDays      int    `short:"d" placeholder:"DAYS" help:"Keep what was soft-deleted within the last DAYS; 0 or nothing keeps none of it."`
	MaxNumber      *int64 `short:"n" placeholder:"COUNT" help:"Purge at most COUNT objects, in whole groups of what belongs together."`
	Root           string `placeholder:"KIND=NAME|UUID" help:"Purge one soft-deleted object with what belongs to it, and orphans."`
	ExcludeOrphans bool   `short:"e" help:"Leave orphans alone: live objects whose parents are gone or soft-deleted."`
	DryRun         bool   `help:"Only show what would be purged, and what stands in the way."`
}

// Doc is what the help says of purge.
func (*purgeCommand) Doc() Doc {
	return Doc{
		Does: "Removes soft-deleted objects, what belongs to them, and orphans, as the catalog's purge.toml says. " +
			"It looks first: if a row that stays refers to one that would go, the row is named and nothing is removed. " +
			"Children go before parents, in batches of a transaction each; a purge that is stopped is finished by another. " +
			"It asks before it begins, or needs --yes.",
		Writes:   "It removes rows, and keeps its position in manage_backfill and manage_lease. With --dry-run nothing.",
		Exits:    writeExits(),
		Examples: []string{"db purge --dry-run", "db purge --age-in-days 90 --yes", "--catalog watcher db purge --root goal=SERVERS -e"},
	}
}

// Run purges, or shows what would be purged.
func (c *purgeCommand) Run(ctx context.Context, g *Global, cat *catalog.Catalog, t terminal, r lazyReads, w lazyWrites, p *view.Page) error {
	req, err := c.request(cat, time.Now().UTC())
	if err != nil {
		return err
	}
	s, err := purgeService(ctx, c.DryRun, r, w)
	if err != nil {
		return err
	}
	sel, cut, err := c.look(ctx, s, req)
	if err != nil {
		return err
	}
	counts := sel.Counts()
	out := view.Purge{Catalog: cat.Name, Selected: counts, Orphans: !c.ExcludeOrphans, Cut: cut, DryRun: c.DryRun}
	blocked := s.InTheWay(ctx, sel)
	switch {
	case blocked != nil && (!isBlocked(blocked) || !c.DryRun):
		return blocked
	case c.DryRun:
		if err := view.Purged(p, out); err != nil || blocked == nil || p.JSON {
			return err
		}
		return blocked
	case counts.Total() > 0:
		view.PurgeTable(t.out, counts)
		if g.Yes {
			break
		}
		if err := t.confirm(ctx, purgeQuestion(counts.Total(), cut), "purge"); err != nil {
			return err
		}
	}
	if out.Deleted, err = s.Delete(ctx, sel); err != nil {
		return err
	}
	return view.Purged(p, out)
}

// look selects, and cuts the selection down to the maximum.
func (c *purgeCommand) look(ctx context.Context, s *purge.Service, req purge.Request) (*purge.Selection, bool, error) {
	sel, err := s.Look(ctx, req)
	if err != nil || c.MaxNumber == nil || sel.Counts().Total() <= *c.MaxNumber {
		return sel, false, err
	}
	sel, err = s.Reduce(ctx, sel, *c.MaxNumber)
	return sel, true, err
}

func purgeQuestion(n int64, cut bool) string {
	question := fmt.Sprintf("Remove %d objects for good?", n)
	if cut {
		question = "There are more than --max-number allows. " + question
	}
	return question
}

// request is what the options ask for.
func (c *purgeCommand) request(cat *catalog.Catalog, now time.Time) (purge.Request, error) {
	req := purge.Request{ExcludeOrphans: c.ExcludeOrphans}
	if c.AgeInDays < 0 || !ageInRange(now, c.AgeInDays) {
		return req, &argv.UsageError{Kind: argv.BadValue, Other: "--age-in-days", Word: strconv.Itoa(c.AgeInDays),
			Known: []string{"ages from 0 on, up to the beginning of the calendar"}}
	}
	if c.MaxNumber != nil && *c.MaxNumber < 0 {
		return req, &argv.UsageError{Kind: argv.BadValue, Other: "--max-number", Word: strconv.FormatInt(*c.MaxNumber, 10), Known: []string{"numbers from 0 on"}}
	}
	if c.AgeInDays > 0 {
		before := now.AddDate(0, 0, -c.AgeInDays)
		req.Before = &before
	}
	if c.Root == "" {
		return req, nil
	}
	kind, word, ok := strings.Cut(c.Root, "=")
	if !ok || kind == "" || word == "" {
		return req, &argv.UsageError{Kind: argv.BadValue, Other: "--root", Word: c.Root, Known: []string{"values of the form KIND=NAME and KIND=UUID"}}
	}
	req.Root = &purge.Root{Kind: kind, Word: word}
	if cat.Purge == nil {
		return req, &purge.NoRules{Catalog: cat.Name}
	}
	if cat.Purge.Kind(kind) == nil {
		return req, unknownKind(cat.Purge, kind)
	}
	return req, nil
}

// unknownKind is a kind of --root that the catalog does not have.
func unknownKind(rules *catalog.Purge, kind string) error {
	var known []string
	for _, k := range rules.Kinds {
		if k.Keep == "" {
			known = append(known, k.Name)
		}
	}
	return &argv.UsageError{Kind: argv.BadValue, Other: "the kind of --root", Word: kind, Known: known, Nearest: argv.Nearest(kind, known)}
}

// ageInRange reports whether an age leads to a day between the years 1 and
// 9999, which is what databases and calendars can say.
func ageInRange(now time.Time, days int) bool {
	const most = 366 * 10_000
	if days < -most || days > most {
		return false
	}
	year := now.AddDate(0, 0, -days).Year()
	return year >= 1 && year <= 9999
}

// purgeService opens the database for a purge: only to read for a dry run.
func purgeService(ctx context.Context, dry bool, r lazyReads, w lazyWrites) (*purge.Service, error) {
	var s *phases.Service
	if dry {
		reads, err := r(ctx)
		if err != nil {
			return nil, err
		}
		s = reads.Service
	} else {
		writes, err := w(ctx)
		if err != nil {
			return nil, err
		}
		s = writes.Service
	}
	return &purge.Service{Catalog: s.Catalog, DB: s.DB, Run: s.Run, Time: s.Batches.Time, Faults: s.Faults, Events: s.Events}, nil
}

// isBlocked reports whether rows stand in the way of a purge.
func isBlocked(err error) bool {
	_, ok := err.(*purge.Blocked)
	return ok
}
