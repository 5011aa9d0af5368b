package catalog

import (
	"slices"

	"manage/engine/flavor"
	"manage/engine/sqltext"
	"manage/schema"
)

// Resumed is how a statement of plain SQL, or all of an operation, is sent where
// a run goes on with it on a new session; see sqltext.Resumed.
type Resumed struct {
	Before         []string
	Together, Only bool
	Path           string
}

// Resume is, for each of changes and each of its statements, how a run goes on
// with it on a server of dialect d: for an operation there is one that holds for
// all its statements. takesPart tells which changes are made. It is nil where no
// plain SQL is among them. transaction is Revision.Transaction.
func Resume(changes []Change, d flavor.Dialect, transaction bool, takesPart func(Change) bool) [][]Resumed {
	s := sent{dialect: d, transaction: transaction}
	if s.collect(changes, takesPart); !s.plain {
		return nil
	}
	all, _ := sqltext.Resume(s.pieces, d)
	out := make([][]Resumed, len(changes))
	for i, r := range all {
		one := Resumed{Together: r.Together, Only: r.Only, Path: r.Path}
		for _, k := range r.Before {
			one.Before = append(one.Before, s.pieces[k].SQL)
		}
		out[s.pieces[i].Operation] = append(out[s.pieces[i].Operation], one)
	}
	return out
}

// sent are the statements of a revision as a run sends them.
type sent struct {
	dialect     flavor.Dialect
	transaction bool
	plain       bool // there is plain SQL among them
	pieces      []sqltext.Piece
	lines       []int // of the pieces; 0 if not known
}

func (s *sent) collect(changes []Change, takesPart func(Change) bool) {
	joins := s.transaction && !s.dialect.MySQLFamily()
	shared := false // the piece before may be shared with
	for i, c := range changes {
		if !takesPart(c) {
			continue
		}
		op, plain := c.Op.(*schema.SQL)
		if !plain {
			s.add(sqltext.Piece{Operation: i, Joined: joins && shared}, c.Source.Line)
			shared = joins
			continue
		}
		for _, st := range op.Statements[s.dialect] {
			s.plain = true
			line := st.Line
			if line == 0 {
				line = c.Source.Line
			}
			alone := st.NoTransaction || c.NoTransaction
			s.add(sqltext.Piece{SQL: st.SQL, Operation: i, Alone: alone, Joined: joins && shared && !alone}, line)
			shared = joins && !alone
		}
	}
}

func (s *sent) add(p sqltext.Piece, line int) {
	s.pieces, s.lines = append(s.pieces, p), append(s.lines, line)
}

// resumable records the statements with which no run could go on if it was
// interrupted before them.
func (w *worker) resumable(changes []Change, transaction bool, r *report) {
	plain := func(c Change) bool { _, ok := c.Op.(*schema.SQL); return ok }
	if !slices.ContainsFunc(changes, plain) {
		return
	}
	told := map[int]bool{}
	for _, d := range w.dialects {
		for _, online := range []bool{false, true} {
			s := sent{dialect: d, transaction: transaction}
			s.collect(changes, func(c Change) bool { return c.Serves(d) && c.RunsIn(online) })
			if !s.plain {
				continue
			}
			_, broken := sqltext.Resume(s.pieces, d)
			for _, b := range broken {
				if line := s.lines[b.At]; !told[line] {
					told[line] = true
					r.add(line, "an interrupted run cannot be resumed here on %s: the statement needs %s from line %d, which is lost with the session and may differ when made again; move it directly after line %d, with no statement between them that commits, or keep what it needs in a table",
						d.Title(), b.What, s.lines[b.Because], s.lines[b.Because])
				}
			}
		}
	}
}
