package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// UniqueDef is a unique constraint as catalogs write it. A name that is left
// out is left to the server.
type UniqueDef struct {
	Name    string   `toml:"name"`
	Columns []string `toml:"columns"`
}

func (u UniqueDef) check() error { return checkColumns("unique", u.Columns) }

// ForeignKeyDef is a foreign key as catalogs write it.
type ForeignKeyDef struct {
	Name       string   `toml:"name"`
	Columns    []string `toml:"columns"`
	RefTable   string   `toml:"ref_table"`
	RefColumns []string `toml:"ref_columns"`
	OnDelete   string   `toml:"on_delete"`
	OnUpdate   string   `toml:"on_update"`
}

func (f ForeignKeyDef) check() error {
	if err := checkColumns("columns", f.Columns); err != nil {
		return err
	}
	if f.RefTable == "" {
		return fmt.Errorf("ref_table is missing")
	}
	if err := checkColumns("ref_columns", f.RefColumns); err != nil {
		return err
	}
	if len(f.Columns) != len(f.RefColumns) {
		return fmt.Errorf("columns and ref_columns must be equally many")
	}
	for key, action := range map[string]string{"on_delete": f.OnDelete, "on_update": f.OnUpdate} {
		if _, ok := refAction(action); !ok {
			return fmt.Errorf("%s: %q is not an action; write cascade, set null, set default, restrict or no action", key, action)
		}
	}
	return nil
}

// key is the definition as a constraint of a table.
func (f ForeignKeyDef) key() *ForeignKey {
	onDelete, _ := refAction(f.OnDelete)
	onUpdate, _ := refAction(f.OnUpdate)
	return &ForeignKey{
		Name: f.Name, Columns: slices.Clone(f.Columns),
		RefTable: f.RefTable, RefColumns: slices.Clone(f.RefColumns),
		OnDelete: onDelete, OnUpdate: onUpdate,
	}
}

// refAction is a referential action in upper case, "" for NO ACTION.
func refAction(text string) (string, bool) {
	action := strings.ToUpper(strings.Join(strings.Fields(strings.ReplaceAll(text, "_", " ")), " "))
	switch action {
	case "", "NO ACTION":
		return "", true
	case "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT":
		return action, true
	}
	return "", false
}

// CheckDef is a check constraint as catalogs write it.
type CheckDef struct {
	Name string `toml:"name"`
	Expr Text   `toml:"expr"`
}

func (c CheckDef) check() error {
	if c.Expr.IsZero() || c.Expr.blank() {
		return fmt.Errorf("expr is missing")
	}
	return nil
}

// IndexDef is an index as catalogs write it.
type IndexDef struct {
	Name    string   `toml:"name"`
	Columns []string `toml:"columns"`
	Unique  bool     `toml:"unique"`
	// Where is the predicate of a partial index.
	Where Text `toml:"where"`
	// Length is the prefix length on MySQL and MariaDB; other servers index
	// the whole column.
	Length Lengths `toml:"length"`
}

func (x IndexDef) check() error {
	if x.Name == "" {
		return fmt.Errorf("an index has no name")
	}
	if err := checkColumns("columns", x.Columns); err != nil {
		return fmt.Errorf("index %q: %w", x.Name, err)
	}
	if !x.Where.IsZero() && x.Where.blank() {
		return fmt.Errorf("index %q: where is empty", x.Name)
	}
	for _, column := range slices.Sorted(maps.Keys(x.Length.By)) {
		if !slices.Contains(x.Columns, column) {
			return fmt.Errorf("index %q: length names column %q, which is not among its columns", x.Name, column)
		}
	}
	return nil
}

// Lengths are the prefix lengths of an index's columns: one number for all,
// or a table by column.
type Lengths struct {
	All int
	By  map[string]int
}

// UnmarshalTOML reads a number, or a table of numbers by column.
func (l *Lengths) UnmarshalTOML(data any) error {
	switch data := data.(type) {
	case int64:
		n, err := prefixLength(data)
		*l = Lengths{All: n}
		return err
	case map[string]any:
		l.By = map[string]int{}
		for _, column := range slices.Sorted(maps.Keys(data)) {
			n, err := prefixLength(data[column])
			if err != nil {
				return err
			}
			l.By[column] = n
		}
		return nil
	}
	return fmt.Errorf("length must be a number, or a table of numbers by column")
}

func prefixLength(data any) (int, error) {
	n, ok := data.(int64)
	if !ok || n < 1 || n > 1<<16 {
		return 0, fmt.Errorf("a length must be a number of at least 1")
	}
	return int(n), nil
}

// of is the length for a column, 0 for all of it.
func (l Lengths) of(column string) int {
	if n, ok := l.By[column]; ok {
		return n
	}
	return l.All
}

// checkColumns reports what is wrong with a list of columns.
func checkColumns(what string, columns []string) error {
	if len(columns) == 0 {
		return fmt.Errorf("%s: at least one column is needed", what)
	}
	seen := map[string]bool{}
	for _, c := range columns {
		if c == "" {
			return fmt.Errorf("%s: a column's name is empty", what)
		}
		if seen[c] {
			return fmt.Errorf("%s: column %q stands twice", what, c)
		}
		seen[c] = true
	}
	return nil
}

// checkNeeded reports the first of some keys that has no value; pairs holds
// key, value, key, value.
func checkNeeded(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return fmt.Errorf("%s is missing", pairs[i])
		}
	}
	return nil
}
