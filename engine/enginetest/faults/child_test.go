package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"manage/cmd"
	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/migrations"
	"manage/migrations/catalog"
	"manage/phases"
	"manage/phases/purge"
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
	// Share, if it is not 0, breaks the first point of each kind and this share
	// of the others, drawn by Seed, in place of one of Stride.
	Share float64
	Seed  uint64
	// At, if set, is the one point at which the fault happens.
	At string
	// TTL is how long the lease lasts.
	TTL time.Duration
	// Batch is how long a batch of a data migration should take, and Workers
	// how many work on one; 0 for the defaults.
	Batch   time.Duration
	Workers int
	// FileSize, if it is not 0, is how large a file may become, in bytes.
	FileSize uint64
	// LockTimeout is how long a statement waits for a lock; 0 for the default.
	LockTimeout time.Duration
}

type command struct{ Name, Version string }

// fault is how a child is broken.
type fault string

const (
	none  fault = ""
	death fault = "death" // the process is killed
	sent  fault = "sent"  // the process is killed behind what it sends next
	away  fault = "away"  // the process is killed, where others cannot see that it is dead
	loss  fault = "loss"  // the connection breaks after what is sent next
	cut   fault = "cut"   // the connection breaks before what is sent next
	stop  fault = "stop"  // the process is stopped, until somebody continues it
	wink  fault = "wink"  // the file Seen is made, and nothing else
)

// kills reports whether the process does not survive the fault.
func (f fault) kills() bool { return f == death || f == sent || f == away }

// onWire reports whether the fault is one of what is sent to the server.
func (f fault) onWire() bool { return f == loss || f == cut || f == sent }

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
	case errors.As(err, &stopped), errors.Is(err, context.Canceled), database.ClassOf(err) == database.Interrupted:
		return "stopped"
	case errors.As(err, &lost):
		return "lease lost"
	case errors.As(err, &unknown):
		return "outcome unknown"
	case database.ClassOf(err) == database.DiskFull:
		return "disk full"
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
	if t.FileSize > 0 {
		signal.Ignore(syscall.SIGXFSZ) // writing beyond is an error then, as on a full disk
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: t.FileSize, Max: t.FileSize}); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	breaker := &breaker{task: t, cancel: cancel}
	url := t.URL
	if t.Fault.onWire() {
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
	s := &phases.Service{Catalog: c, DB: db, Faults: breaker, Run: run.Options{LeaseTTL: t.TTL, Wait: time.Minute, LockTimeout: t.LockTimeout}}
	s.Batches.Time, s.Batches.Workers = t.Batch, t.Workers
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
		"downgrade": s.Downgrade,
	}
	switch c.Name {
	case "purge":
		return purgeAll(ctx, s)
	case "create_schema":
		return createSchema(ctx, s)
	}
	f, ok := all[c.Name]
	if !ok {
		return fmt.Errorf("no command %s", c.Name)
	}
	_, err := f(ctx, phases.Request{Version: c.Version, AllowBlocking: true})
	return err
}

// purgeAll removes what is soft-deleted.
func purgeAll(ctx context.Context, s *phases.Service) error {
	p := &purge.Service{Catalog: s.Catalog, DB: s.DB, Run: s.Run, Faults: s.Faults, Time: time.Millisecond}
	sel, err := p.Look(ctx, purge.Request{})
	if err != nil {
		return err
	}
	_, err = p.Delete(ctx, sel)
	return err
}

// createSchema makes the newest schema. One that is made already is refused, so
// who comes after the end finds nothing to do.
func createSchema(ctx context.Context, s *phases.Service) error {
	r, err := s.Status(ctx)
	if err != nil || r.Stage == revision.Current {
		return err
	}
	_, err = s.CreateSchema(ctx)
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
