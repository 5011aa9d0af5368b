package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// program is a command line that is measured.
type program struct {
	args  []string
	env   []string // added to ours
	input string   // the file it reads, "" for none
	dir   string   // where it runs, "" for here
}

// sample is what one run of a program took.
type sample struct {
	Elapsed time.Duration
	CPU     time.Duration // of all processors, for the program itself
	Peak    int64         // the largest resident set, in bytes
	Output  string
}

// measureWord makes this program measure another one: see run.
const measureWord = "-measure-this"

// run runs p once. It is measured by a fresh process of this program, because
// Linux counts the memory of the process that starts another one as used by
// the new one until it has loaded its program.
func (p program) run() (sample, error) {
	self, err := os.Executable()
	if err != nil {
		return sample{}, err
	}
	cmd := exec.Command(self, append([]string{measureWord}, p.args...)...)
	cmd.Env, cmd.Dir = append(os.Environ(), p.env...), p.dir
	if p.input != "" {
		in, err := os.Open(p.input)
		if err != nil {
			return sample{}, err
		}
		defer in.Close()
		cmd.Stdin = in
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	result, writer, err := os.Pipe()
	if err != nil {
		return sample{}, err
	}
	defer result.Close()
	cmd.ExtraFiles = []*os.File{writer}
	err = cmd.Start()
	writer.Close()
	if err != nil {
		return sample{}, err
	}
	var s sample
	decoded := json.NewDecoder(result).Decode(&s)
	if err := cmd.Wait(); err != nil {
		return s, fmt.Errorf("%s: %w: %s", strings.Join(p.args, " "), err, lastLines(errs.String()))
	}
	s.Output = out.String()
	return s, decoded
}

// lastLines is the end of a text, for messages.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// measureThis runs a command line, writes the sample to file descriptor 3, and
// returns the command's exit code.
func measureThis(args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	err := cmd.Run()
	s := sample{Elapsed: time.Since(start)}
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 127
	}
	s.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.Peak = u.Maxrss * 1024
	}
	if err := json.NewEncoder(os.NewFile(3, "result")).Encode(s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 127
	}
	return cmd.ProcessState.ExitCode()
}

// samples are several runs of one program.
type samples []sample

// fastest is the shortest time: whatever else the machine does can only add to
// it.
func (s samples) fastest() time.Duration {
	least := s[0].Elapsed
	for i := range s {
		least = min(least, s[i].Elapsed)
	}
	return least
}

// cpu is the shortest processor time.
func (s samples) cpu() time.Duration {
	least := s[0].CPU
	for i := range s {
		least = min(least, s[i].CPU)
	}
	return least
}

// peak is the largest memory of all runs.
func (s samples) peak() (peak int64) {
	for i := range s {
		peak = max(peak, s[i].Peak)
	}
	return peak
}
