package view

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"manage/engine/ledger"
	"manage/engine/revision"
	"manage/phases"
)

// StatusDocument is the document of `status`.
type StatusDocument struct {
	Catalog    string         `json:"catalog"`
	Stage      revision.Stage `json:"stage"`
	Version    []string       `json:"version"`
	Releases   []ReleaseState `json:"releases"`
	Migrations []MigrationRow `json:"migrations"`
	// Comparisons are those of rows, before contract, that are under way or
	// were interrupted within the hour.
	Comparisons []MigrationRow `json:"comparisons,omitempty"`
	Lease       *LeaseHeld     `json:"lease"`
	Next        *string        `json:"next"`
	Problems    []Problem      `json:"problems"`
	// NotAsked are data migrations whose programs were not asked whether rows are
	// left.
	NotAsked []string `json:"not_asked,omitempty"`
}

// ReleaseState is how far one release is.
type ReleaseState struct {
	Name     string `json:"name"`
	Expand   string `json:"expand"`
	Migrate  string `json:"migrate"`
	Contract string `json:"contract"`
}

// MigrationRow is how far one data migration is; times are in seconds.
type MigrationRow struct {
	ID            string  `json:"id"`
	State         string  `json:"state"`
	Rows          int64   `json:"rows"`
	Estimate      int64   `json:"estimate"`
	RowsPerSecond float64 `json:"rows_per_second"`
	SecondsLeft   float64 `json:"seconds_left"`
	BatchRows     int64   `json:"batch_rows"`
	Waiting       *string `json:"waiting"`
}

// LeaseHeld is who is working on the database.
type LeaseHeld struct {
	Holder   string    `json:"holder"`
	Doing    string    `json:"doing"`
	Acquired time.Time `json:"acquired"`
	Beat     time.Time `json:"beat"`
	Expires  time.Time `json:"expires"`
	Expired  bool      `json:"expired"`
	// State is alive, ended (it is certain that the holder works no more) or
	// expired.
	State string `json:"state"`
}

// Status prints where a database stands, release by release.
func Status(p *Page, r phases.Report) error {
	if p.JSON {
		return p.document(statusDocument(r))
	}
	var l lines
	l.add("%s", Standing(r))
	if len(r.Releases) > 0 {
		l.add("\n%s", releaseTable(r.Releases))
	}
	if len(r.Migrations) > 0 {
		l.add("\n%s", migrationTable("data migration", r.Migrations))
	}
	if len(r.Comparisons) > 0 {
		l.add("\n%s", migrationTable("comparison", r.Comparisons))
	}
	l.add("")
	for _, m := range r.Migrations {
		if m.State == "found again" {
			l.add("%s finds rows again, although its release is contracted; `%s` moves them.", m.ID, p.Command("migrate "+m.ID+" --again"))
		}
	}
	if r.Lease != nil {
		l.add("%s", working(*r.Lease, r.LeaseDead))
	}
	whatIsNext(p, &l, r)
	return p.text(&l)
}

func releaseTable(releases []phases.ReleaseStatus) string {
	rows := make([][]string, 0, len(releases))
	for _, r := range releases {
		rows = append(rows, []string{r.Name, shown(r.Expand), shown(r.Migrate), shown(r.Contract)})
	}
	return grid([]string{"release", "expand", "migrate", "contract"}, rows)
}

// shown is a state as the table shows it: what a release does not have is a
// dash.
func shown(state string) string {
	if state == "none" {
		return "-"
	}
	return state
}

// migrationTable shows data migrations, or what goes over rows like one.
func migrationTable(what string, migrations []phases.MigrationStatus) string {
	rows := make([][]string, 0, len(migrations))
	for _, m := range migrations {
		rows = append(rows, []string{m.ID, m.State, rowsDone(m), pace(m)})
	}
	return grid([]string{what, "state", "rows", "pace"}, rows)
}

func rowsDone(m phases.MigrationStatus) string {
	switch {
	case m.Estimate > m.Rows:
		return fmt.Sprintf("%d of about %d", m.Rows, m.Estimate)
	case m.Rows > 0:
		return fmt.Sprint(m.Rows)
	}
	return "-"
}

// pace is how fast it goes, how long the rest takes, and how large batches are,
// or why nothing is done.
func pace(m phases.MigrationStatus) string {
	switch {
	case m.State != "running":
		return "-"
	case m.Waiting != "":
		return "paused: " + m.Waiting
	}
	var parts []string
	if m.RowsPerSecond > 0 {
		parts = append(parts, fmt.Sprintf("%.0f rows/s", m.RowsPerSecond))
	}
	if m.SecondsLeft > 0 {
		parts = append(parts, seconds(m.SecondsLeft)+" left")
	}
	if m.Batch > 0 {
		parts = append(parts, fmt.Sprintf("batches of %d", m.Batch))
	}
	return cmp.Or(joined(parts), "-")
}

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}

// working says who holds the lease.
func working(l ledger.Lease, dead bool) string {
	if dead {
		return fmt.Sprintf("Nobody is working: %s held the lease (%s) and has ended; the next command takes over.", l.Holder, l.Doing)
	}
	if l.Expired {
		return fmt.Sprintf("Nobody is working: %s held the lease (%s) and was last heard of at %s.",
			l.Holder, l.Doing, stamp(l.Beat))
	}
	return fmt.Sprintf("%s is working since %s: %s.", l.Holder, stamp(l.Acquired), l.Doing)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func statusDocument(r phases.Report) StatusDocument {
	d := StatusDocument{
		Catalog: r.Catalog, Stage: r.Stage, Version: list(composite(r.Position)),
		Releases: []ReleaseState{}, Migrations: []MigrationRow{},
		Next: optional(r.Next), Problems: checkDocument(r).Problems, NotAsked: r.NotAsked,
	}
	for _, s := range r.Releases {
		d.Releases = append(d.Releases, ReleaseState(s))
	}
	for _, m := range r.Migrations {
		d.Migrations = append(d.Migrations, migrationRow(m))
	}
	for _, c := range r.Comparisons {
		d.Comparisons = append(d.Comparisons, migrationRow(c))
	}
	d.Lease = leaseHeld(r.Lease, r.LeaseDead)
	return d
}

// migrationRow rounds what nobody needs the fractions of.
func migrationRow(m phases.MigrationStatus) MigrationRow {
	return MigrationRow{
		ID: m.ID, State: m.State, Rows: m.Rows, Estimate: m.Estimate,
		RowsPerSecond: math.Round(m.RowsPerSecond), SecondsLeft: math.Round(m.SecondsLeft),
		BatchRows: m.Batch, Waiting: optional(m.Waiting),
	}
}
