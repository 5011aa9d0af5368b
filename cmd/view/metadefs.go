package view

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"manage/phases/metadefs"
)

// metadefs logs one event of a load, removal or export of metadata definitions,
// on one line whatever the names in it hold.
func (s *ServiceLog) metadefs(e any) {
	level, text := metadefsLine(e)
	if text != "" {
		s.Log.Log(context.Background(), level, strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(text))
	}
}

// metadefsLine is what is said of an event, "" for one of another kind.
func metadefsLine(e any) (slog.Level, string) {
	switch e := e.(type) {
	case metadefs.Noted:
		return slog.LevelWarn, fmt.Sprintf("%s: %s", e.File, e.Note)
	case metadefs.Rejected:
		return slog.LevelError, rejected(e)
	case metadefs.Overwriting:
		return slog.LevelInfo, fmt.Sprintf("Overwriting namespace %s with that of %s", e.Namespace, e.File)
	case metadefs.Loaded:
		return slog.LevelInfo, loaded(e)
	case metadefs.NotLoaded:
		return slog.LevelError, fmt.Sprintf("Namespace %s was not loaded from %s, and is as it was before: %s", e.Namespace, e.File, e.Err)
	case metadefs.Finished:
		return slog.LevelInfo, "Metadata loading finished"
	case metadefs.Removing:
		return slog.LevelInfo, fmt.Sprintf("Removing all metadata definitions: %s, %s", count(e.Namespaces, "namespace"), count(e.ResourceTypes, "resource type"))
	case metadefs.Removed:
		return slog.LevelInfo, fmt.Sprintf("Table %s has been cleared, of %s", e.Table, count(e.Rows, "row"))
	case metadefs.Exported:
		return slog.LevelInfo, exported(e)
	case metadefs.NameTaken:
		return slog.LevelWarn, fmt.Sprintf("%s already holds the namespace %s; %s goes to %s", e.File, e.By, e.Namespace, e.Instead)
	case metadefs.NotExported:
		return slog.LevelError, notExported(e)
	}
	return 0, ""
}

// rejected names the namespace of a file as well, if the file says it.
func rejected(e metadefs.Rejected) string {
	what := "Metadata definitions were"
	if e.Err.Namespace != "" {
		what = "Namespace " + e.Err.Namespace + " was"
	}
	return fmt.Sprintf("%s not loaded from %s", what, e.Err)
}

// loaded says what became of the namespace of a file.
func loaded(e metadefs.Loaded) string {
	if e.How == metadefs.Skipped {
		return fmt.Sprintf("Skipping namespace %s of %s. It already exists in the database.", e.Namespace, e.File)
	}
	how := map[metadefs.How]string{metadefs.Added: "added", metadefs.Merged: "merged into the one that was there",
		metadefs.Updated: "updated", metadefs.Replaced: "replaced"}[e.How]
	return fmt.Sprintf("File %s loaded to database: namespace %s was %s", e.File, e.Namespace, how)
}

func exported(e metadefs.Exported) string {
	how := "saved in"
	if e.Overwrote {
		how = "saved, overwriting"
	}
	return fmt.Sprintf("Namespace %s %s %s", e.Namespace, how, e.File)
}

func notExported(e metadefs.NotExported) string {
	where := ""
	if e.File != "" {
		where = " to " + e.File
	}
	return fmt.Sprintf("Namespace %s was not saved%s: %s", e.Namespace, where, e.Err)
}
