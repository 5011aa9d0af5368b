package view

import (
	"log/slog"
	"path"
	"strings"

	"manage/engine/catalog"
	"manage/phases"
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

func rowOrNone(rows []string) string {
	if len(rows) == 0 {
		return "None"
	}
	return strings.Join(rows, ", ")
}

// LogLosses logs what a downgrade takes away, before it begins.
func LogLosses(log *slog.Logger, way phases.WayBack) {
	for _, loss := range way.Losses {
		log.Warn("Going back takes away " + destroyed(loss) + " (" + loss.Revision + ")")
	}
	for _, id := range way.NotUndone {
		log.Warn("The rows that " + id + " moved stay as they are")
	}
}
