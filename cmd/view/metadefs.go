package view

import (
	"fmt"

	"manage/phases/metadefs"
)

// metadefs logs one event of a load, removal or export of metadata definitions.
func (s *ServiceLog) metadefs(e any) {
	switch e := e.(type) {
	case metadefs.Noted:
		s.Log.Warn(fmt.Sprintf("%s: %s", e.File, e.Note))
	case metadefs.Rejected:
		what := "Metadata definitions were"
		if e.Err.Namespace != "" {
			what = "Namespace " + e.Err.Namespace + " was"
		}
		s.Log.Error(fmt.Sprintf("%s not loaded from %s", what, e.Err))
	case metadefs.Overwriting:
		s.Log.Info(fmt.Sprintf("Overwriting namespace %s with that of %s", e.Namespace, e.File))
	case metadefs.Loaded:
		s.Log.Info(loaded(e))
	case metadefs.NotLoaded:
		s.Log.Error(fmt.Sprintf("Namespace %s was not loaded from %s, and is as it was before: %s", e.Namespace, e.File, e.Err))
	case metadefs.Finished:
		s.Log.Info("Metadata loading finished")
	case metadefs.Removing:
		s.Log.Info(fmt.Sprintf("Removing all metadata definitions: %s, %s", count(e.Namespaces, "namespace"), count(e.ResourceTypes, "resource type")))
	case metadefs.Removed:
		s.Log.Info(fmt.Sprintf("Table %s has been cleared, of %s", e.Table, count(e.Rows, "row")))
	case metadefs.Exported:
		if e.Overwrote {
			s.Log.Info("Overwriting: " + e.File)
		}
		s.Log.Info(fmt.Sprintf("Namespace %s saved in %s", e.Namespace, e.File))
	case metadefs.NameTaken:
		s.Log.Warn(fmt.Sprintf("%s already holds the namespace %s; %s goes to %s", e.File, e.By, e.Namespace, e.Instead))
	case metadefs.NotExported:
		s.Log.Error(notExported(e))
	}
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

func notExported(e metadefs.NotExported) string {
	where := ""
	if e.File != "" {
		where = " to " + e.File
	}
	return fmt.Sprintf("Namespace %s was not saved%s: %s", e.Namespace, where, e.Err)
}
