package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"manage/engine/flavor"
	"manage/schema"
)

// A checksum says whether the meaning of an applied revision has changed. It
// is over the operations of [[up]] in their canonical form, or over the
// statements without comments and with white space collapsed, each with the
// dialects and runs that it is for. Layout, comments, file names, messages and
// the place in the graph are not part of it; nor is the way down, because a
// revision that was applied as it stands may still be given a better way back.

// sum is the checksum of a revision's changes.
func (d *decoder) sum(changes []Change) string {
	c := &canonical{shapes: d}
	for _, change := range changes {
		c.audience(change)
		if sql, ok := change.Op.(*schema.SQL); ok {
			c.buf = append(c.buf, "sql "...)
			c.text(sql.Text, reader(change.Dialects))
			c.buf = append(c.buf, '\n')
			continue
		}
		c.operation(change.Op)
	}
	return c.hash()
}

// audience writes for whom a change is.
func (c *canonical) audience(change Change) {
	c.buf = append(c.buf, '[')
	for i, d := range slices.Sorted(slices.Values(change.Dialects)) {
		if i > 0 {
			c.buf = append(c.buf, ' ')
		}
		c.buf = strconv.AppendQuote(c.buf, d)
	}
	c.buf = append(c.buf, "] "...)
	c.buf = strconv.AppendQuote(c.buf, string(change.When))
	c.buf = append(c.buf, ' ')
	c.buf = strconv.AppendBool(c.buf, change.NoTransaction)
	c.buf = append(c.buf, ' ')
}

// reader is a dialect that reads the text of a change that is for dialects.
func reader(dialects []string) flavor.Dialect {
	if len(dialects) == 0 {
		return flavor.SQLite
	}
	return flavor.Dialect(slices.Min(dialects))
}

// migrationSum is the checksum of a data migration.
func (d *decoder) migrationSum(m *Migration) string {
	c := &canonical{shapes: d}
	c.text(m.Pending, flavor.SQLite)
	for _, s := range m.Steps {
		c.buf = fmt.Appendf(c.buf, "\nstep %q %q ", s.Table, s.Key)
		c.text(s.Where, flavor.SQLite)
		for _, column := range s.SetOrder {
			c.buf = fmt.Appendf(c.buf, " set %q ", column)
			c.text(s.Set[column], flavor.SQLite)
		}
		for _, statement := range s.Statements {
			c.buf = append(c.buf, ' ')
			c.text(statement, flavor.SQLite)
		}
	}
	c.buf = fmt.Appendf(c.buf, "\nprogram %q hook %q\n", m.Program, m.Hook)
	return c.hash()
}

// hash is the SHA-256 of what was written, as hexadecimal digits.
func (c *canonical) hash() string {
	h := sha256.Sum256(c.buf)
	return hex.EncodeToString(h[:])
}
