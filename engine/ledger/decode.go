package ledger

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What is read from the books is data: anybody who may write rows may have
// written it, and on SQLite any column holds values of any kind. Each column is
// read as what it is, within the bounds of what this tool writes; whatever is
// something else makes the row garbled, and is neither used nor passed over.

// The bounds of what is stored. Texts are as long as MySQL's smallest type for
// them; some releases wrote longer names than their columns have on other
// servers than SQLite.
const (
	longestName = 255
	longestText = math.MaxUint16
	// mostRows is more rows than any table has, and few enough that sums of
	// several do not overflow.
	mostRows = 1 << 50
	// lastToken leaves room for the tokens of later holders.
	lastToken = 1 << 62
)

// take returns the next column.
func (r *row) take() any {
	v := r.values[r.at]
	r.at++
	return v
}

// refuse notes that the column read last makes no sense.
func (r *row) refuse(err error) {
	r.reject(r.columns[r.at-1], r.values[r.at-1], err)
}

// reject notes that the value of a column is none that this tool writes.
func (r *row) reject(column string, value any, err error) {
	if r.garbled == nil {
		r.garbled = &Garbled{Table: r.table, Row: r.where(), Column: column, Value: shown(value), Err: err}
	}
}

// shown is a value for a message.
func shown(value any) string {
	text := "NULL"
	switch v := value.(type) {
	case nil:
	case []byte:
		text = string(v)
	default:
		text = fmt.Sprint(v)
	}
	const most = 200
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// where is the condition that selects the row, in SQL.
func (r *row) where() string {
	terms := make([]string, 0, r.keys+1)
	if r.all != "" {
		terms = append(terms, r.all)
	}
	for i, column := range r.columns[:r.keys] {
		switch v := r.values[i].(type) {
		case nil:
			terms = append(terms, column+" IS NULL")
		case int64:
			terms = append(terms, fmt.Sprintf("%s = %d", column, v))
		default:
			terms = append(terms, column+" = "+r.quote(shown(v)))
		}
	}
	return strings.Join(terms, " AND ")
}

// name reads a column of short text.
func (r *row) name() string { return r.text(longestName) }

// text reads a column of text of at most so many characters.
func (r *row) text(most int) string {
	var text string
	switch v := r.take().(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		r.refuse(nil)
		return ""
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || len(text) > most && utf8.RuneCountInString(text) > most {
		r.refuse(nil)
		return ""
	}
	return text
}

// isNull reports whether the next column is NULL, and passes over it then.
func (r *row) isNull() bool {
	if r.values[r.at] != nil {
		return false
	}
	r.at++
	return true
}

// textOrNone reads a column of text that may be empty.
func (r *row) textOrNone() string {
	if r.isNull() {
		return ""
	}
	return r.text(longestText)
}

// number reads a column of whole numbers between two bounds, with them.
func (r *row) number(least, most int64) int64 {
	var n int64
	var err error
	switch v := r.take().(type) {
	case int64:
		n = v
	case string:
		n, err = strconv.ParseInt(v, 10, 64)
	case []byte:
		n, err = strconv.ParseInt(string(v), 10, 64)
	default:
		r.refuse(nil)
		return least
	}
	if err != nil || n < least || n > most {
		r.refuse(err)
		return least
	}
	return n
}

// count reads a column of numbers of rows, -1 for what some server could not
// tell.
func (r *row) count() int64 { return r.number(-1, mostRows) }

// countOrNone reads a column of numbers that may be empty, and are not negative.
func (r *row) countOrNone() int64 {
	if r.isNull() {
		return 0
	}
	return r.number(0, mostRows)
}

// small reads a column of numbers from 0 to what an INTEGER holds.
func (r *row) small() int { return int(r.number(0, math.MaxInt32)) }

// flag reads a column that is 0 or 1.
func (r *row) flag() bool { return r.number(0, 1) == 1 }

// time reads a column of times, which drivers give as such or as text.
func (r *row) time() time.Time {
	var t time.Time
	var err error
	switch v := r.take().(type) {
	case time.Time:
		t = v.UTC()
	case string:
		t, err = parseTime(v)
	case []byte:
		t, err = parseTime(string(v))
	default:
		r.refuse(nil)
	}
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		r.refuse(err)
	}
	return t
}

func parseTime(text string) (time.Time, error) {
	return time.Parse("2006-01-02 15:04:05", text) // accepts a fraction as well
}

// timeOrNull reads a column of times that may be empty.
func (r *row) timeOrNull() *time.Time {
	if r.isNull() {
		return nil
	}
	t := r.time()
	return &t
}
