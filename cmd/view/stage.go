package view

import (
	"fmt"

	"manage/engine/revision"
	"manage/phases"
)

// Standing says in one sentence where a database stands.
func Standing(r phases.Report) string {
	version := joined(composite(r.Position))
	switch r.Stage {
	case revision.Empty:
		return "The database is empty."
	case revision.Unversioned:
		if r.Legacy != "" {
			return fmt.Sprintf("The database is under the older scheme, at number %s.", r.Legacy)
		}
		return "The database has tables, but no version is recorded."
	case revision.OnTrunk:
		if r.Heads.Expand == "" && r.Heads.Contract == "" {
			return fmt.Sprintf("The database is at %s, behind the newest revision.", version)
		}
		return fmt.Sprintf("The database is at %s, before the branches part.", version)
	case revision.Behind:
		return fmt.Sprintf("The database is at %s, and newer revisions exist.", version)
	case revision.Expanding:
		return fmt.Sprintf("The database is being expanded; it is at %s.", version)
	case revision.Expanded:
		return fmt.Sprintf("The database is expanded, at %s; its rows are yet to be moved.", version)
	case revision.Migrated:
		return fmt.Sprintf("The database is expanded and its rows are moved, at %s.", version)
	case revision.Contracting:
		return fmt.Sprintf("The database is being contracted; it is at %s.", version)
	case revision.Current:
		return fmt.Sprintf("The database is up to date, at %s.", version)
	case revision.Ahead:
		return fmt.Sprintf("The database is at %s, which this catalog does not know.", version)
	}
	return fmt.Sprintf("The database is at %s (%s).", version, r.Stage)
}
