package backfill

// Watcher is a Throttle that looks at batches while they run as well: whether
// others wait for locks of the batch in a session, by its ServerID. end says
// whether any did, after which the next batch is smaller. Watch is for any
// number of goroutines.
type Watcher interface {
	Watch(session string) (end func() (waited bool))
}

// watched runs one attempt at a batch under the eyes of the throttle, if that
// looks at batches. One that fails is made smaller by itself. Behind a pooler the server's name of a session says nothing.
func (l *lane) watched(batch func() error) error {
	w, ok := l.options.Throttle.(Watcher)
	if !ok || l.held.Pooled() {
		return batch()
	}
	end := w.Watch(l.held.Session().ServerID())
	err := batch()
	waited := end()
	if s, ok := l.source.(*steps); ok && waited && err == nil {
		s.rows.shrink()
	}
	return err
}
