package migrations_test

import (
	"context"
	"database/sql"
	"testing"

	"manage/engine/flavor"
)

// mustRun is run for statements that have to succeed.
func (s *site) mustRun(t testing.TB, query string) {
	t.Helper()
	if err := s.run(query); err != nil {
		t.Fatalf("%s\n%v", query, err)
	}
}

// strings is the first column of a query's rows, "NULL" for null.
func (s *site) strings(t testing.TB, query string) []string {
	t.Helper()
	rows, err := s.conn.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%s\n%v", query, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var v sql.NullString
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		if !v.Valid {
			v.String = "NULL"
		}
		all = append(all, v.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// bool is a boolean literal of the site's server.
func (s *site) bool(b bool) string {
	switch {
	case s.Dialect == flavor.Postgres && b:
		return "true"
	case s.Dialect == flavor.Postgres:
		return "false"
	case b:
		return "1"
	}
	return "0"
}

// literal is a SQL literal, with the words true and false as the site's server
// writes them.
func (s *site) literal(word string) string {
	if word == "true" || word == "false" {
		return s.bool(word == "true")
	}
	return word
}

// look is the is_public and visibility of an image, "" if there is none.
func (s *site) look(t testing.TB, id string) string {
	t.Helper()
	is := "CASE WHEN is_public IS NULL THEN 'NULL' WHEN is_public THEN 'true' ELSE 'false' END"
	public := s.strings(t, "SELECT "+is+" FROM images WHERE id = '"+id+"'")
	if len(public) == 0 {
		return ""
	}
	return public[0] + " " + s.strings(t, "SELECT visibility FROM images WHERE id = '"+id+"'")[0]
}
