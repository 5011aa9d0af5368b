package phases

import (
	"context"
	"fmt"
	"path/filepath"

	"manage/engine/database"
)

// fileOf is the file of a SQLite database; "" while there is none.
func fileOf(ctx context.Context, q database.Querier) string {
	files, err := queryStrings(ctx, q, "SELECT file FROM pragma_database_list WHERE name = 'main'")
	if err != nil || len(files) != 1 {
		return ""
	}
	return files[0]
}

// fileReady reports whether SQLite can write to a file, and make its journal
// beside it.
func fileReady(file string) []Unready {
	if file == "" {
		return nil
	}
	var found []Unready
	if err := writable(file); err != nil {
		found = append(found, Unready{database.ReadOnly, fmt.Sprintf("the file %s cannot be written (%v)", file, err)})
	}
	if folder := filepath.Dir(file); writable(folder) != nil {
		found = append(found, Unready{database.ReadOnly, fmt.Sprintf("the folder %s cannot be written (%v), where SQLite keeps its journal beside the file", folder, writable(folder))})
	}
	return found
}
