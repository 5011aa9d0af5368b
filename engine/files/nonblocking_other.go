//go:build !unix

package files

// nonBlocking is nothing where no file that is found by its name can block.
const nonBlocking = 0
