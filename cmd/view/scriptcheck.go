package view

import (
	"fmt"
	"slices"

	"manage/engine/safetext"
	"manage/engine/sqltext"
)

// Unscriptable is a statement that a client would not read as the one that it
// is: it would cut it elsewhere, or take a part of it for a command of its own,
// such as \! of psql and mysql, which runs a program.
type Unscriptable struct {
	Step   string // "" for one of ours
	Number int    // of the step's statements, from 1
	Reason string // a clause
}

func (e *Unscriptable) Error() string {
	if e.Step == "" {
		return "the plan cannot be written as a script: " + e.Reason
	}
	return fmt.Sprintf("statement %d of %s cannot be written into a script: %s", e.Number, e.Step, e.Reason)
}

// check reads the script as the dialect's own client does, and compares what it
// would send with what is meant. So no text of a message, a name or a statement
// becomes a statement or a command, whatever it holds.
func (s *script) check() error {
	for _, st := range s.sent {
		if r, bad := safetext.Controls(st.sql); bad {
			return st.refuse(fmt.Sprintf("it holds the control character %U, which a terminal or an editor may change; write it as an expression", r))
		}
		if sqltext.Backslash(st.sql, s.dialect) {
			return st.refuse("it has a backslash outside of quotes, which the client takes for a command of its own")
		}
	}
	found, ok := s.cut(s.String())
	if !ok {
		return (&sent{}).refuse("the client would not find the ends of its statements")
	}
	for _, st := range s.sent {
		meant := s.meant(st.sql)
		if len(meant) > len(found) || !slices.Equal(meant, found[:len(meant)]) {
			return st.refuse("the client would cut it elsewhere")
		}
		found = found[len(meant):]
	}
	if len(found) > 0 {
		return (&sent{}).refuse("the client would find other statements in it")
	}
	return nil
}

// meant are the statements that a statement of the plan is sent as: itself, or,
// where it is several in one message, each of them.
func (s *script) meant(sql string) []string {
	if all, ok := s.cut(sql); ok && !s.delimited(sql) {
		return all
	}
	return []string{sqltext.Normalize(sql, s.dialect)}
}

// cut lists the statements that the client would send of a text, in their normal
// form. It is false for one that does not end, or with a command for the client
// other than DELIMITER.
func (s *script) cut(text string) ([]string, bool) {
	pieces, err := sqltext.Split(text, s.dialect)
	if err != nil {
		return nil, false
	}
	var found []string
	for _, p := range pieces {
		switch p.Role {
		case sqltext.Nothing:
		case sqltext.Query:
			found = append(found, sqltext.Normalize(p.SQL, s.dialect))
		case sqltext.Command:
			if !s.dialect.MySQLFamily() { // whose only command at the beginning of a statement is DELIMITER
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return found, true
}

func (st sent) refuse(reason string) error {
	return &Unscriptable{Step: st.step, Number: st.n, Reason: reason}
}
