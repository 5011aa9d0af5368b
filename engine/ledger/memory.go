package ledger

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"manage/engine/plan"
)

// Memory is a Store without a database, for tests of what stands above. It may
// be used by several goroutines, each as if it were a process of its own.
type Memory struct {
	mu    sync.Mutex
	state state
}

// state is all that Memory holds.
type state struct {
	versions bool
	rows     []string
	attempts []Attempt
	progress map[[2]string]Progress
	lease    Lease
	record   *SchemaRecord
	ttl      time.Duration
}

// NewMemory is a store in which nothing is written yet.
func NewMemory() *Memory {
	return &Memory{state: state{progress: map[[2]string]Progress{}, ttl: DefaultTTL}}
}

// Snapshot keeps what the store holds, and returns a function that brings it
// back: what a fake transaction needs to be rolled back.
func (m *Memory) Snapshot() (restore func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := m.state
	kept.rows = slices.Clone(kept.rows)
	kept.attempts = slices.Clone(kept.attempts)
	kept.progress = maps.Clone(kept.progress)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.state = kept
	}
}

// write runs f if the lease has the token, and extends the lease.
func (m *Memory) write(token int64, f func(s *state) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.lease.Holder == "" || m.state.lease.Token != token {
		return ErrLeaseLost
	}
	if err := f(&m.state); err != nil {
		return err
	}
	m.state.lease.Beat = time.Now().UTC()
	m.state.lease.Expires = m.state.lease.Beat.Add(m.state.ttl)
	return nil
}

// Rows implements Store.
func (m *Memory) Rows(context.Context) ([]string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.state.versions {
		return nil, false, nil
	}
	return append([]string{}, m.state.rows...), true, nil
}

// SetRows implements Store.
func (m *Memory) SetRows(_ context.Context, token int64, rows []string) error {
	return m.write(token, func(s *state) error {
		s.versions, s.rows = true, sorted(rows)
		return nil
	})
}

// Attempts implements Store.
func (m *Memory) Attempts(context.Context) ([]Attempt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.state.attempts), nil
}

// Start implements Store.
func (m *Memory) Start(_ context.Context, token int64, a Attempt) (int64, error) {
	var id int64
	err := m.write(token, func(s *state) error {
		id = s.start(a)
		return nil
	})
	return id, err
}

func (s *state) start(a Attempt) int64 {
	a.ID = int64(len(s.attempts)) + 1
	if a.Started.IsZero() {
		a.Started = time.Now()
	}
	a.Started, a.Finished = a.Started.UTC(), nil
	a.Who, a.Error = storable(a.Who, 255), storable(a.Error, maxError)
	s.attempts = append(s.attempts, a)
	return a.ID
}

// attempt changes one attempt.
func (m *Memory) attempt(token, id int64, change func(a *Attempt)) error {
	return m.write(token, func(s *state) error {
		if id < 1 || id > int64(len(s.attempts)) {
			return ErrNoAttempt
		}
		// Copied, because a Snapshot may share the array.
		s.attempts = slices.Clone(s.attempts)
		change(&s.attempts[id-1])
		return nil
	})
}

// Mark implements Store.
func (m *Memory) Mark(_ context.Context, token, id int64, done int, sent plan.Position) error {
	return m.attempt(token, id, func(a *Attempt) { a.Done, a.Sent, a.Confirmed = done, sent, false })
}

// Finish implements Store.
func (m *Memory) Finish(_ context.Context, token, id int64, done int, cause error) error {
	return m.attempt(token, id, func(a *Attempt) { a.finish(done, cause) })
}

func (a *Attempt) finish(done int, cause error) {
	now := time.Now().UTC()
	a.Done, a.Confirmed, a.Finished, a.Error = done, true, &now, reason(cause)
}

// Complete implements Store.
func (m *Memory) Complete(_ context.Context, token int64, c Completion) (next int64, err error) {
	err = m.write(token, func(s *state) error {
		id := c.Attempt.ID
		if id < 0 || id > int64(len(s.attempts)) {
			return ErrNoAttempt
		}
		if id == 0 {
			id = s.start(c.Attempt)
		}
		s.attempts = slices.Clone(s.attempts)
		s.attempts[id-1].finish(c.Attempt.Done, nil)
		if c.Next != nil {
			next = s.start(*c.Next)
		}
		if c.Rows != nil {
			s.versions, s.rows = true, sorted(c.Rows)
		}
		return nil
	})
	return next, err
}

// Progress implements Store.
func (m *Memory) Progress(context.Context) ([]Progress, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.state.progress), func(a, b Progress) int {
		return strings.Compare(a.Migration+"\x00"+a.Range, b.Migration+"\x00"+b.Range)
	}), nil
}

// SaveProgress implements Store.
func (m *Memory) SaveProgress(_ context.Context, token int64, p Progress) error {
	return m.write(token, func(s *state) error {
		key := [2]string{p.Migration, p.Range}
		again := p.Started.IsZero()
		p.Started, p.Updated = time.Now().UTC(), time.Now().UTC()
		if before, ok := s.progress[key]; ok && !again {
			p.Started = before.Started
		}
		if p.Finished != nil {
			p.Finished = &p.Updated
		}
		s.progress[key] = p
		return nil
	})
}

// Lease implements Store.
func (m *Memory) Lease(context.Context) (*Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.state.lease
	if l.Holder == "" {
		return nil, nil
	}
	l.Now = time.Now().UTC()
	l.Expired = !l.Expires.After(l.Now)
	return &l, nil
}

// Acquire implements Store.
func (m *Memory) Acquire(_ context.Context, holder, session, doing string, ttl time.Duration) (Lease, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.state.lease; l.Holder != "" && l.Expires.After(time.Now()) {
		return l, false, nil
	}
	return m.state.take(holder, session, doing, ttl), true, nil
}

// Seize implements Store.
func (m *Memory) Seize(_ context.Context, dead Lease, holder, session, doing string, ttl time.Duration) (Lease, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.state.lease; l.Holder != dead.Holder || l.Token != dead.Token {
		return Lease{}, false, nil
	}
	return m.state.take(holder, session, doing, ttl), true, nil
}

func (s *state) take(holder, session, doing string, ttl time.Duration) Lease {
	now := time.Now().UTC()
	s.lease = Lease{Holder: holder, Session: session, Doing: doing, Token: s.lease.Token + 1,
		Acquired: now, Beat: now, Expires: now.Add(ttl), Now: now}
	s.ttl = ttl
	return s.lease
}

// Extend implements Store.
func (m *Memory) Extend(_ context.Context, token int64, doing string, ttl time.Duration) error {
	return m.write(token, func(s *state) error {
		s.ttl = ttl
		if doing != "" {
			s.lease.Doing = doing
		}
		return nil
	})
}

// Move implements Store.
func (m *Memory) Move(_ context.Context, token int64, session string) error {
	return m.write(token, func(s *state) error {
		s.lease.Session = session
		return nil
	})
}

// Release implements Store.
func (m *Memory) Release(_ context.Context, token int64) error {
	return m.write(token, func(s *state) error {
		s.lease = Lease{Token: s.lease.Token + 1}
		return nil
	})
}

// Prepare implements Store.
func (m *Memory) Prepare(_ context.Context, parts ...Part) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state.versions = m.state.versions || slices.Contains(parts, Versions)
	return nil
}
