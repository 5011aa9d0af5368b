package cmd

import (
	"manage/cmd/argv"
	"manage/cmd/view"
)

// usageRules say what is wrong with a command line.
func usageRules() []rule {
	return []rule{
		on(func(e *argv.UsageError, line speaker) view.Failure {
			return failure(ExitUsage, e.Error(), e.Hint(line.program))
		}),
		on(func(e *argv.Misplaced, _ speaker) view.Failure {
			return failure(ExitFailed, e.Error(), "")
		}),
		on(func(e *noLogFile, _ speaker) view.Failure {
			return failure(ExitFailed, e.Error(), "")
		}),
		on(func(e *unhealthy, _ speaker) view.Failure {
			return failure(e.exit, e.Error(), "")
		}),
	}
}
