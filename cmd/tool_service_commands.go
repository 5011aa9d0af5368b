package cmd

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"manage/cmd/view"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases"
)

// The commands that watcher-db-manage, solum-db-manage and mogan-dbsync share.
// What they do is that of `manage db`; they print nothing but the version.

const revisionGrammar = "REVISION is an id or a unique beginning of one, head, base, +N or -N, also behind one of these as in head-1; --revision REVISION is the same."

// serviceUpgrade is `upgrade`.
type serviceUpgrade struct {
	Revision string `arg:"" optional:"" help:"Where to go; the newest if it is left out."`
}

// Doc is what the help says of upgrade.
func (*serviceUpgrade) Doc() Doc {
	return Doc{
		Does: "Moves the schema to REVISION, by default to the newest. It makes the tables of an empty database, and takes over " +
			"one that has the tables but no version. A REVISION that the database is beyond changes nothing. " + revisionGrammar,
		Writes: writesAll, Exits: writeExits(),
		Examples: []string{"upgrade", "upgrade head", "upgrade --revision +1"},
	}
}

// Run moves the schema.
func (c *serviceUpgrade) Run(ctx context.Context, s Writes) error {
	if err := oneRow(ctx, s.Service); err != nil {
		return err
	}
	return serviceStep(ctx, s, func() (phases.Result, error) {
		return s.Upgrade(ctx, phases.Request{Version: c.Revision})
	}, silent)
}

// serviceDowngrade is `downgrade`.
type serviceDowngrade struct {
	Revision string `arg:"" optional:"" default:"base" help:"Where to go back to; if it is left out, to before the first."`
}

// Doc is what the help says of downgrade.
func (*serviceDowngrade) Doc() Doc {
	return Doc{
		Does: "Takes the schema back to REVISION, by default to nothing, without asking. Which tables and columns go, and how " +
			"much is in them, is logged before it begins. " + revisionGrammar,
		Writes: writesAll, Exits: writeExits(),
		Examples: []string{"downgrade -1", "downgrade base"},
	}
}

// Run logs what will be lost, and goes back. The original asks nobody, so
// neither does this.
func (c *serviceDowngrade) Run(ctx context.Context, s Writes, log *slog.Logger) error {
	if err := oneRow(ctx, s.Service); err != nil {
		return err
	}
	req := phases.Request{Version: c.Revision}
	way, err := s.WayBack(ctx, req)
	if err != nil {
		return err
	}
	view.LogLosses(log, way)
	return serviceStep(ctx, s, func() (phases.Result, error) { return s.Downgrade(ctx, req) }, silent)
}

// serviceStamp is `stamp`.
type serviceStamp struct {
	Revision string `arg:"" optional:"" default:"base" help:"What to record; if it is left out, the version is forgotten."`
}

// Doc is what the help says of stamp.
func (*serviceStamp) Doc() Doc {
	return Doc{
		Does: "Records that the database is at REVISION, without running anything. Without a REVISION, or with base, the version " +
			"is forgotten; on a terminal it asks before. " + revisionGrammar,
		Writes: "The version table, and the tables manage_journal and manage_lease.", Exits: writeExits(),
		Examples: []string{"stamp head", "stamp --revision head"},
	}
}

// Run records the version. To forget it is asked only where there is somebody
// to answer: scripts that empty the table go on.
func (c *serviceStamp) Run(ctx context.Context, t terminal, w lazyWrites, log *slog.Logger) error {
	if c.Revision == "base" && t.interactive {
		if err := t.confirm(ctx, "Forget the version of this database?", "stamp"); err != nil {
			return err
		}
	}
	s, err := w(ctx)
	if err != nil {
		return err
	}
	return serviceStep(ctx, s, func() (phases.Result, error) {
		return s.Stamp(ctx, phases.Request{Version: c.Revision})
	}, func(r phases.Result) error {
		if r.Before.Recorded && !r.After.Recorded {
			log.Warn("The version of the database is forgotten; it was " + strings.Join(r.Before.Rows, ", "))
		}
		return nil
	})
}

// serviceCreateSchema is `create_schema`.
type serviceCreateSchema struct{}

