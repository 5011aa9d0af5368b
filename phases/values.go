package phases

import (
	"context"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/run"
)

// keepsValues is a *run.ValuesLost if a change of a column's type would lose or
// change values as the rows are now. It is found before anything is done as far
// as nothing that the plan does before concerns the table: the rest is asked
// when it is its turn.
func keepsValues(ctx context.Context, sess database.Session, p plan.Plan) error {
	touched := map[string]bool{}
	for _, step := range p.Steps {
		if step.Phase == plan.Migrate || step.Opaque {
			return nil // which rows it changes is not known
		}
		for _, st := range step.Statements {
			for _, check := range st.Values {
				if touched[check.Table] && !check.Numbers {
					continue
				}
				if err := run.AskValues(ctx, sess, check); err != nil {
					return err
				}
			}
			if st.Data || st.Effect == nil && !st.Together {
				return nil
			}
			if st.Effect != nil {
				touched[st.Effect.Table] = true
				touched[st.Effect.Name] = true // a table that is renamed
			}
		}
	}
	return nil
}
