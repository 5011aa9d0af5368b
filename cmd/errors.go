package cmd

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"manage/cmd/view"
)

// speaker is what sentences need to know of the call: how it was called.
type speaker struct {
	program string
	// options are those of the call that choose the database and the catalog,
	// as they would be typed again.
	options []string
	// catalog and under are those of the tool; none for manage.
	catalog string
	under   func(words []string) string
}

// db is the line that somebody types to run a command of `manage db` on the
// same database: with the tool that was called, if that has such a command,
// otherwise with manage.
func (s speaker) db(words string) string {
	line := append([]string{s.program}, s.options...)
	if s.under == nil {
		return strings.Join(append(line, "db", words), " ")
	}
	if own := s.under(strings.Fields(words)); own != "" {
		return strings.Join(append(line, own), " ")
	}
	line = append([]string{"manage", "--catalog", s.catalog}, s.options...)
	if len(s.options) == 0 {
		line = append(line, "--connection", "URL")
	}
	return strings.Join(append(line, "db", words), " ")
}

// rule turns one kind of error into words and a code. It reports false for
// other kinds.
type rule func(err error, line speaker) (view.Failure, bool)

// rules is the one table from errors to sentences, hints and exit codes. The
// first rule that knows an error has the word: what wraps comes before what it
// wraps.
func rules() []rule {
	var all []rule
	for _, group := range [][]rule{usageRules(), catalogRules(), versionRules(), phaseRules(), purgeRules(), metadefsRules(), backfillRules(), runRules(), databaseRules()} {
		all = append(all, group...)
	}
	return all
}

// on makes a rule for one type of error.
func on[E error](say func(e E, line speaker) view.Failure) rule {
	return func(err error, line speaker) (view.Failure, bool) {
		var e E
		if !errors.As(err, &e) {
			return view.Failure{}, false
		}
		return say(e, line), true
	}
}

// explain is what is said of an error, by the first rule that knows it. An
// error that no rule knows is told as it is.
func explain(err error, line speaker) view.Failure {
	for _, r := range rules() {
		if f, ok := r(err, line); ok {
			return f
		}
	}
	return failure(ExitFailed, err.Error(), "")
}

// failure is a failure whose code is that of its exit code.
func failure(exit int, message, hint string) view.Failure {
	return view.Failure{Code: meaning(exit).Name, Exit: exit, Message: sentence(message), Hint: advice(hint)}
}

// sentence takes a full stop off: a message is one sentence that programs may
// put into another.
func sentence(text string) string { return strings.TrimRight(strings.TrimSpace(text), ".") }

// advice makes a sentence of a hint from below, where hints are clauses: they
// begin with a small letter and have no full stop.
func advice(hint string) string {
	first, size := utf8.DecodeRuneInString(hint)
	if !unicode.IsLower(first) {
		return hint
	}
	return string(unicode.ToUpper(first)) + hint[size:] + "."
}
