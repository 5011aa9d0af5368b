package database

import (
	"context"
	"errors"
)

// Reset is Session's. Where the server has no statement that forgets all, a new
// connection takes the place of the old one.
func (s *session) Reset(ctx context.Context, moved func(context.Context) error) error {
	if s.open {
		return errors.New("a session is not reset inside a transaction")
	}
	s.doomed, s.limit, s.txLimit, s.unopened = nil, nil, nil, false
	if s.grammar.Discard != nil {
		for _, text := range s.grammar.Discard {
			if err := s.run(ctx, text); err != nil {
				return err
			}
		}
		return nil
	}
	c, id, err := s.db.dial(ctx)
	if err != nil {
		return err
	}
	old := s.conn
	s.conn, s.id, s.grammar = c, id, s.db.server.Grammar(id)
	// What is left of the old one ends with it, and so does how it is closed.
	defer old.Close()
	if moved != nil {
		return moved(ctx)
	}
	return nil
}

// Own is Session's.
func (s *session) Own(ctx context.Context) (theirs func(context.Context) error, err error) {
	theirs = func(context.Context) error { return nil }
	if s.grammar.Own == "" {
		return theirs, nil
	}
	if s.grammar.TxOwn && !s.open {
		return nil, errors.New("a session's own settings are given to a transaction, and none is open")
	}
	s.limit, s.txLimit = nil, nil
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	if err := s.run(ctx, s.grammar.Own); err != nil {
		return nil, err
	}
	if s.grammar.Theirs != "" {
		theirs = func(ctx context.Context) error { return s.run(ctx, s.grammar.Theirs) }
	}
	return theirs, nil
}

// OwnNeedsTransaction is Session's.
func (s *session) OwnNeedsTransaction() bool { return s.grammar.TxOwn }
