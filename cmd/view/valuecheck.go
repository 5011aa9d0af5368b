package view

import (
	"fmt"

	"manage/engine/plan"
)

// valueChecks are the lines before a statement that is refused while it would
// lose values.
func valueChecks(st plan.Statement) []string {
	var all []string
	for _, c := range st.Values {
		all = append(all, valueCheck(c))
	}
	return all
}

func valueCheck(c plan.ValueCheck) string {
	if c.Numbers {
		return fmt.Sprintf("refused while this is not 0, as the sequence of %s.%s has given a greater number than %s has: %s", oneLine(c.Table), oneLine(c.Column), c.To, oneLine(c.Query))
	}
	return fmt.Sprintf("refused while this is not 0, the rows of %s whose %s does not stay the same: %s", oneLine(c.Table), oneLine(c.Column), oneLine(c.Query))
}
