package schema

import (
	"fmt"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// SQL is plain SQL. The catalog cuts Text and Down into statements, because
// this package does not split scripts; Render replays them.
type SQL struct {
	Text Text `toml:"text"`
	// Down undoes Text; without it there is no way back.
	Down Text `toml:"down"`
	// Statements and DownStatements are Text and Down cut into statements,
	// by dialect.
	Statements     map[flavor.Dialect][]SQLStatement `toml:"-"`
	DownStatements map[flavor.Dialect][]SQLStatement `toml:"-"`
}

// SQLStatement is one statement of plain SQL.
type SQLStatement struct {
	SQL string
	// Data and NoTransaction are as in plan.Statement.
	Data          bool
	NoTransaction bool
	// Line is where it stands in the file; 0 if that is not known.
	Line int
}

// Kind is "sql".
func (o *SQL) Kind() string { return "sql" }

// Check reports what is wrong with the operation by itself.
func (o *SQL) Check() error {
	if len(o.Statements) > 0 {
		return nil
	}
	if o.Text.IsZero() || o.Text.blank() {
		return fmt.Errorf("text is missing")
	}
	if !o.Down.IsZero() && o.Down.blank() {
		return fmt.Errorf("down is empty")
	}
	return nil
}

// Apply marks s opaque unless all statements change rows only.
func (o *SQL) Apply(s *Schema) error {
	for _, st := range o.Statements[s.Flavor.Dialect] {
		if !st.Data {
			s.Opaque = true
		}
	}
	return nil
}

// Render replays the statements.
func (o *SQL) Render(s *Schema) ([]plan.Statement, error) {
	var out []plan.Statement
	for _, st := range o.Statements[s.Flavor.Dialect] {
		out = append(out, plan.Statement{SQL: st.SQL, Data: st.Data, NoTransaction: st.NoTransaction})
	}
	return number(out), nil
}

// Inverse is the statements of Down.
func (o *SQL) Inverse(s *Schema) ([]Operation, error) {
	if len(o.Statements[s.Flavor.Dialect]) == 0 {
		return nil, nil
	}
	if o.Down.IsZero() && len(o.DownStatements[s.Flavor.Dialect]) == 0 {
		return nil, &IrreversibleError{Kind: o.Kind(), Why: "it is plain SQL without down"}
	}
	return []Operation{&SQL{Text: o.Down, Statements: o.DownStatements}}, nil
}
