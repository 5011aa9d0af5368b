package cmd

import (
	"manage/cmd/view"
	"manage/phases/metadefs"
)

// metadefsRules say why metadata definitions were not loaded, removed or
// exported. What is wrong with files and options ends in the log instead.
func metadefsRules() []rule {
	return []rule{
		on(func(e *metadefs.MissingTables, line speaker) view.Failure {
			return failure(ExitRefused, e.Error(), next(line.db("sync"), ""))
		}),
		on(func(e *metadefs.Failed, _ speaker) view.Failure {
			return failure(ExitFailed, e.Error(), "The log says why; they are as they were before. The others are loaded.")
		}),
	}
}
