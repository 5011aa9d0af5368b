package schema

import "manage/engine/plan"

// one is a single statement.
func one(sql string, effect *plan.Effect) []plan.Statement {
	return number([]plan.Statement{{SQL: sql, Effect: effect}})
}

// number gives statements their place within the operation.
func number(statements []plan.Statement) []plan.Statement {
	for i := range statements {
		statements[i].Position.Part = i
	}
	return statements
}
