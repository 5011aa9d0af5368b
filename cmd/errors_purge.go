package cmd

import (
	"fmt"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/phases/purge"
)

// purgeRules say why a purge is refused, and what stopped one.
func purgeRules() []rule {
	return []rule{
		on(func(e *purge.NoRules, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "Write purge.toml beside catalog.toml; the reference of the catalog's files says how.")
		}),
		on(func(e *purge.MissingTables, line speaker) view.Failure {
			return failure(ExitRefused, e.Error(), next(line.db("upgrade"), ""))
		}),
		on(func(e *purge.NoColumn, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "Correct purge.toml, or bring the database to the version that it is for.")
		}),
		on(func(e *purge.UnknownKind, line speaker) view.Failure {
			u := &argv.UsageError{Nearest: argv.Nearest(e.Word, e.Known), Known: e.Known}
			return failure(ExitUsage, e.Error(), u.Hint(line.program))
		}),
		on(func(e *purge.Kept, _ speaker) view.Failure { return failure(ExitRefused, e.Error(), "") }),
		on(func(e *purge.NotFound, _ speaker) view.Failure {
			hint := "Name it by its UUID, or exactly as its name is."
			if e.Found > 1 {
				hint = "Name it by its UUID."
			}
			return failure(ExitRefused, e.Error(), hint)
		}),
		on(func(e *purge.NotDeleted, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "A purge removes only what the service has deleted before.")
		}),
		on(func(e *purge.NoGroups, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "Purge less at once with a greater --age-in-days.")
		}),
		on(func(e *purge.Blocked, _ speaker) view.Failure {
			if e.Deleted > 0 {
				return failure(ExitPartly, e.Error(), fmt.Sprintf("%d objects were removed before. Delete or mend these rows, then run the command again.", e.Deleted))
			}
			return failure(ExitRefused, e.Error(), "Nothing was removed. Delete or mend these rows first, or choose other objects.")
		}),
	}
}
