package phases

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/migrations/catalog"
	"manage/schema"
)

// outline is what a revision consists of on databases of dialect d: its
// operations, and of plain SQL each statement, without layout and comments.
func outline(r *catalog.Revision, d flavor.Dialect) plan.Outline {
	var parts []plan.Part
	add := func(operation, part int, meaning, text string) {
		sum := sha256.Sum256([]byte(meaning))
		parts = append(parts, plan.Part{Position: plan.Position{Operation: operation, Part: part},
			Digest: fmt.Sprintf("%x", sum[:8]), Text: text})
	}
	for i, c := range r.Up {
		if !c.Serves(d) {
			continue
		}
		op, plain := c.Op.(*schema.SQL)
		if !plain {
			text := operationText(c)
			add(i, -1, text, text)
			continue
		}
		for n, st := range op.Statements[d] {
			add(i, n, fmt.Sprint(c.When, c.NoTransaction, sqltext.Normalize(st.SQL, d)), st.SQL)
		}
	}
	return plan.Outlined(parts)
}

// operationText is an operation as a catalog has it, without the header of its
// section.
func operationText(c catalog.Change) string {
	_, text, _ := strings.Cut(catalog.EncodeChanges("up", []catalog.Change{c}), "\n")
	return text
}
