package plan

// ValueCheck is asked right before a statement that gives a column another
// type: the statement is refused while a row holds a value that it would lose or
// change.
type ValueCheck struct {
	Table, Column string
	// From and To are the column's types before and after, in the server's words.
	From, To string
	// Query counts the rows whose value would not be kept.
	Query string
	// Numbers is true where the query counts sequences instead: those that have
	// given a number that the new type does not have.
	Numbers bool
	// Lock is the statement that keeps others from writing between the question
	// and the change, in the transaction of both; "" where there is none.
	Lock string
}
