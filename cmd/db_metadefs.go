package cmd

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"manage/cmd/config"
	"manage/phases"
	"manage/phases/metadefs"
)

// glanceLoadMetadefs is `db load_metadefs`.
type glanceLoadMetadefs struct {
	Path      string `placeholder:"PATH" help:"A file, or a folder of *.json files; metadata_source_path if it is left out."`
	Merge     bool   `help:"Add what namespaces lack that are there already; without it they are skipped."`
	PreferNew bool   `name:"prefer_new" help:"With --merge: let the file count where the database has something else."`
	Overwrite bool   `help:"With --merge: remove namespaces that are there already, then load them afresh."`
}

// Run loads. What is wrong with the options or the files is logged and is no
// failure, as in the original.
func (c *glanceLoadMetadefs) Run(ctx context.Context, conf config.Config, log *slog.Logger, open lazyWrites) error {
	mode := metadefs.Mode{Merge: c.Merge, PreferNew: c.PreferNew, Overwrite: c.Overwrite}
	if err := mode.Check(); err != nil {
		return logged(log, err)
	}
	files, err := metadefs.Files(firstOf(c.Path, conf.MetadefsPath))
	if err != nil {
		return logged(log, err)
	}
	w, err := open(ctx)
	if err != nil {
		return err
	}
	return metadefsService(w.Service).Load(ctx, files, mode)
}

// logged writes an error to the log, and is no error.
func logged(log *slog.Logger, err error) error {
	log.Error(err.Error())
	return nil
}

// glanceUnloadMetadefs is `db unload_metadefs`.
type glanceUnloadMetadefs struct{}

// Run removes all definitions.
func (*glanceUnloadMetadefs) Run(ctx context.Context, w Writes) error {
	return metadefsService(w.Service).Unload(ctx)
}

// glanceExportMetadefs is `db export_metadefs`.
type glanceExportMetadefs struct {
	Path string `placeholder:"PATH" help:"What the names of the files begin with; a folder with a slash at its end. metadata_source_path if it is left out."`
}

// Run writes the files.
func (c *glanceExportMetadefs) Run(ctx context.Context, conf config.Config, log *slog.Logger, open lazyReads) error {
	prefix := firstOf(c.Path, conf.MetadefsPath)
	if info, err := os.Stat(prefix); err == nil && info.IsDir() && !strings.HasSuffix(prefix, "/") {
		log.Warn(prefix + " is a folder, and the files go beside it: only with a slash at its end into it")
	}
	r, err := open(ctx)
	if err != nil {
		return err
	}
	return metadefsService(r.Service).Export(ctx, prefix)
}

func metadefsService(s *phases.Service) *metadefs.Service {
	return &metadefs.Service{Catalog: s.Catalog, DB: s.DB, Run: s.Run, Faults: s.Faults, Events: s.Events}
}
