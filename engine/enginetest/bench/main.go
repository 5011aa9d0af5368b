// Bench measures the built program beside the databases' own clients, and
// says which aims it meets:
//
//	go run ./engine/enginetest/bench [-only start,fresh,chain,large,purge] bin/manage
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
	"strings"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == measureWord {
		os.Exit(measureThis(os.Args[2:]))
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one group of measurements.
type bench struct {
	name string
	run  func(*session) error
}

func benches() []bench {
	return []bench{{"start", benchStart}, {"fresh", benchFresh}, {"chain", benchChain}, {"large", benchLarge}, {"purge", benchPurge}}
}

func run() error {
	only := flag.String("only", "", "measure only these groups, separated by commas")
	rounds := flag.Int("rounds", 7, "how often each thing is run")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("usage: bench [flags] PROGRAM (see -help)")
	}
	s, err := newSession(flag.Arg(0), *rounds)
	if err != nil {
		return err
	}
	defer s.close()
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
	disk   string // a folder on disk
	memory string // a folder in memory if there is one, else on disk
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
