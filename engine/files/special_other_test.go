//go:build !unix

package files_test

import "testing"

// special is a file that is none to read, and what the error says.
type special struct{ name, want string }

// specials has no files where names lead to files only.
func specials(*testing.T, string) map[string]special { return nil }
