package plan

// Guard is a query that refuses a phase of a plan while it returns rows.
type Guard struct {
	Phase   Phase
	Name    string
	Message string // what its rows mean
	Query   string
	File    string
	Line    int
}
