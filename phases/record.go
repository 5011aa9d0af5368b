package phases

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/migrations/catalog"
	"manage/schema"
)

// What plain SQL makes of a schema is not known from its words, and cannot be
// found out on every server. So each run that changes the schema of such a
// catalog writes down, object by object, what the schema was when it ended.
// verify compares the database with that.

// schemaRecord is what manage_schema holds of a catalog.
type schemaRecord struct {
	Format int `json:"format"`
	// Rows are the version rows when it was written.
	Rows []string `json:"rows"`
	// Since is the version at which the schema was taken as it was found, because
	// no record led to it; "" for one that goes back to the beginning.
	Since   string          `json:"since,omitempty"`
	Objects []schema.Object `json:"objects"`
	// Before is what each object was when the run began that has not ended:
	// whatever is otherwise since then, it may have changed. nil if none is open.
	Before map[string]string `json:"before,omitempty"`
	Open   bool              `json:"open,omitempty"`
}

// recordFormat is the one that this release writes and reads.
const recordFormat = 1

// The most that a record may be, unpacked: a bound for what somebody else wrote.
const longestRecord = 256 << 20

// encode is the record as it is stored.
func (r schemaRecord) encode() (string, error) {
	r.Format = recordFormat
	text, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(text); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

// decodeRecord reads a stored record, strictly.
func decodeRecord(stored string) (*schemaRecord, error) {
	packed, err := base64.StdEncoding.DecodeString(stored)
	if err != nil {
		return nil, err
	}
	unpack, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(unpack, longestRecord+1))
	if err == nil && len(text) > longestRecord {
		err = fmt.Errorf("it is longer than %d MB", longestRecord>>20)
	}
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	r := &schemaRecord{}
	if err := d.Decode(r); err != nil {
		return nil, err
	}
	if r.Format != recordFormat {
		return nil, fmt.Errorf("it has the format %d, which this release does not know", r.Format)
	}
	return r, nil
}

// record reads the record of the schema; nil if there is none.
func (s *Service) record(ctx context.Context, store ledger.Store) (*schemaRecord, error) {
	stored, err := store.SchemaRecord(ctx)
	if err != nil || stored == nil {
		return nil, err
	}
	r, err := decodeRecord(stored.Text)
	if err == nil {
		_, err = schema.FromObjects(s.DB.Flavor(), r.Objects)
	}
	if err != nil {
		return nil, &ledger.Garbled{Table: ledger.SchemaTable, Column: "record", Value: shortened(stored.Text), Err: err}
	}
	return r, nil
}

// shortened is enough of a text to know it by.
func shortened(text string) string {
	const most = 40
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// recorded reports whether the schema of the catalog is written down: where
// plain SQL changes it and what that does cannot be computed.
func (s *Service) recorded() bool {
	d := s.DB.Flavor().Dialect
	changes := func(c catalog.Change) bool {
		op, plain := c.Op.(*schema.SQL)
		return plain && c.Serves(d) && slices.ContainsFunc(op.Statements[d], func(st schema.SQLStatement) bool { return !st.Data })
	}
	for _, r := range s.Catalog.Revisions {
		if slices.ContainsFunc(r.Up, changes) {
			all, err := s.Catalog.Fold(s.DB.Flavor(), false, s.Catalog.Graph.All())
			return err != nil || all.Opaque
		}
	}
	return false
}

// objects lists the objects of the live schema without those of the books.
func (s *Service) objects(ctx context.Context, sess database.Session) ([]schema.Object, error) {
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return nil, err
	}
	s.withoutBooks(live)
	others, err := schema.OtherObjects(ctx, sess, s.DB.Flavor(), s.DB.Schema())
	if err != nil {
		return nil, err
	}
	return append(live.Objects(), others...), nil
}

// keyText names an object within its schema in a stored record.
func keyText(o schema.Object) string {
	return strings.Join([]string{string(o.Kind), o.Table, o.Name}, "\t")
}

// digests are short sums of objects, by name.
func digests(objects []schema.Object) map[string]string {
	sums := map[string]string{}
	for _, o := range objects {
		sum := sha256.Sum256(o.Definition)
		sums[keyText(o)] = hex.EncodeToString(sum[:8])
	}
	return sums
}

// merged is what should be there after a run: what the run changed as it is now,
// all else as it should have been before, whatever somebody did to it meanwhile.
func merged(expected []schema.Object, before map[string]string, live []schema.Object) []schema.Object {
	now := digests(live)
	var out []schema.Object
	tables := map[string]bool{}
	keep := func(o schema.Object) {
		out = append(out, o)
		if o.Kind == plan.KindTable {
			tables[o.Table] = true
		}
	}
	for _, o := range expected {
		if k := keyText(o); before[k] == now[k] {
			keep(o)
		}
	}
	for _, o := range live {
		if k := keyText(o); before[k] != now[k] {
			keep(o)
		}
	}
	return slices.DeleteFunc(out, func(o schema.Object) bool { return o.Table != "" && !tables[o.Table] })
}
