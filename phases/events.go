package phases

import "time"

// Moving is the event before the first batch of a data migration.
type Moving struct{ ID string }

// Moved is the event behind its last one: the rows that this run changed, and
// what ended it, nil where nothing is left to be done.
type Moved struct {
	ID   string
	Rows int64
	Took time.Duration
	Err  error
}

// tell tells an event to whoever hears.
func (s *Service) tell(event any) {
	if s.Events != nil {
		s.Events(event)
	}
}
