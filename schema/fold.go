package schema

import (
	"fmt"
	"slices"

	"manage/engine/flavor"
)

// This file holds what several operations do to a schema.

// applied reports whether an operation that changes only the named tables
// fits s, which stays as it is.
func applied(s *Schema, o Operation, tables ...string) error { return o.Apply(s.scratch(tables...)) }

// nameConstraints gives the names that the server chooses to what the table
// was made without, and the indexes that foreign keys bring on MySQL.
func (s *Schema) nameConstraints(t *Table) {
	if t.PrimaryKey != nil && t.PrimaryKey.Name == "" {
		t.PrimaryKey.Name = s.namePrimaryKey(t)
	}
	for _, k := range t.Uniques {
		if k.Name == "" && len(k.Columns) > 0 {
			k.Name = s.nameUnique(t, k.Columns)
		}
	}
	for _, f := range t.ForeignKeys {
		named := f.Name != ""
		if !named {
			f.Name = s.nameForeignKey(t, f.Columns)
		}
		s.supportForeignKey(t, f, named || t.explicit(f.Name, s.Flavor.Dialect) != "")
	}
	made := 0
	for _, c := range t.Checks {
		if c.Name != "" {
			continue
		}
		if made++; s.Flavor.Dialect == flavor.MySQL {
			// CREATE TABLE counts those without a name, whatever the others
			// are called; ALTER TABLE goes on from the highest number.
			c.Name = t.numbered("_chk_", made, flavor.MySQL)
			continue
		}
		c.Name = s.nameCheck(t, c.Expr)
	}
}

// supportForeignKey adds the index that MySQL makes for a foreign key when no
// index begins with its columns. It bears the constraint's name if that was
// given, else the first column's. An index that the server made for another
// foreign key with the same columns gives way to the new one.
func (s *Schema) supportForeignKey(t *Table, f *ForeignKey, named bool) {
	d := s.Flavor.Dialect
	if !d.MySQLFamily() {
		return
	}
	others := slices.DeleteFunc(slices.Clone(t.ForeignKeys), func(o *ForeignKey) bool { return o == f })
	t.Indexes = slices.DeleteFunc(slices.Clone(t.Indexes), func(x *Index) bool {
		return x.madeFor(others, d) && sameColumns(x.columnNames(), f.Columns, d)
	})
	if t.indexed(f.Columns, d) {
		return
	}
	name := f.Name
	if !named {
		name = t.keyName(f.Columns[0], d)
	}
	x := &Index{Name: name, Made: true, Valid: true}
	for _, c := range f.Columns {
		x.Columns = append(x.Columns, IndexColumn{Name: c})
	}
	t.Indexes = append(t.Indexes, x)
}

// madeFor reports whether the server made the index for one of some foreign
// keys. Where that is not known it is told by the index's name and columns.
func (x *Index) madeFor(keys []*ForeignKey, d flavor.Dialect) bool {
	return x.Made || !x.Unique && slices.ContainsFunc(keys, func(f *ForeignKey) bool {
		named := sameName(x.Name, f.Name, d) || sameName(x.Name, f.Columns[0], d)
		return named && sameColumns(x.columnNames(), f.Columns, d)
	})
}

// unsupported is a foreign key of the table that no index serves, nil if all
// are served. InnoDB does not let go of the last index that serves one.
func (t *Table) unsupported(d flavor.Dialect) *ForeignKey {
	for _, f := range t.ForeignKeys {
		if d.MySQLFamily() && !t.indexed(f.Columns, d) {
			return f
		}
	}
	return nil
}

// indexed reports whether a key or index of the table begins with columns.
func (t *Table) indexed(columns []string, d flavor.Dialect) bool {
	if t.PrimaryKey != nil && beginsWith(t.PrimaryKey.Columns, columns, d) {
		return true
	}
	for _, k := range t.Uniques {
		if beginsWith(k.Columns, columns, d) {
			return true
		}
	}
	for _, x := range t.Indexes {
		if x.beginsWith(columns, d) {
			return true
		}
	}
	return false
}

func beginsWith(list, columns []string, d flavor.Dialect) bool {
	return len(list) >= len(columns) && sameColumns(list[:len(columns)], columns, d)
}

// beginsWith is true only for whole columns: InnoDB does not take a prefix.
func (x *Index) beginsWith(columns []string, d flavor.Dialect) bool {
	if len(x.Columns) < len(columns) {
		return false
	}
	for i, c := range columns {
		if part := x.Columns[i]; part.Length > 0 || part.Name == "" || !sameName(part.Name, c, d) {
			return false
		}
	}
	return true
}

// dropSupport removes the indexes that MySQL made for foreign keys once
// columns have an index that serves as well: "this index may be silently
// dropped later if you create another index that can be used" (manual,
// "FOREIGN KEY Constraints"). except is the new index.
func (t *Table) dropSupport(columns []string, except string, d flavor.Dialect) {
	if !d.MySQLFamily() {
		return
	}
	t.Indexes = slices.DeleteFunc(slices.Clone(t.Indexes), func(x *Index) bool {
		return x.Name != except && x.madeFor(t.ForeignKeys, d) && beginsWith(columns, x.columnNames(), d)
	})
}

// index is the definition as an index of a server.
func (x IndexDef) index(d flavor.Dialect) (*Index, error) {
	out := &Index{Name: x.Name, Unique: x.Unique, Valid: true}
	for _, name := range x.Columns {
		part := IndexColumn{Name: name}
		if d.MySQLFamily() {
			part.Length = x.Length.of(name)
		}
		out.Columns = append(out.Columns, part)
	}
	where, ok := x.Where.For(d)
	if ok && d.MySQLFamily() {
		return nil, fmt.Errorf("index %q: %s has no partial indexes", x.Name, d.Title())
	}
	out.Where = where
	return out, nil
}

// putIndex adds an index to the list that it belongs in, and drops what it
// makes superfluous.
func (t *Table) putIndex(x *Index, d flavor.Dialect) {
	if x.isConstraint(d) {
		t.Uniques = append(t.Uniques, &Key{Name: x.Name, Columns: x.columnNames()})
	} else {
		t.Indexes = append(t.Indexes, x)
	}
	t.dropSupport(x.columnNames(), x.Name, d)
}

// isConstraint reports whether the index is kept among Table.Uniques.
func (x *Index) isConstraint(d flavor.Dialect) bool {
	return d.MySQLFamily() && x.Unique && !slices.ContainsFunc(x.Columns, func(c IndexColumn) bool {
		return c.Length > 0 || c.Expr != "" || c.Desc
	})
}
