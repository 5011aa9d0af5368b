package phases

import (
	"context"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/schema"
)

// Scratch opens an empty SQLite database in memory, on which a catalog tries
// out plain SQL to know the schema that it makes (catalog.Options).
func Scratch() (catalog.Scratch, error) {
	u, err := database.ParseURL(":memory:")
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	db, err := database.Open(ctx, u, database.Options{})
	if err != nil {
		return nil, err
	}
	sess, err := db.Session(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &scratch{db: db, sess: sess}, nil
}

// scratch is a database that lives as long as its session.
type scratch struct {
	db   database.DB
	sess database.Session
}

// Run runs one statement.
func (s *scratch) Run(statement string) error {
	_, err := s.sess.ExecContext(context.Background(), statement)
	return err
}

// Schema is what the statements have made.
func (s *scratch) Schema() (*schema.Schema, error) {
	return schema.Inspect(context.Background(), s.sess, s.db.Flavor(), "")
}

// Close throws the database away.
func (s *scratch) Close() {
	s.sess.Close()
	s.db.Close()
}

// tryOut finds out, on a scratch database, what plain SQL makes of a SQLite
// schema that was read; nil if that cannot be told.
// Without it, a table that is rebuilt behind would lose what the SQL made.
func tryOut(before *schema.Schema, op *schema.SQL) *schema.Schema {
	script, err := before.Script()
	if err != nil {
		return nil
	}
	trial, err := Scratch()
	if err != nil {
		return nil
	}
	defer trial.Close()
	for _, st := range script {
		if trial.Run(st.SQL) != nil {
			return nil
		}
	}
	for _, st := range op.Statements[flavor.SQLite] {
		if !st.Data && trial.Run(st.SQL) != nil {
			return nil
		}
	}
	after, err := trial.Schema()
	if err != nil {
		return nil
	}
	after.Flavor, after.Opaque = before.Flavor, before.Opaque
	return after
}
