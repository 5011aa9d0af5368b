//go:build unix

package files

import "syscall"

// nonBlocking keeps the opening of a named pipe from waiting for a writer, as
// open(2) has it. To a regular file it means nothing.
const nonBlocking = syscall.O_NONBLOCK
