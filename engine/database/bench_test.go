package database_test

import (
	"testing"

	"manage/engine/database"
	"manage/engine/enginetest"
)

// BenchmarkOpen is what each command pays before its first query: connect, ask
// the server who it is, take the session, close.
func BenchmarkOpen(b *testing.B) {
	for _, e := range enginetest.Databases(b) {
		b.Run(string(e.Dialect), func(b *testing.B) {
			for b.Loop() {
				u, err := database.ParseURL(e.URL)
				if err != nil {
					b.Fatal(err)
				}
				db, err := database.Open(b.Context(), u, database.Options{})
				if err != nil {
					b.Fatal(err)
				}
				s, err := db.Session(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
				db.Close()
			}
		})
	}
}

// BenchmarkStatement is one statement that changes nothing, without a value and with one.
func BenchmarkStatement(b *testing.B) {
	for _, e := range enginetest.Databases(b) {
		b.Run(string(e.Dialect), func(b *testing.B) {
			u, err := database.ParseURL(e.URL)
			if err != nil {
				b.Fatal(err)
			}
			db, err := database.Open(b.Context(), u, database.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			s, err := db.Session(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			for name, args := range map[string][]any{"SELECT 1": nil, "SELECT 1 WHERE 1 = ?": {1}} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						if _, err := s.ExecContext(b.Context(), name, args...); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}
