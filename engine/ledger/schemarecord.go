package ledger

import (
	"context"
	"time"
)

// SchemaRecord is what the schema of a catalog was when a run ended: the one row
// of manage_schema. What its text means is for package phases.
type SchemaRecord struct {
	Text    string
	Written time.Time // by the database's clock; not used when it is saved
}

// longestRecord bounds what is read as a record: it is packed.
const longestRecord = 64 << 20

// schemaTable holds whole schemas: MySQL's TEXT would end at 64 KB.
func (s *sqlStore) schemaTable() table {
	text := "TEXT"
	if s.dialect().MySQLFamily() {
		text = "LONGTEXT"
	}
	return s.define(SchemaTable, "catalog",
		"catalog VARCHAR(128) NOT NULL",
		"record "+text+" NOT NULL",
		"written "+s.clock.columnType()+" NOT NULL")
}

// SchemaRecord implements Store.
func (s *sqlStore) SchemaRecord(ctx context.Context) (*SchemaRecord, error) {
	found, err := s.exists(ctx, SchemaTable)
	if err != nil || !found {
		return nil, err
	}
	var record *SchemaRecord
	tail := s.at(SchemaTable) + " WHERE catalog = " + s.catalog
	from := source{table: SchemaTable, columns: []string{"record", "written"}, all: "catalog = " + s.catalog}
	err = s.each(ctx, from, tail, func(r *row) {
		record = &SchemaRecord{Text: r.text(longestRecord), Written: r.time()}
	})
	if err != nil {
		return nil, err
	}
	return record, nil
}

// SaveSchemaRecord implements Store.
func (s *sqlStore) SaveSchemaRecord(ctx context.Context, token int64, r SchemaRecord) error {
	return s.apply(ctx, token, write{verb: upsert, table: s.at(SchemaTable), key: []field{{"catalog", s.catalog}},
		set: []field{{"record", s.text(r.Text, 0)}, {"written", s.clock.now()}}})
}

// SchemaRecord implements Store.
func (m *Memory) SchemaRecord(context.Context) (*SchemaRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.record == nil {
		return nil, nil
	}
	r := *m.state.record
	return &r, nil
}

// SaveSchemaRecord implements Store.
func (m *Memory) SaveSchemaRecord(_ context.Context, token int64, r SchemaRecord) error {
	return m.write(token, func(s *state) error {
		r.Written = time.Now().UTC()
		s.record = &r
		return nil
	})
}
