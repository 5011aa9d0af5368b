package view

import (
	"log/slog"
	"path"
	"strings"

	"manage/migrations/catalog"
	"manage/phases"
	"manage/phases/draft"
)

// ServiceVersion prints the version as watcher-db-manage and mogan-dbsync do:
// the id alone, or None.
func ServiceVersion(p *Page, rows []string) error { return glanceLines(p, rowOrNone(rows)) }

// SolumVersion prints the version as solum-db-manage does. Scripts look for
// the words before it.
func SolumVersion(p *Page, rows []string) error {
	return glanceLines(p, "Current DB revision is "+rowOrNone(rows))
}

// ServiceAdded prints which files were written into the catalog in dir.
func ServiceAdded(p *Page, dir string, a *catalog.Added) error {
	for _, f := range a.Files {
		if err := glanceLines(p, "Generating "+path.Join(dir, f.Name)+" ... done"); err != nil {
			return err
		}
	}
	return nil
}

// LogDerived logs what --autogenerate left to people, and that nothing differs.
func LogDerived(log *slog.Logger, d draft.Draft) {
	if d.Empty() {
		log.Info("Nothing differs: the database has the schema of models.toml; no file is written")
	}
	for _, f := range d.Notes {
		log.Warn("Note: " + f.String())
	}
	for _, f := range d.ByHand {
		log.Warn("Nothing is written for " + f.String() + ". " + f.Advice)
	}
	for _, o := range d.LeftAlone {
		log.Info("Left alone, because the catalog does not manage it: " + o)
	}
}

func rowOrNone(rows []string) string {
	if len(rows) == 0 {
		return "None"
	}
	return strings.Join(rows, ", ")
}

// LogLosses logs what a downgrade takes away, before it begins.
func LogLosses(log *slog.Logger, way phases.WayBack) {
	for _, loss := range way.Losses {
		log.Warn("Going back takes away " + lost(loss) + " (" + loss.Step + ")")
	}
	for _, id := range way.NotUndone {
		log.Warn("The rows that " + id + " moved stay as they are")
	}
}
