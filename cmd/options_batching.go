package cmd

import (
	"errors"
	"fmt"
	"manage/cmd/argv"
	"manage/cmd/config"
	"manage/cmd/view"
	"manage/phases/backfill"
	"strings"
	"time"
)

// batching are the options of the commands that move rows. What is given wins
// over [batches] of the configuration.
type batching struct {
	pacing
	Workers *int   `placeholder:"N" help:"How many batches run at once, each in its own range of keys."`
	MaxRows *int64 `placeholder:"N" help:"Stop when N rows are moved, with exit code 8; the same command goes on."`
}

// duration is a duration on the command line, in the words of the files.
type duration time.Duration

// UnmarshalText reads it.
func (d *duration) UnmarshalText(text []byte) error {
	read, err := config.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q %w", text, err)
	}
	*d = duration(read)
	return nil
}

func (d duration) String() string { return time.Duration(d).String() }

// outOfRange is a value of an option that makes no sense.
func outOfRange(option string, value any, problem error) error {
	return &argv.UsageError{Kind: argv.BadWords, Err: fmt.Errorf("%s %w, and is %v", option, problem, value)}
}

// checked is a command whose options can make no sense.
type checked interface{ check() error }

// check says what is wrong with the options. It is called before anything is
// opened.
func (b batching) check() error {
	if n := b.Workers; n != nil && config.WorkerCount(*n) != nil {
		return outOfRange("--workers", *n, config.WorkerCount(*n))
	}
	if n := b.MaxRows; n != nil && *n < 1 {
		return outOfRange("--max-rows", *n, errors.New("must be 1 at least"))
	}
	return b.pacing.check()
}

// apply puts what was given in the place of what is configured.
func (b batching) apply(s Writes) {
	set(&s.Batches.Workers, b.Workers)
	set(&s.Batches.MaxRows, b.MaxRows)
	b.pacing.apply(s)
}

// set changes a value to that of an option, if it was given.
func set[T any](value, option *T) {
	if option != nil {
		*value = *option
	}
}

// words are the options as they were given.
func (b batching) words() []string {
	return append(b.pacing.words(), optionWords("--workers", b.Workers), optionWords("--max-rows", b.MaxRows))
}

// goingOn is that of pacing, with all of these options.
func (b batching) goingOn(err error, words ...string) error {
	return wordsToGoOn(err, append(words, b.words()...))
}

// wordsToGoOn adds to the error of a limit the words of the command that goes on.
func wordsToGoOn(err error, words []string) error {
	var halted *backfill.Halted
	if !errors.As(err, &halted) {
		return err
	}
	return &goesOn{error: err, words: strings.Join(nonEmpty(words...), " ")}
}

// optionWords is an option with its value, if it was given.
func optionWords[T any](option string, value *T) string {
	if value == nil {
		return ""
	}
	return fmt.Sprintf("%s %v", option, *value)
}

// switched is a switch that was given.
func switched(option string, on bool) string {
	if !on {
		return ""
	}
	return option
}

// goesOn is the error of a limit, with the words of the command that goes on.
type goesOn struct {
	error
	words string
}

func (e *goesOn) Unwrap() error { return e.error }

// haltedRule says that a limit ended a command that could go on.
func haltedRule(err error, line speaker) (view.Failure, bool) {
	var halted *backfill.Halted
	if !errors.As(err, &halted) {
		return view.Failure{}, false
	}
	words := "migrate"
	var more *goesOn
	if errors.As(err, &more) {
		words = more.words
	}
	return failure(ExitPartly, halted.Error(), "What is done is recorded, with its position; go on with "+line.db(words)), true
}
