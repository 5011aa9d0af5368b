//go:build !unix

package files

// Trusted trusts every file: who may write to it is not in its mode here.
func Trusted(string) error { return nil }

// newTrust is Trusted for many files.
func newTrust() func(name string) error { return Trusted }
