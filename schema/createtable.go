package schema

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// CreateTable makes a table with all that belongs to it.
type CreateTable struct {
	Name        string                  `toml:"name"`
	Columns     []ColumnDef             `toml:"columns"`
	PrimaryKey  []string                `toml:"primary_key"`
	Unique      []UniqueDef             `toml:"unique"`
	Indexes     []IndexDef              `toml:"indexes"`
	ForeignKeys []TableForeignKey       `toml:"foreign_keys"`
	Checks      []TableCheck            `toml:"checks"`
	Options     map[string]TableOptions `toml:"options"`
	IfNotExists bool                    `toml:"if_not_exists"`

	// live is the table as a server had it, for undoing its removal.
	live *Table
}

// TableForeignKey is a foreign key within create_table, for some dialects.
type TableForeignKey struct {
	ForeignKeyDef
	Dialects []string `toml:"dialects"`
}

// TableCheck is a check within create_table, for some dialects.
type TableCheck struct {
	CheckDef
	Dialects []string `toml:"dialects"`
	// NameOn holds names for some dialects, such as those that a server chose
	// when the table had more checks.
	NameOn map[string]string `toml:"name_on"`
}

// name is the check's name on a dialect; "" leaves it to the server.
func (c TableCheck) name(d flavor.Dialect) string {
	if name, ok := flavor.Pick(c.NameOn, d); ok {
		return name
	}
	return c.Name
}

// TableOptions are what MySQL and MariaDB take behind a table.
type TableOptions struct {
	Engine    string `toml:"engine"`
	Charset   string `toml:"charset"`
	Collation string `toml:"collation"`
}

// Kind is "create_table".
func (o *CreateTable) Kind() string { return "create_table" }

// Check reports what is wrong with the operation by itself.
func (o *CreateTable) Check() error {
	if o.live != nil {
		return nil
	}
	if o.Name == "" {
		return fmt.Errorf("name is missing")
	}
	if len(o.Columns) == 0 {
		return fmt.Errorf("table %q has no columns", o.Name)
	}
	steps := []func() error{o.checkOwnColumns, o.checkKeys, o.checkConstraints, o.checkOptions}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("table %q: %w", o.Name, err)
		}
	}
	return nil
}

func (o *CreateTable) checkOwnColumns() error {
	seen := map[string]bool{}
	for _, c := range o.Columns {
		if err := c.check(); err != nil {
			return err
		}
		if seen[c.Name] {
			return fmt.Errorf("column %q stands twice", c.Name)
		}
		seen[c.Name] = true
		if c.Autoincrement && !slices.Contains(o.PrimaryKey, c.Name) {
			return fmt.Errorf("column %q has autoincrement and must be in primary_key", c.Name)
		}
	}
	return nil
}

func (o *CreateTable) checkKeys() error {
	if len(o.PrimaryKey) > 0 {
		if err := o.checkList("primary_key", o.PrimaryKey); err != nil {
			return err
		}
	}
	for _, u := range o.Unique {
		if err := o.checkList("unique", u.Columns); err != nil {
			return err
		}
	}
	names := map[string]bool{}
	for _, x := range o.Indexes {
		if err := x.check(); err != nil {
			return err
		}
		if err := o.checkList("index "+x.Name, x.Columns); err != nil {
			return err
		}
		if names[x.Name] {
			return fmt.Errorf("index %q stands twice", x.Name)
		}
		names[x.Name] = true
	}
	return nil
}

func (o *CreateTable) checkConstraints() error {
	for _, f := range o.ForeignKeys {
		if err := checkDialects(f.Dialects); err != nil {
			return err
		}
		if err := f.check(); err != nil {
			return fmt.Errorf("foreign key: %w", err)
		}
		if err := o.checkList("foreign key", f.Columns); err != nil {
			return err
		}
	}
	for _, c := range o.Checks {
		if err := checkDialects(c.Dialects); err != nil {
			return err
		}
		if err := c.check(); err != nil {
			return fmt.Errorf("check: %w", err)
		}
		for _, key := range slices.Sorted(maps.Keys(c.NameOn)) {
			if err := checkDialectKey(key); err != nil {
				return fmt.Errorf("check: name_on: %w", err)
			}
		}
	}
	return nil
}

func (o *CreateTable) checkOptions() error {
	for _, key := range slices.Sorted(maps.Keys(o.Options)) {
		if !flavor.Dialect(key).MySQLFamily() {
			return fmt.Errorf("options are for mysql and mariadb, not for %q", key)
		}
	}
	return nil
}

// checkList reports what is wrong with a list of the table's own columns.
func (o *CreateTable) checkList(what string, columns []string) error {
	if err := checkColumns(what, columns); err != nil {
		return err
	}
	for _, name := range columns {
		if !slices.ContainsFunc(o.Columns, func(c ColumnDef) bool { return c.Name == name }) {
			return fmt.Errorf("%s: column %q is not a column of the table", what, name)
		}
	}
	return nil
}

// checkDialects refuses names that are not dialects.
func checkDialects(names []string) error {
	for _, n := range names {
		if !flavor.Dialect(n).Known() {
			return fmt.Errorf("%q is not a dialect; write sqlite, postgres, mysql or mariadb", n)
		}
	}
	return nil
}

// there reports whether the table is there and need not be made.
func (o *CreateTable) there(s *Schema) bool { return o.IfNotExists && s.Table(o.name()) != nil }

// Apply adds the table.
func (o *CreateTable) Apply(s *Schema) error {
	if o.there(s) {
		return nil
	}
	t, err := o.fitting(s)
	if err != nil {
		return err
	}
	s.Tables[t.Name] = t
	s.nameConstraints(t)
	return nil
}

