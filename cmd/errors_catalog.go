package cmd

import (
	"errors"
	"fmt"
	"manage/cmd/argv"
	"manage/cmd/config"
	"manage/cmd/view"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases"
	"strings"
)

// catalogRules say what is wrong with a catalog, and where.
func catalogRules() []rule {
	return []rule{
		on(func(p revision.Problems, line speaker) view.Failure {
			if len(p) == 0 {
				return failure(ExitUsage, "the catalog is not valid", "")
			}
			f := failure(ExitUsage, p[0].Message, "")
			f.Hint = strings.Join(nonEmpty(furtherProblems(p[1:]), view.Remedy(p, line.db)), "\n")
			f.Code, f.File, f.Line = "catalog", p[0].Source.File, p[0].Source.Line
			return f
		}),
		placedRule,
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
			if near := argv.Nearest(e.Unknown, e.Known); len(near) > 0 {
				f.Hint = fmt.Sprintf("Did you mean %s?", argv.Alternatives(near))
			}
			return f
		}),
		on(func(e *catalog.DraftError, _ speaker) view.Failure {
			f := failure(ExitUsage, e.Error(), e.Hint)
			f.Code = "catalog"
			return f
		}),
		on(func(e *catalog.There, _ speaker) view.Failure {
			return failure(ExitUsage, e.Error(), "name another directory for a new catalog; `db revision` adds to one that is there")
		}),
		on(func(e *catalog.WriteError, _ speaker) view.Failure {
			return failure(ExitFailed, e.Error(), "")
		}),
		on(func(e *unknownCatalog, _ speaker) view.Failure {
			f := failure(ExitUsage, e.Error(), e.Hint())
			f.Code = "catalog"
			return f
		}),
	}
}

// placed is an error that knows which line of a catalog it is about.
type placed interface {
	error
	Place() revision.Source
}

// placedRule speaks for revisions that do not fit what comes before them,
// which shows only when they are put together.
func placedRule(err error, _ speaker) (view.Failure, bool) {
	var half *phases.HalfDone
	if errors.As(err, &half) {
		return view.Failure{}, false
	}
	var p placed
	var folded *catalog.FoldError
	message, source := "", revision.Source{}
	switch {
	case errors.As(err, &folded):
		message, source = folded.Err.Error(), folded.Source
	case errors.As(err, &p):
		message, source = p.Error(), p.Place()
	default:
		return view.Failure{}, false
	}
	f := failure(ExitUsage, message, "This revision does not fit what the revisions before it make; nothing was done.")
	f.Code, f.File, f.Line = "catalog", source.File, source.Line
	return f, true
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
