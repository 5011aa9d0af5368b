//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package catalog

import (
	"os"
	"syscall"
)

// lockDir keeps other processes that write into a catalog out until unlock is
// called or this process ends. Where the file system has no locks there is
// none: the files themselves are still made exclusively. Under the lock it takes
// away what a process that was killed in the middle has left.
func lockDir(dir string) (unlock func()) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}
	}
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			break
		}
	}
	if err == nil {
		sweep(dir)
	}
	return func() { f.Close() }
}