// fitting is the table as it is written, if it fits s.
func (o *CreateTable) fitting(s *Schema) (*Table, error) {
	if s.Table(o.name()) != nil {
		return nil, misfit(o.Kind(), o.name(), "the table exists already")
	}
	t, err := o.table(s.Flavor)
	if err != nil {
		return nil, err
	}
	return t, o.checkReferences(s, t)
}

// name is the name of the table, wherever it comes from.
func (o *CreateTable) name() string {
	if o.live != nil {
		return o.live.Name
	}
	return o.Name
}

// table is the table as it is written: what has no name has none yet.
func (o *CreateTable) table(f flavor.Flavor) (*Table, error) {
	if o.live != nil {
		t := o.live.Clone()
		for _, x := range t.Indexes {
			x.Made = false // they are asked for now
		}
		return t, nil
	}
	t := &Table{Name: o.Name}
	if options, ok := flavor.Pick(o.Options, f.Dialect); ok && f.Dialect.MySQLFamily() {
		t.Engine, t.Charset, t.Collation = options.Engine, options.Charset, options.Collation
	}
	for _, def := range o.Columns {
		c, err := def.column(f)
		if err != nil {
			return nil, fmt.Errorf("table %q: %w", o.Name, err)
		}
		if slices.Contains(o.PrimaryKey, c.Name) {
			c.Nullable = false
		}
		t.Columns = append(t.Columns, c)
		if check := jsonCheck(def.Type, def.TypeOn, c, f); check != nil {
			t.Checks = append(t.Checks, check)
		}
	}
	if len(o.PrimaryKey) > 0 {
		t.PrimaryKey = &Key{Columns: slices.Clone(o.PrimaryKey)}
	}
	for _, u := range o.Unique {
		t.Uniques = append(t.Uniques, &Key{Name: u.Name, Columns: slices.Clone(u.Columns)})
	}
	return t, o.addToTable(t, f)
}

// addToTable adds the indexes, foreign keys and checks.
func (o *CreateTable) addToTable(t *Table, f flavor.Flavor) error {
	for _, def := range o.Indexes {
		x, err := def.index(f.Dialect)
		if err != nil {
			return misfit(o.Kind(), o.Name, "%s", err)
		}
		t.putIndex(x, f.Dialect)
	}
	for _, def := range o.ForeignKeys {
		if flavor.Serves(def.Dialects, f.Dialect) {
			t.ForeignKeys = append(t.ForeignKeys, def.key())
		}
	}
	for _, def := range o.Checks {
		if !flavor.Serves(def.Dialects, f.Dialect) {
			continue
		}
		expr, ok := def.Expr.condition(f.Dialect)
		if !ok {
			return misfit(o.Kind(), o.Name, "a check has no expr for %s", f.Dialect.Title())
		}
		t.Checks = append(t.Checks, &Check{Name: def.name(f.Dialect), Expr: expr})
	}
	return nil
}

// checkReferences refuses foreign keys to what does not exist. SQLite takes
// them, and databases of its users may hold some.
func (o *CreateTable) checkReferences(s *Schema, t *Table) error {
	if o.live != nil || s.Opaque {
		return nil
	}
	for _, f := range t.ForeignKeys {
		ref := s.Table(f.RefTable)
		if f.RefTable == t.Name {
			ref = t
		}
		if ref == nil {
			return misfit(o.Kind(), t.Name, "the foreign key's table %q does not exist", f.RefTable)
		}
		if err := needColumns(o.Kind(), ref, f.RefColumns, s.Flavor.Dialect); err != nil {
			return err
		}
	}
	return nil
}

// jsonCheck is the check that MariaDB adds to a column of type JSON (manual,
// "JSON Data Type").
func jsonCheck(all string, on map[string]string, c *Column, f flavor.Flavor) *Check {
	if f.Dialect != flavor.MariaDB {
		return nil
	}
	if t, err := typeFor(all, on, f.Dialect); err != nil || t.Name != "json" {
		return nil
	}
	c.Collation, c.Charset = "utf8mb4_bin", "utf8mb4"
	return &Check{Name: c.Name, Column: c.Name, Expr: jsonValid(c.Name)}
}

// jsonValid is the expression of jsonCheck.
func jsonValid(column string) string {
	return "json_valid(" + quoteIdent(column, flavor.MariaDB) + ")"
}

// Render makes the table.
func (o *CreateTable) Render(s *Schema) ([]plan.Statement, error) {
	if o.there(s) {
		return nil, nil
	}
	t, err := o.fitting(s)
	if err != nil {
		return nil, err
	}
	s.nameExplicitly(t)
	return renderCreate(s, t, o.IfNotExists)
}

// nameExplicitly gives names to the constraints of a new table for which the
// server would choose one that it does not take.
func (s *Schema) nameExplicitly(t *Table) {
	named := t.Clone()
	s.scratch().nameConstraints(named)
	for i, f := range t.ForeignKeys {
		f.Name = cmp.Or(f.Name, t.explicit(named.ForeignKeys[i].Name, s.Flavor.Dialect))
	}
	for i, c := range t.Checks {
		c.Name = cmp.Or(c.Name, t.explicit(named.Checks[i].Name, s.Flavor.Dialect))
	}
}

// Inverse drops the table.
func (o *CreateTable) Inverse(s *Schema) ([]Operation, error) {
	if o.there(s) {
		return nil, nil
	}
	return []Operation{&DropTable{Name: o.name()}}, nil
}
