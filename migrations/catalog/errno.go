package catalog

import "syscall"

// errNotDir is what a system says of a path through a file.
const errNotDir = syscall.ENOTDIR
