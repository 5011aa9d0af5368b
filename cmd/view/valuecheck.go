package view

import (
	"fmt"

	"manage/engine/plan"
)

// valueCheck is the line before a statement that is refused while it would lose
// values; "" if it cannot lose any.
func valueCheck(st plan.Statement) string {
	c := st.Values
	if c == nil {
		return ""
	}
	return fmt.Sprintf("refused while this is not 0, the rows of %s whose %s does not stay the same: %s", oneLine(c.Table), oneLine(c.Column), oneLine(c.Query))
}
