package cmd

import "manage/cmd/view"

// usageRules say what is wrong with a command line.
func usageRules() []rule {
	return []rule{
		on(func(e *usageError, line speaker) view.Failure {
			return failure(ExitUsage, e.Error(), e.hint(line.program))
		}),
		on(func(e *misplaced, _ speaker) view.Failure {
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
