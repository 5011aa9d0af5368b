package schema

import "manage/engine/plan"

// Taken reports whether a schema shows what an operation does, whoever did it:
// what it makes is there, or what it removes is not. The effect names the
// object. An operation that changes an object shows only where the object reads
// as the operation leaves it.
func Taken(o Operation, live *Schema) (plan.Effect, bool) {
	statements, err := Statements(o, undone(o, live), Form{})
	if err != nil {
		return plan.Effect{}, false
	}
	for _, st := range statements {
		if st.Effect == nil || st.Effect.Kind == plan.KindNothing {
			continue
		}
		e := *st.Effect
		if o.Kind() != "alter_column" {
			e.Definition = "" // of one that somebody else made it may be another
		}
		shown, known := live.Shows(e)
		return e, shown && known
	}
	return plan.Effect{}, false
}
