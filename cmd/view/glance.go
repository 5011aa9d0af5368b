package view

import (
	"fmt"
	"slices"

	"manage/engine/revision"
	"manage/phases"
)

// GlanceChange is what a command of glance-manage did.
type GlanceChange struct {
	Result phases.Result
	Graph  *revision.Graph
}

// The lines of glance-manage on standard output. Scripts look for them, so
// they say the same facts in the same words as the image service's own tool.
const (
	glanceNothing     = "Database is up to date. No migrations needed."
	glanceExpanded    = "Database expansion is up to date. No expansion needed."
	glanceMigrated    = "Database migration is up to date. No migration needed."
	glanceContracted  = "Database contraction is up to date. No contraction needed."
	glanceSynced      = "Database is synced successfully."
	glanceUnversioned = "Database is either not under version control or under that of a release before Ocata. Run `glance-manage db sync` to take it under control."
)

// GlanceVersion prints the composite version, or one sentence if there is
// none.
func GlanceVersion(p *Page, r phases.Report) error {
	if !r.Position.Recorded {
		return glanceLines(p, glanceUnversioned)
	}
	return glanceLines(p, joined(composite(r.Position)))
}

// GlanceCheck prints which step is next.
func GlanceCheck(p *Page, r phases.Report) error {
	switch r.Exit {
	case 0:
		return glanceLines(p, "Database is up to date. No upgrades needed.")
	case 3:
		return glanceLines(p, "Your database is not up to date. Your first step is to run `glance-manage db expand`.")
	case 4:
		return glanceLines(p, "Your database is not up to date. Your next step is to run `glance-manage db migrate`.")
	}
	return glanceLines(p, "Your database is not up to date. Your next step is to run `glance-manage db contract`.")
}

// GlanceExpanded prints what `db expand` did.
func GlanceExpanded(p *Page, g GlanceChange) error {
	if g.finishedBefore() {
		return glanceLines(p, glanceNothing)
	}
	return glanceLines(p, g.expandLine())
}

// GlanceMigrated prints what `db migrate` did.
func GlanceMigrated(p *Page, g GlanceChange) error {
	if g.finishedBefore() {
		return glanceLines(p, glanceNothing)
	}
	return glanceLines(p, g.migrateLine())
}

// GlanceContracted prints what `db contract` did.
func GlanceContracted(p *Page, g GlanceChange) error {
	if g.finishedBefore() {
		return glanceLines(p, glanceNothing)
	}
	return glanceLines(p, g.contractLine())
}

// GlanceSynced prints what `db sync` did: a line for each phase and one for
// the whole.
func GlanceSynced(p *Page, g GlanceChange) error {
	if g.finishedBefore() {
		return glanceLines(p, glanceNothing)
	}
	return glanceLines(p, g.expandLine(), g.migrateLine(), g.contractLine(), glanceSynced)
}

// GlanceUpgraded prints what `db upgrade` did; target is its VERSION.
func GlanceUpgraded(p *Page, target string, g GlanceChange) error {
	rows := joined(g.Result.After.Rows)
	if target == "" || target == "heads" {
		return glanceLines(p, "Upgraded database, current revision(s): "+rows)
	}
	return glanceLines(p, upgraded(target, rows))
}

// GlanceControlled prints what `db version_control` recorded.
func GlanceControlled(p *Page, g GlanceChange) error {
	return glanceLines(p, "Placed database under migration control at revision: "+joined(g.Result.After.Rows))
}

func glanceLines(p *Page, text ...string) error {
	var l lines
	for _, line := range text {
		l.add("%s", line)
	}
	return p.text(&l)
}

func upgraded(target, rows string) string {
	return fmt.Sprintf("Upgraded database to: %s, current revision(s): %s", target, rows)
}

// finishedBefore is true if the database was at the contract head already.
func (g GlanceChange) finishedBefore() bool {
	heads := g.Graph.Heads()
	before := g.Result.Before.Applied
	return before.Has(heads.Contract) && before.Has(heads.Expand)
}

// expandLine is the line of the expansion, alone and within sync. The current
// revisions in it are those behind the expansion, before anything else ran.
func (g GlanceChange) expandLine() string {
	last, reached := "", []string{}
	for _, id := range g.Result.Applied {
		if r, _ := g.Graph.Revision(id); r.Branch != revision.Contract {
			last, reached = id, append(reached, id)
		}
	}
	if last == "" {
		return glanceExpanded
	}
	before := g.Result.Before.Applied
	rows := g.Graph.Rows(before.Union(g.Graph.Closure(reached...)))
	return upgraded(last, joined(rows))
}

func (g GlanceChange) migrateLine() string {
	if len(g.Result.Migrated) == 0 {
		return glanceMigrated
	}
	rows := int64(0)
	for _, m := range g.Result.Migrated {
		rows += m.Rows
	}
	return fmt.Sprintf("Migrated %d rows", rows)
}

func (g GlanceChange) contractLine() string {
	for _, id := range slices.Backward(g.Result.Applied) {
		if r, _ := g.Graph.Revision(id); r.Branch == revision.Contract {
			return upgraded(id, joined(g.Result.After.Rows))
		}
	}
	return glanceContracted
}
