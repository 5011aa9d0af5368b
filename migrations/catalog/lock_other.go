//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package catalog

// lockDir does nothing where there are no advisory locks: the files themselves
// are still made exclusively.
func lockDir(string) (unlock func()) { return func() {} }
