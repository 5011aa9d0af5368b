package phases

import (
	"context"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/phases/draft"
	"manage/schema"
)

// Describe reads the tables of a database into the words of a new catalog.
// What tools keep their versions and books in is left alone. It writes nothing.
func Describe(ctx context.Context, db database.DB) (draft.Description, error) {
	sess, err := db.Reader(ctx)
	if err != nil {
		return draft.Description{}, err
	}
	defer sess.Close()
	live, err := schema.Inspect(ctx, sess, db.Flavor(), db.Schema())
	if err != nil {
		return draft.Description{}, err
	}
	routines, err := schema.Routines(ctx, sess, db.Flavor(), db.Schema())
	if err != nil {
		return draft.Description{}, err
	}
	var books []string
	for _, name := range live.TableNames() {
		if isBook(name) {
			books = append(books, "table "+name)
			delete(live.Tables, name)
		}
	}
	d := draft.Describe(live)
	d.LeftAlone = slices.Concat(books, d.LeftAlone, routines)
	if len(live.Tables) == 0 {
		return d, &Refused{Reason: "the database has no tables to describe", Hint: "leave --from-database out to begin from nothing, or name another database with --connection"}
	}
	return d, nil
}

// isBook reports whether a table is one in which manage, or a tool before it,
// keeps versions.
func isBook(name string) bool {
	switch name {
	case "manage_journal", "manage_backfill", "manage_lease", "manage_schema", "alembic_version":
		return true
	}
	return strings.HasPrefix(name, "manage_version_")
}
