// Bench measures the built program beside the databases' own clients, and
// says which aims it meets:
//
//	go run ./engine/enginetest/bench [-only start,fresh,chain,large,purge,backfill,galera] bin/manage
//
// It starts servers of its own. Times are the fastest of several runs, which
// alternate with those of the client. It exits with 1 if something could not be
// measured; an aim that is missed is only reported.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == measureWord {
		os.Exit(measureThis(os.Args[2:]))
	}
	if err := role(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// role does what this process is for: to measure, or to be one of the others in
// a measurement.
func role(args []string) error {
	switch {
	case len(args) == 4 && args[0] == writersWord:
		return writeRows(args[1:])
	case len(args) == 3 && args[0] == executeWord:
		return executeSQL(args[1:])
	}
	return run()
}

// bench is one group of measurements.
type bench struct {
	name string
	run  func(*session) error
}

func benches() []bench {
	return []bench{{"start", benchStart}, {"fresh", benchFresh}, {"chain", benchChain}, {"large", benchLarge}, {"purge", benchPurge},
		{"backfill", benchBackfill}, {"galera", benchGalera}}
}

func run() error {
	only := flag.String("only", "", "measure only these groups, separated by commas")
	rounds := flag.Int("rounds", 7, "how often each thing is run")
	rows := numbers{1_000_000, 10_000_000}
	on := flag.String("on", "", "move rows only on these databases (sqlite, postgres, mysql, mariadb), separated by commas")
	keys := flag.String("keys", string(keyNumber+","+keyText), "the kinds of key of their table, separated by commas")
	alone := flag.Bool("alone", false, "move them with the measured program only, beside nothing")
	workers := flag.Int("workers", 0, "move them once more with so many workers")
	flag.Var(&rows, "rows", "how many rows a data migration has to move, separated by commas")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("usage: bench [flags] PROGRAM (see -help)")
	}
	s, err := newSession(flag.Arg(0), *rounds)
	if err != nil {
		return err
	}
	defer s.close()
	s.rows, s.on, s.keys, s.alone, s.workers = rows, *on, strings.Split(*keys, ","), *alone, *workers
	for _, b := range benches() {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), b.name) {
			continue
		}
		if err := b.run(s); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return nil
}

// session is one run of this program.
type session struct {
	manage string // the program that is measured
	rounds int
	rows   numbers
	on     string // databases, "" for all
	disk   string // a folder on disk
	memory string // a folder in memory if there is one, else on disk

	keys    []string // kinds of key
	alone   bool     // whether to leave out what the program is measured beside
	workers int      // how many workers to measure beside one; 0 for none
}

func newSession(manage string, rounds int) (*session, error) {
	path, err := filepath.Abs(manage)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	if err := needClients(allDialects()); err != nil {
		return nil, err
	}
	s := &session{manage: path, rounds: rounds}
	if s.disk, err = os.MkdirTemp("", "manage-bench-"); err != nil {
		return nil, err
	}
	if s.memory, err = os.MkdirTemp("/dev/shm", "manage-bench-"); err != nil {
		s.memory = s.disk
	}
	return s, nil
}

func (s *session) close() {
	os.RemoveAll(s.disk)
	os.RemoveAll(s.memory)
}

// command is a command line of the measured program, away from any
// configuration of the user's.
func (s *session) command(args ...string) program {
	return program{args: append([]string{s.manage}, args...), env: []string{"HOME=" + s.disk}, dir: s.disk}
}

// repeat runs p as often as the session says.
func (s *session) repeat(p program) (samples, error) {
	var all samples
	for range s.rounds {
		one, err := p.run()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// numbers is a flag with numbers separated by commas.
type numbers []int

func (n *numbers) String() string { return fmt.Sprint([]int(*n)) }

// Set implements flag.Value.
func (n *numbers) Set(text string) error {
	*n = nil
	for word := range strings.SplitSeq(text, ",") {
		one, err := strconv.Atoi(word)
		if err != nil || one < rangeRows {
			return fmt.Errorf("%q is not a number of at least %d", word, rangeRows)
		}
		*n = append(*n, one)
	}
	return nil
}