// Doc is what the help says of create_schema.
func (*serviceCreateSchema) Doc() Doc {
	return Doc{
		Does: "Makes the newest schema in one go and records it: the same schema that upgrade leads to. It is refused if a " +
			"version is recorded, or if tables of the schema are there already.",
		Writes: writesAll, Exits: writeExits(),
		Examples: []string{"create_schema"},
	}
}

// Run makes the schema.
func (*serviceCreateSchema) Run(ctx context.Context, s Writes) error {
	return serviceStep(ctx, s, func() (phases.Result, error) { return s.CreateSchema(ctx) }, silent)
}

// serviceVersion is `version` of mogan.
type serviceVersion struct{}

// Doc is what the help says of version.
func (*serviceVersion) Doc() Doc {
	return Doc{
		Does:   "Prints the id of the revision that the database is at, or None.",
		Writes: writesNothing, Exits: readExits(),
		Examples: []string{"version"},
	}
}

// Run prints the version.
func (*serviceVersion) Run(ctx context.Context, s Reads, p *view.Page) error {
	rows, err := rowsOf(ctx, s.Service)
	if err != nil {
		return err
	}
	return view.ServiceVersion(p, rows)
}

// serviceRevision is `revision`.
type serviceRevision struct {
	Message string `short:"m" placeholder:"TEXT" help:"What the revision does, in a few words; the file is named after it."`

	Autogenerate bool `help:"Fill in what differs between models.toml and the database, which must be at the newest revision."`
}

// Doc is what the help says of revision.
func (*serviceRevision) Doc() Doc {
	return Doc{
		Does: "Writes a new revision behind the newest one, ready to be filled in, and prints the name of its file. With " +
			"--autogenerate it is filled in, and not written if nothing differs. The catalog that " +
			"is built in cannot be added to: MANAGE_CATALOG, or [catalog] path in a manage.toml that --config-file names, says " +
			"which directory has it.",
		Writes: "A file in the catalog's directory versions.", Exits: readExits(),
		Examples: []string{`revision -m "say who asked for an audit"`, `revision -m "say who asked for an audit" --autogenerate`},
	}
}

// Run writes the file. The catalog is asked for because it is checked on the
// way that it is the service's.
func (c *serviceRevision) Run(ctx context.Context, files catalogFiles, cat *catalog.Catalog, open lazyReads, log *slog.Logger, p *view.Page) error {
	if files.Dir == "" {
		return &catalog.DraftError{
			Message: fmt.Sprintf("the catalog %s is built in, so there is no directory to write to", cat.Name),
			Hint:    "set MANAGE_CATALOG to a directory that holds it; the source of manage has it in migrations/" + cat.Name,
		}
	}
	want := catalog.Draft{Message: c.Message}
	if !c.Autogenerate {
		added, err := catalog.Add(catalog.Options(files), want)
		if err != nil {
			return err
		}
		return view.ServiceAdded(p, files.Prefix, added)
	}
	added, derived, err := autogenerate(ctx, open, files, want)
	if err != nil {
		return err
	}
	view.LogDerived(log, derived)
	return view.ServiceAdded(p, files.Prefix, added)
}

// silent is for commands that print nothing on standard output.
func silent(phases.Result) error { return nil }

// oneRow refuses to work on a database with more than one version.
func oneRow(ctx context.Context, s *phases.Service) error {
	_, err := rowsOf(ctx, s)
	return err
}

// rowsOf reads the version row. More than one cannot be where the catalog has
// no branches.
func rowsOf(ctx context.Context, s *phases.Service) ([]string, error) {
	r, err := s.Status(ctx)
	if err != nil {
		return nil, err
	}
	if rows := r.Position.Rows; len(rows) > 1 && !s.Catalog.Graph.Branched() {
		return nil, &manyVersions{Table: s.Catalog.VersionTable, Rows: rows}
	}
	return r.Position.Rows, nil
}

// manyVersions are several version rows where there can be one.
type manyVersions struct {
	Table string
	Rows  []string
}

func (e *manyVersions) Error() string {
	return fmt.Sprintf("the table %s holds %d versions where there can be one: %s", e.Table, len(e.Rows), strings.Join(e.Rows, ", "))
}

// resolves reports whether a word names a revision of the catalog.
func resolves(g *revision.Graph, word string) error {
	_, err := g.Target(word, revision.Scope{})
	return err
}
