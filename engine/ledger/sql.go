package ledger

import (
	"strings"
	"time"
	"unicode/utf8"

	"manage/engine/database"
	"manage/engine/flavor"
)

// DefaultTTL is how long a lease lasts after its last extension if nobody says
// otherwise.
const DefaultTTL = 30 * time.Second

// sqlStore keeps the books in the database itself. Values are written as
// literals rather than bound: one message to the server instead of up to three
// (prepare, execute, close), and several writes can be one statement.
type sqlStore struct {
	q        database.Session
	catalog  string // as a literal
	versions string // the version table's name, not quoted
	schema   string // where the books are, as a prefix of names
	clock    clock
	ttl      time.Duration
	known    map[string]bool // tables that were seen
	rows     []string        // version rows as last read or written
	rowsRead bool
	unsure   bool  // rows come from a transaction that may have been rolled back
	lastID   int64 // of the journal, as last read or written; 0: not read
}

// NewSQL is the store of catalog's books in the database that s works on, with
// versionTable for the version rows. It is used by one goroutine at a time, as
// the session is.
func NewSQL(s database.Session, catalog, versionTable string) Store {
	schema := "main." // on SQLite a temporary table would come first
	if name := s.Schema(); name != "" {
		schema = s.QuoteIdent(name) + "."
	}
	return &sqlStore{q: s, catalog: s.QuoteLiteral(catalog), versions: versionTable, schema: schema,
		clock: clock(s.Flavor().Dialect), ttl: DefaultTTL, known: map[string]bool{}}
}

// at is a table of the books where it is, whatever a revision's own statements
// have made of the search path, the default database or the temporary tables.
func (s *sqlStore) at(table string) string {
	if table == s.versions {
		table = s.q.QuoteIdent(table)
	}
	return s.schema + table
}

func (s *sqlStore) dialect() flavor.Dialect { return s.q.Flavor().Dialect }

// text writes v as a literal of at most limit characters (0: any number),
// without what some server would not store.
func (s *sqlStore) text(v string, limit int) string { return s.q.QuoteLiteral(storable(v, limit)) }

// storable drops what a text column cannot hold: invalid UTF-8, zero bytes,
// and all beyond limit characters (0: no limit).
func storable(v string, limit int) string {
	v = strings.ReplaceAll(strings.ToValidUTF8(v, "?"), "\x00", "")
	if limit > 0 && utf8.RuneCountInString(v) > limit {
		v = string([]rune(v)[:limit])
	}
	return v
}
