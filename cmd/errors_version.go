package cmd

import (
	"fmt"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/engine/revision"
	"strings"
)

// versionRules say what is wrong with a VERSION.
func versionRules() []rule {
	return []rule{
		on(func(e *revision.UnknownVersion, line speaker) view.Failure {
			hint := fmt.Sprintf("`%s` shows what there is.", line.db("graph"))
			if len(e.Nearest) > 0 {
				hint = fmt.Sprintf("Did you mean %s? %s", argv.Alternatives(e.Nearest), hint)
			}
			return versionFailure("unknown_version", e.Error(), hint)
		}),
		on(func(e *revision.AmbiguousVersion, _ speaker) view.Failure {
			return versionFailure("ambiguous_version",
				fmt.Sprintf("version %q is not unique", e.Word), "It could be "+argv.Alternatives(e.Candidates)+".")
		}),
		on(func(e *revision.WrongBranch, line speaker) view.Failure {
			return versionFailure("wrong_branch", e.Error(), wrongBranchHint(e, line))
		}),
		on(func(e *revision.OutOfRange, _ speaker) view.Failure {
			return versionFailure("out_of_range", fmt.Sprintf("version %s is out of range", e.Word),
				fmt.Sprintf("There %s in that direction.", are(e.Available, "revision")))
		}),
		on(func(e *revision.UnknownRows, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "Use the release of the catalog that made this database, or a newer one; nothing was done.")
		}),
	}
}

// wrongBranchHint names the command that works on the branch of the id.
func wrongBranchHint(e *revision.WrongBranch, line speaker) string {
	switch e.Branch {
	case revision.Expand, revision.Contract, revision.Migrate:
		return fmt.Sprintf("The command for it is: %s", line.db(string(e.Branch)+" "+e.ID))
	}
	return fmt.Sprintf("The command for it is: %s", line.db("upgrade "+e.ID))
}

// are is "is 1 revision", "are 3 revisions".
func are(n int, noun string) string {
	if n == 1 {
		return "is 1 " + noun
	}
	return fmt.Sprintf("are %d %ss", n, noun)
}

func versionFailure(code, message, hint string) view.Failure {
	f := failure(ExitUsage, message, strings.TrimSpace(hint))
	f.Code = code
	return f
}
