package metadefs

import (
	"context"
	"errors"
	"fmt"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/run"
)

// loading is what the lease and the positions call a load.
const loading = "load_metadefs"

// Load brings the namespaces of the files into the database, each in a
// transaction of its own. A file that holds no namespace is told as Rejected and
// left out. A namespace that the database does not take is told as NotLoaded,
// the others are loaded all the same, and the error is *Failed. It is *BadMode
// or *MissingTables if nothing was done.
func (s *Service) Load(ctx context.Context, files []string, mode Mode) error {
	if err := mode.Check(); err != nil {
		return err
	}
	sess, err := s.look(ctx, true)
	if err != nil {
		return err
	}
	if err := sess.Close(); err != nil {
		return err
	}
	sources := s.read(files)
	if len(sources) == 0 {
		s.tell(Finished{})
		return nil
	}
	held, err := s.acquire(ctx, loading)
	if err != nil {
		return err
	}
	defer held.Release(ctx)
	l := &loader{Service: s, held: held, mode: mode, progress: ledger.Progress{Migration: loading, Estimate: int64(len(sources))}}
	return held.Why(ctx, l.all(ctx, sources))
}

// refused reports whether an error is about the one namespace that was written,
// so that others can be. A lock that was waited for again and again is not: the
// next namespace would wait as long.
func refused(err error) bool {
	var e *database.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Class {
	case database.Other, database.Duplicate, database.ConstraintFailed:
		return true
	}
	return false
}

// loader is one run of a load.
type loader struct {
	*Service
	held     *run.Held
	mode     Mode
	progress ledger.Progress
}

// all loads all files, past those that are refused.
func (l *loader) all(ctx context.Context, sources []source) error {
	failed := Failed{Of: len(sources)}
	for _, src := range sources {
		err := l.load(ctx, src)
		switch {
		case refused(err):
			l.tell(NotLoaded{Namespace: src.namespace.Name, File: src.file, Err: err})
			failed.Namespaces = append(failed.Namespaces, fmt.Sprintf("%s (%s)", src.namespace.Name, src.file))
		case err != nil:
			return fmt.Errorf("loading %s (%s): %w", src.namespace.Name, src.file, err)
		}
	}
	l.tell(Finished{})
	if len(failed.Namespaces) > 0 {
		return &failed
	}
	return nil
}

// load loads one file.
func (l *loader) load(ctx context.Context, src source) error {
	return again(func() error { return l.try(ctx, src) })
}

// again tries a second time if the service has written the same name at the same
// moment, with what is there now.
func again(try func() error) error {
	err := try()
	if database.ClassOf(err) == database.Duplicate {
		err = try()
	}
	return err
}

func (l *loader) try(ctx context.Context, src source) error {
	var how How
	var w *writer
	next := l.progress
	next.Rows++
	if next.Rows == next.Estimate {
		next.Finished = &next.Updated
	}
	err := l.held.Batch(ctx, func(ctx context.Context, sess database.Session) (_ ledger.Progress, err error) {
		w = newWriter(sess, l.mode)
		w.overwriting = func() { l.tell(Overwriting{Namespace: src.namespace.Name, File: src.file}) }
		how, err = w.write(ctx, src.namespace)
		return next, err
	})
	if err != nil {
		return err
	}
	l.progress = next
	for _, note := range w.notes {
		l.tell(Noted{File: src.file, Note: note})
	}
	l.tell(Loaded{Namespace: src.namespace.Name, File: src.file, How: how})
	return nil
}
