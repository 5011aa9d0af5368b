package view

import (
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
	Lease      *LeaseHeld     `json:"lease"`
	Next       *string        `json:"next"`
	Problems   []Problem      `json:"problems"`
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
}

// LeaseHeld is who is working on the database.
type LeaseHeld struct {
	Holder   string    `json:"holder"`
	Doing    string    `json:"doing"`
	Acquired time.Time `json:"acquired"`
	Beat     time.Time `json:"beat"`
	Expires  time.Time `json:"expires"`
	Expired  bool      `json:"expired"`
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
		l.add("\n%s", migrationTable(r.Migrations))
	}
	l.add("")
	for _, m := range r.Migrations {
		if m.State == "found again" {
			l.add("%s finds rows again, although its release is contracted; `%s` moves them.", m.ID, p.Command("migrate "+m.ID+" --again"))
		}
	}
	if r.Lease != nil {
		l.add("%s", working(*r.Lease))
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

func migrationTable(migrations []phases.MigrationStatus) string {
	rows := make([][]string, 0, len(migrations))
	for _, m := range migrations {
		rows = append(rows, []string{m.ID, m.State, progress(m), left(m)})
	}
	return grid([]string{"data migration", "state", "rows", "left"}, rows)
}

func progress(m phases.MigrationStatus) string {
	switch {
	case m.Estimate > 0:
		return fmt.Sprintf("%d of about %d", m.Rows, m.Estimate)
	case m.Rows > 0:
		return fmt.Sprint(m.Rows)
	}
	return "-"
}

func left(m phases.MigrationStatus) string {
	if m.State != "running" || m.RowsPerSecond <= 0 {
		return "-"
	}
	return fmt.Sprintf("%s at %.0f rows/s", seconds(m.SecondsLeft), m.RowsPerSecond)
}

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}

// working says who holds the lease.
func working(l ledger.Lease) string {
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
		Next: optional(r.Next), Problems: checkDocument(r).Problems,
	}
	for _, s := range r.Releases {
		d.Releases = append(d.Releases, ReleaseState(s))
	}
	for _, m := range r.Migrations {
		d.Migrations = append(d.Migrations, migrationRow(m))
	}
	d.Lease = leaseHeld(r.Lease)
	return d
}

// migrationRow rounds what nobody needs the fractions of.
func migrationRow(m phases.MigrationStatus) MigrationRow {
	return MigrationRow{
		ID: m.ID, State: m.State, Rows: m.Rows, Estimate: m.Estimate,
		RowsPerSecond: math.Round(m.RowsPerSecond), SecondsLeft: math.Round(m.SecondsLeft),
	}
}
