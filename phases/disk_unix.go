//go:build linux || darwin || freebsd

package phases

import "syscall"

// writable fails if this process may not write to a file or folder: for lack of
// rights, or as what it is on takes no changes.
func writable(path string) error {
	const write = 2
	return syscall.Access(path, write)
}

// freeSpace is how many bytes this process may still write to the file system of
// a folder.
func freeSpace(folder string) (int64, error) {
	var st syscall.Statfs_t
	err := syscall.Statfs(folder, &st)
	return int64(st.Bavail) * int64(st.Bsize), err
}
