package plan

// Cost is what a statement costs on a live database; the fields are those of
// Statement. Without a lock it is not known.
type Cost struct {
	Lock     string
	Rewrites bool
	Blocks   string
	Instead  string
}

// On writes the cost into a statement.
func (c Cost) On(st *Statement) {
	st.Lock, st.Rewrites, st.Blocks, st.Instead = c.Lock, c.Rewrites, c.Blocks, c.Instead
}

// Brief is the cost of a lock that is held for a moment only.
func Brief(lock string) Cost { return Cost{Lock: lock, Blocks: BlocksNone} }
