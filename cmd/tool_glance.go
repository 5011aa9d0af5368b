package cmd

import (
	"context"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/phases"
	"slices"
	"strings"
)

// glanceTool is the tool under the name glance-manage: the command line of the
// image service, so that its installers and playbooks run unchanged.
func glanceTool() tool {
	t := serviceTool("glance-manage", "glance", "Manages the database of the image service.")
	t.grammar = func() grammar { return &glanceGrammar{} }
	t.read = argv.ReadGlance
	t.under = glanceCommand
	t.exits = slices.Insert(t.exits, 3, meaning(ExitExpand), meaning(ExitMigrate), meaning(ExitContract))
	return t
}

// glanceCommand says how a command of `manage db` is given to glance-manage;
// "" if that has none that does the same.
func glanceCommand(words []string) string {
	name := words[0]
	if name == "stamp" {
		name = "version_control"
	}
	if argv.ActionNamed(name) == nil || slices.ContainsFunc(words, argv.IsOption) {
		return ""
	}
	return strings.Join(append([]string{"db", name}, words[1:]...), " ")
}

// glanceGrammar is what glance-manage understands, once its words are read by
// readGlance.
type glanceGrammar struct {
	serviceGlobal
	DB struct {
		Check          glanceCheck          `cmd:"" help:"Say which step of an upgrade is next, also by the exit code."`
		Contract       glanceContract       `cmd:"" help:"Remove what only the release before needs."`
		Expand         glanceExpand         `cmd:"" help:"Add what the new release needs."`
		ExportMetadefs glanceExportMetadefs `cmd:"" name:"export_metadefs" help:"Write the metadata definitions to files."`
		LoadMetadefs   glanceLoadMetadefs   `cmd:"" name:"load_metadefs" help:"Load metadata definitions from files."`
		Migrate        glanceMigrate        `cmd:"" help:"Move the rows to where the new release looks for them."`
		Purge          glancePurge          `cmd:"" help:"Remove what the service has deleted, except images."`
		PurgeImages    glancePurgeImages    `cmd:"" name:"purge_images_table" help:"Remove the images that the service has deleted."`
		Sync           glanceSync           `cmd:"" help:"Bring the database to the newest or a given version, with the service stopped."`
		UnloadMetadefs glanceUnloadMetadefs `cmd:"" name:"unload_metadefs" help:"Remove all metadata definitions."`
		Upgrade        glanceUpgrade        `cmd:"" help:"Bring the schema to the newest or a given version."`
		Version        glanceVersion        `cmd:"" help:"Show the version of the database."`
		VersionControl glanceVersionControl `cmd:"" name:"version_control" help:"Record a version without running anything."`
	} `cmd:"" name:"db" help:"Look at the database and change its schema."`
}

type glanceVersion struct{}

// Run shows the composite version.
func (*glanceVersion) Run(ctx context.Context, s Reads, p *view.Page) error {
	r, err := s.Status(ctx)
	if err != nil {
		return err
	}
	return view.GlanceVersion(p, r)
}

type glanceCheck struct{}

// Run says which step is next.
func (*glanceCheck) Run(ctx context.Context, s Reads, p *view.Page) error {
	r, err := s.Status(ctx)
	if err != nil {
		return err
	}
	if r.Exit >= ExitRefused {
		return &unhealthy{r.Exit, r.Problems}
	}
	if err := view.GlanceCheck(p, r); err != nil {
		return err
	}
	return exitCode(r.Exit)
}

type glanceExpand struct{}

// Run expands the schema.
func (*glanceExpand) Run(ctx context.Context, s Writes, p *view.Page) error {
	return glanceStep(ctx, s, func() (phases.Result, error) {
		return s.Expand(ctx, phases.Request{Online: true, AllowBlocking: true})
	}, p, view.GlanceExpanded)
}

type glanceMigrate struct{}

// Run moves the rows.
func (*glanceMigrate) Run(ctx context.Context, s Writes, p *view.Page) error {
	return glanceStep(ctx, s, func() (phases.Result, error) {
		return s.Migrate(ctx, phases.Request{Online: true, AllowBlocking: true})
	}, p, view.GlanceMigrated)
}

type glanceContract struct{}

// Run contracts the schema.
func (*glanceContract) Run(ctx context.Context, s Writes, p *view.Page) error {
	return glanceStep(ctx, s, func() (phases.Result, error) {
		return s.Contract(ctx, phases.Request{Online: true, AllowBlocking: true})
	}, p, view.GlanceContracted)
}

type glanceSync struct {
	Target string `arg:"" optional:"" name:"version" help:"Where to go; the newest if it is left out."`
}

// Run brings the database to the version.
func (c *glanceSync) Run(ctx context.Context, s Writes, p *view.Page) error {
	return glanceStep(ctx, s, func() (phases.Result, error) {
		return s.Sync(ctx, phases.Request{Version: c.Target})
	}, p, view.GlanceSynced)
}

type glanceUpgrade struct {
	Target string `arg:"" optional:"" name:"version" help:"Where to go; the newest if it is left out."`
}

// Run brings the schema to the version, with the triggers that an upgrade of
// a running service needs.
func (c *glanceUpgrade) Run(ctx context.Context, s Writes, p *view.Page) error {
	req := phases.Request{Version: glanceLabel(c.Target), Online: true, AllowBlocking: true}
	return glanceStep(ctx, s, func() (phases.Result, error) { return s.Upgrade(ctx, req) }, p,
		func(p *view.Page, g view.GlanceChange) error { return view.GlanceUpgraded(p, c.Target, g) })
}

type glanceVersionControl struct {
	Target string `arg:"" optional:"" name:"version" default:"liberty" help:"What to record; liberty if it is left out."`
}

// Run records the version.
func (c *glanceVersionControl) Run(ctx context.Context, s Writes, p *view.Page) error {
	req := phases.Request{Version: glanceLabel(c.Target)}
	return glanceStep(ctx, s, func() (phases.Result, error) { return s.Stamp(ctx, req) }, p, view.GlanceControlled)
}

// glanceLabel is the revision that carries a label: the words expand and
// contract name the first revision of their branch, not its head.
func glanceLabel(word string) string {
	switch word {
	case "expand":
		return "ocata_expand01"
	case "contract":
		return "ocata_contract01"
	}
	return word
}

// glanceStep runs a command that changes the database and presents it.
func glanceStep(ctx context.Context, s Writes, run func() (phases.Result, error), p *view.Page, say func(*view.Page, view.GlanceChange) error) error {
	return serviceStep(ctx, s, run, func(r phases.Result) error {
		return say(p, view.GlanceChange{Result: r, Graph: s.Catalog.Graph})
	})
}

// unhealthy is a database with problems, for tools whose check has no words
// for them.
type unhealthy struct {
	exit     int
	problems []phases.Problem
}

func (e *unhealthy) Error() string {
	var messages []string
	for _, p := range e.problems {
		messages = append(messages, p.Message)
	}
	return strings.Join(messages, "; ")
}
