package schema

import "manage/engine/flavor"

// undoneColumn is a column before and after an alter_column that is undone.
// Only what that changed is changed back: what else the column has by now is
// not the operation's.
type undoneColumn struct {
	was, became *Column
	check       *Check // that MariaDB kept at it before
}

// apply is column c, with its check, as it is once the change is undone.
func (u *undoneColumn) apply(c *Column, check *Check, f flavor.Flavor) (*Column, *Check) {
	to := c.clone()
	if u.was.Type != u.became.Type {
		to.Type = u.was.Type
	}
	if u.was.Charset != u.became.Charset || u.was.Collation != u.became.Collation {
		to.Charset, to.Collation = u.was.Charset, u.was.Collation
	}
	if u.was.Nullable != u.became.Nullable {
		to.Nullable = u.was.Nullable
	}
	if !sameDefault(u.was.Default, u.became.Default) {
		to.Default = u.was.Default
	}
	if u.was.Extra != u.became.Extra {
		to.Extra = u.was.Extra
	}
	if u.was.Storage != u.became.Storage || u.was.Compression != u.became.Compression {
		to.Storage, to.Compression = u.was.Storage, u.was.Compression
	}
	json := func(k *Check) bool { return k != nil && k.Expr == jsonValid(c.Name) }
	switch {
	case f.Dialect != flavor.MariaDB || u.was.Type == u.became.Type:
	case json(u.check) && check == nil:
		check = u.check
	case json(check) && !json(u.check):
		check = u.check
	}
	if u.became.Text == c.Text {
		to.Text = u.was.Text // word for word
	}
	if u.became.Definition == c.Definition {
		to.Definition = u.was.Definition
	}
	return to, check
}
