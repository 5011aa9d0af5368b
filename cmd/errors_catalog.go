package cmd

import (
	"fmt"
	"strings"

	"manage/cmd/config"
	"manage/cmd/view"
	"manage/engine/revision"
)

// catalogRules say what is wrong with a catalog, and where.
func catalogRules() []rule {
	return []rule{
		on(func(p revision.Problems, _ speaker) view.Failure {
			if len(p) == 0 {
				return failure(ExitUsage, "the catalog is not valid", "")
			}
			f := failure(ExitUsage, p[0].Message, "")
			f.Hint = furtherProblems(p[1:])
			f.Code, f.File, f.Line = "catalog", p[0].Source.File, p[0].Source.Line
			return f
		}),
		on(func(e *noDirectory, _ speaker) view.Failure {
			f := failure(ExitUsage, e.Error(), "")
			f.Code = "catalog"
			return f
		}),
		on(func(e *config.Error, _ speaker) view.Failure {
			f := failure(ExitUsage, e.Problem, e.Hint)
			f.Code, f.File, f.Line = "configuration", e.File, e.Line
			if e.File == "" && e.Place != "" {
				f.Message = e.Place + ": " + e.Problem
			}
			if near := nearest(e.Unknown, e.Known); len(near) > 0 {
				f.Hint = fmt.Sprintf("Did you mean %s?", alternatives(near))
			}
			return f
		}),
		on(func(e *unknownCatalog, _ speaker) view.Failure {
			f := failure(ExitUsage, e.Error(), e.hint())
			f.Code = "catalog"
			return f
		}),
	}
}

// furtherProblems lists what else is wrong with a catalog, as much as helps.
func furtherProblems(p revision.Problems) string {
	const most = 10
	var lines []string
	for i, q := range p {
		if i == most {
			lines = append(lines, fmt.Sprintf("and %d more", len(p)-most))
			break
		}
		lines = append(lines, q.String())
	}
	return strings.Join(lines, "\n")
}
