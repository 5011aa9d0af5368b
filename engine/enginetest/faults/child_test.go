package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"manage/cmd"
	"manage/engine/catalog"
	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/run"
	"manage/migrations"
	"manage/phases"
)

// The environment of a child: a task as JSON, or the words of a command line.
const (
	envTask  = "MANAGE_FAULTS_TASK"
	envWords = "MANAGE_FAULTS_WORDS"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(envTask) != "":
		os.Exit(child(os.Getenv(envTask)))
	case os.Getenv(envWords) != "":
		os.Exit(commandLine(strings.Split(os.Getenv(envWords), "\n")))
	}
	enginetest.Main(m)
}

// commandLine is a child that is the program itself.
func commandLine(words []string) int {
	var all []cmd.Catalog
	for _, b := range migrations.Catalogs() {
		all = append(all, cmd.Catalog{Name: b.Name, Files: b.FS})
	}
	p := cmd.Process(all...)
	p.Args = append([]string{"manage"}, words...)
	return cmd.Main(p)
}

// task is what a child has to do, and how it is to be broken.
type task struct {
	URL     string
	Catalog string // "glance", or a folder
	// Commands are run one after the other; what is done already is idle.
	Commands []command
	// Fault is what happens at the first point that is not in the file Seen
	// yet, to which it adds the point. Of Stride such points it takes the last;
	// the others are only added.
	Fault  fault
	Seen   string
	Stride int
	// At, if set, is the one point at which the fault happens.
	At string
	// TTL is how long the lease lasts.
	TTL time.Duration
}

type command struct{ Name, Version string }

// fault is how a child is broken.
type fault string

const (
	none  fault = ""
	death fault = "death" // the process is killed
	loss  fault = "loss"  // the connection breaks after what is sent next
	cut   fault = "cut"   // the connection breaks before what is sent next
	stop  fault = "stop"  // the process is stopped, until somebody continues it
	wink  fault = "wink"  // the file Seen is made, and nothing else
)

// result is what a child says in the end.
type result struct {
	Error string // "" if all went well
	Code  string // what kind of error it is
	Rows  []string
}

func child(text string) int {
	var t task
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	r := result{}
	if err := t.run(context.Background()); err != nil {
		r.Error, r.Code = err.Error(), kindOf(err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(r)
	return 0
}

// kindOf names the kinds of errors that tests tell apart.
func kindOf(err error) string {
	var lost *run.LeaseLost
	var unknown *run.OutcomeUnknown
	var stopped *run.Interrupted
	switch {
	case errors.As(err, &stopped), errors.Is(err, context.Canceled):
		return "stopped"
	case errors.As(err, &lost):
		return "lease lost"
	case errors.As(err, &unknown):
		return "outcome unknown"
	case database.ClassOf(err) == database.ConnectionLost, database.ClassOf(err) == database.Unreachable:
		return "connection lost"
	}
	return "other"
}

func (t *task) run(ctx context.Context) error {
	c, err := load(t.Catalog)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	breaker := &breaker{task: t, cancel: cancel}
	url := t.URL
	if t.Fault == loss || t.Fault == cut {
		if breaker.wire, url, err = newWire(t.URL); err != nil {
			return err
		}
	}
	u, err := database.ParseURL(url)
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, u, database.Options{MaxRetries: 20, RetryInterval: 100 * time.Millisecond})
	if err != nil {
		return err
	}
	defer db.Close()
	s := &phases.Service{Catalog: c, DB: db, Faults: breaker, Run: run.Options{LeaseTTL: t.TTL, Wait: time.Minute}}
	for _, c := range t.Commands {
		if err := do(ctx, s, c); err != nil {
			return fmt.Errorf("%s %s: %w", c.Name, c.Version, err)
		}
	}
	return nil
}

func do(ctx context.Context, s *phases.Service, c command) error {
	all := map[string]func(context.Context, phases.Request) (phases.Result, error){
		"sync": s.Sync, "upgrade": s.Upgrade, "expand": s.Expand, "migrate": s.Migrate, "contract": s.Contract,
	}
	f, ok := all[c.Name]
	if !ok {
		return fmt.Errorf("no command %s", c.Name)
	}
	_, err := f(ctx, phases.Request{Version: c.Version, AllowBlocking: true})
	return err
}

// load loads a catalog by name or folder.
func load(name string) (*catalog.Catalog, error) {
	for _, b := range migrations.Catalogs() {
		if b.Name == name {
			return catalog.Load(b.FS, catalog.Options{})
		}
	}
	return catalog.Load(os.DirFS(name), catalog.Options{Dir: name})
}

// breaker is the faults of a child.
type breaker struct {
	task *task
	wire *wire
	// cancel keeps the command from going on by itself after a lost
	// connection, so that each point is broken in a run of its own.
	cancel func()
	seen   []string
	new    int
	done   bool
}

// At breaks the process or its connection at its point.
func (b *breaker) At(p run.Point) error {
	if b.done || b.task.Fault == none || !b.due(p.String()) {
		return nil
	}
	b.done = true
	switch b.task.Fault {
	case death:
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case stop:
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		time.Sleep(100 * time.Millisecond) // other threads may be stopped first
	case wink:
		return os.WriteFile(b.task.Seen, []byte(p.String()), 0o644)
	case loss:
		b.cancel()
		b.wire.breakAfterNext()
	case cut:
		b.cancel()
		b.wire.breakNow()
	}
	return nil
}

// due reports whether this is the point to break at.
func (b *breaker) due(point string) bool {
	if b.task.At != "" {
		return point == b.task.At
	}
	if b.seen == nil {
		text, _ := os.ReadFile(b.task.Seen)
		b.seen = append(strings.Split(string(text), "\n"), "")
	}
	if slices.Contains(b.seen, point) {
		return false
	}
	b.seen = append(b.seen, point)
	f, err := os.OpenFile(b.task.Seen, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = fmt.Fprintln(f, point)
		f.Close()
	}
	if err != nil {
		panic(err)
	}
	b.new++
	return b.new >= b.task.Stride
}
