package schema

import (
	"errors"

	"manage/engine/plan"
)

var errNotRendered = errors.New("this operation is not rendered for this database yet")

type alteration struct {
	before, after *Schema
	table         string
	effect        *plan.Effect
}

type planner struct{}

func (p *planner) addColumn(*Column, *Check)           {}
func (p *planner) dropColumn(*Column)                  {}
func (p *planner) renameColumn(_, _ *Column)           {}
func (p *planner) modifyColumn(_ *Table, _, _ *Column) {}
func (p *planner) addUnique(*Key)                      {}
func (p *planner) dropUnique(*Key)                     {}
func (p *planner) addForeignKey(*ForeignKey)           {}
func (p *planner) dropForeignKey(*ForeignKey)          {}
func (p *planner) addCheck(*Check)                     {}
func (p *planner) dropCheck(*Check)                    {}
func renderAlter(alteration, func(*planner)) ([]plan.Statement, error) {
	return nil, errNotRendered
}
func renderCreate(*Schema, *Table, bool) ([]plan.Statement, error)        { return nil, errNotRendered }
func renderDropTable(*Schema, string, bool) ([]plan.Statement, error)     { return nil, errNotRendered }
func renderRenameTable(*Schema, string, string) ([]plan.Statement, error) { return nil, errNotRendered }
func renderAddIndex(*Schema, *Table, *Index) ([]plan.Statement, error)    { return nil, errNotRendered }
func renderDropIndex(*Schema, *Table, *Index) ([]plan.Statement, error)   { return nil, errNotRendered }
func (c *Column) addable() bool                                           { return true }
func sqliteColumn(*Column) string                                         { return "" }
