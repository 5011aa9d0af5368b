package backfill

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"manage/engine/database"
	"manage/engine/flavor"
)

// Quoter writes names and text as the server reads them.
type Quoter interface {
	QuoteIdent(string) string
	QuoteLiteral(string) string
}

// KeyRange is the condition that a key lies behind after and not behind last,
// in the server's own order. A nil bound is no bound. Composite keys are
// compared column by column, as row values are slow on MySQL.
func KeyRange(q Quoter, key []string, after, last []any) string {
	var parts []string
	if after != nil {
		parts = append(parts, compare(q, key, after, ">", ">"))
	}
	if last != nil {
		parts = append(parts, compare(q, key, last, "<", "<="))
	}
	return strings.Join(parts, " AND ")
}

// AtLeast is the condition for the rows from a key on, itself among them.
func AtLeast(q Quoter, key []string, first []any) string { return compare(q, key, first, ">", ">=") }

// compare writes `key op bound` for a key of any number of columns: strict for
// all columns but the last one, which takes the operator end.
func compare(q Quoter, key []string, bound []any, strict, end string) string {
	if len(key) == 1 {
		return q.QuoteIdent(key[0]) + " " + end + " " + Literal(q, bound[0])
	}
	head, value := q.QuoteIdent(key[0]), Literal(q, bound[0])
	rest := compare(q, key[1:], bound[1:], strict, end)
	return fmt.Sprintf("(%s %s %s OR (%s = %s AND %s))", head, strict, value, head, value, rest)
}

// Literal writes a key's value, as ScanKey read it, for a statement. Positions come back from JSON, where whole
// numbers are written as text to keep all their digits (see ScanKey).
func Literal(q Quoter, v any) string {
	s, ok := v.(string)
	if !ok {
		return q.QuoteLiteral(fmt.Sprint(v))
	}
	kind, text, _ := strings.Cut(s, ":")
	switch kind {
	case "n":
		return text
	case "x":
		return "X'" + text + "'"
	}
	return q.QuoteLiteral(text)
}

// ScanKey reads one key as position values: "n:" and digits for a number, "x:"
// and hexadecimal digits for bytes that are no text, "s:" and the text for all
// else.
func ScanKey(rows *sql.Rows, columns int) ([]any, error) {
	values := make([]any, columns)
	targets := make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, err
	}
	for i, v := range values {
		switch v := v.(type) {
		case int64:
			values[i] = "n:" + strconv.FormatInt(v, 10)
		case uint64:
			values[i] = "n:" + strconv.FormatUint(v, 10)
		case []byte:
			values[i] = bytesKey(v)
		case time.Time:
			values[i] = "s:" + v.Format("2006-01-02 15:04:05.999999")
		case nil:
			return nil, fmt.Errorf("a key column holds NULL: name a key that never does")
		default:
			values[i] = "s:" + fmt.Sprint(v)
		}
	}
	return values, nil
}

// bytesKey is a key that the driver returns as bytes: text on MySQL and
// PostgreSQL, or a binary column.
func bytesKey(v []byte) string {
	if utf8.Valid(v) {
		return "s:" + string(v)
	}
	return "x:" + hex.EncodeToString(v)
}

// quote writes a table's name where there is no session to ask.
func quote(name string, d flavor.Dialect) string {
	if d.MySQLFamily() {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

var _ Quoter = database.Session(nil)
