// Servers starts the private database servers that tests need, runs a command
// with their URLs in its environment, stops them, and exits as the command
// did:
//
//	go run ./engine/enginetest/servers -install -- go test ./...
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

func main() {
	os.Exit(run())
}

func run() int {
	fetch := flag.Bool("install", false, "install missing servers with apt-get (as root)")
	durable := flag.Bool("durable", false, "keep the servers' own durability settings")
	postgres := flag.String("postgres-bin", "", "folder with the PostgreSQL programs (default: the system's)")
	mysql := flag.String("mysql-bin", "", "folder with the MySQL programs; MySQL is started only if this is given")
	galera := flag.Bool("galera", false, "let MariaDB be a node of a Galera cluster of three")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: servers [flags] -- command…")
		flag.PrintDefaults()
		return 2
	}
	// Signals reach the command, which shares our process group; we outlive it
	// to clean up.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGTERM)
	wanted := map[flavor.Dialect]enginetest.Options{
		flavor.Postgres: {Durable: *durable, Bin: *postgres},
		flavor.MariaDB:  {Durable: *durable},
	}
	if *mysql != "" {
		wanted[flavor.MySQL] = enginetest.Options{Durable: *durable, Bin: *mysql}
	}
	if *fetch {
		if err := install(wanted); err != nil {
			fmt.Fprintln(os.Stderr, "servers:", err)
			return 1
		}
	}
	env, stop, err := start(wanted, *galera)
	defer stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "servers:", err)
		return 1
	}
	return command(flag.Args(), env)
}

// start starts the wanted servers side by side. Those that the environment
// already names are left as they are. stop ends the others, also after an
// error.
func start(wanted map[flavor.Dialect]enginetest.Options, galera bool) (env []string, stop func(), err error) {
	var (
		mu      sync.Mutex
		wait    sync.WaitGroup
		started []*enginetest.Server
		errs    []error
	)
	for d, o := range wanted {
		if os.Getenv(enginetest.Env(d)) != "" {
			continue
		}
		wait.Go(func() {
			servers, err := startOne(d, o, galera)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", d.Title(), err))
				return
			}
			started = append(started, servers...)
			env = append(env, enginetest.Env(d)+"="+servers[0].URL(servers[0].AdminDatabase()))
			if o.Bin != "" { // for tests that start one of their own
				env = append(env, enginetest.EnvBin(d)+"="+o.Bin)
			}
		})
	}
	wait.Wait()
	return env, func() {
		for _, s := range started {
			s.Close()
		}
	}, errors.Join(errs...)
}

// startOne starts a server, or a cluster whose first node is to be used.
func startOne(d flavor.Dialect, o enginetest.Options, galera bool) ([]*enginetest.Server, error) {
	if d == flavor.MariaDB && galera {
		return enginetest.StartGalera(3, o)
	}
	s, err := enginetest.Start(d, o)
	return []*enginetest.Server{s}, err
}

// command runs argv with env added to the environment and returns its exit
// code.
func command(argv, env []string) int {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), env...)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode()
	}
	fmt.Fprintln(os.Stderr, "servers:", err)
	return 1
}
