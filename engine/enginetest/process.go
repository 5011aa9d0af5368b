package enginetest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"manage/engine/flavor"
)

// process is a running server process.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed once it has ended
}

// startProcess starts argv as the system user account (if we are root), with
// its output added to the file log. The process is killed by the kernel when
// this one ends. That is tied to the thread that starts it, which therefore
// stays with the process until it ends.
func startProcess(argv []string, account, log string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = out, out, filepath.Dir(log)
	cmd.Env = serverEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if cmd.SysProcAttr.Credential, err = credential(account); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(p.done)
		}
	}()
	return p, <-started
}

// each sends a signal to the process and its children.
func (p *process) each(sig syscall.Signal) {
	for _, pid := range append(childrenOf(p.cmd.Process.Pid), p.cmd.Process.Pid) {
		_ = syscall.Kill(pid, sig)
	}
}

// end sends the signal and waits; a process that ignores it is killed.
func (p *process) end(sig syscall.Signal) {
	p.each(syscall.SIGCONT) // one that is stopped hears no other
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// crash kills the process and its children (PostgreSQL's backends would else
// answer for a moment longer) and waits until all are gone.
func (p *process) crash() {
	children := childrenOf(p.cmd.Process.Pid)
	_ = p.cmd.Process.Kill()
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	<-p.done
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		children = slices.DeleteFunc(children, gone)
		if len(children) == 0 {
			return
		}
	}
}

// childrenOf lists the children of a process, from /proc/PID/stat: the fourth
// field, the second after the program's name in parentheses, is the parent.
func childrenOf(parent int) []int {
	var out []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, _ := os.ReadFile(path)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			out = append(out, pid)
		}
	}
	return out
}

// gone reports whether no process has that id, or one that has ended and is
// only kept for its parent.
func gone(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	return err != nil || len(fields) == 0 || fields[0] == "Z"
}

// runAs runs a program to its end as the system user account (if we are root)
// and returns its output in the error if it fails.
func runAs(account, dir string, argv ...string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, serverEnv()
	cred, err := credential(account)
	if err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", argv[0], err, strings.TrimSpace(string(out)))
	}
	return nil
}

// serverEnv is the environment of servers: none of the caller's settings for
// clients reach them, messages are in English.
func serverEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=/nonexistent"}
}

// credential is how to become account; nil if we are not root, and so run
// servers as ourselves (PostgreSQL refuses to run as root).
func credential(account string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(account)
	if err != nil {
		return nil, fmt.Errorf("the system user %s, who runs the server, is missing: %w", account, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// dirPrefix starts the names of the servers' folders; our process id follows.
const dirPrefix = "manage-test-"

// memory is a file system in memory. Making a PostgreSQL database there takes
// 10 ms, on a disk over 200.
const memory = "/dev/shm"

// enoughMemory is the room that servers and databases of a test run may need.
const enoughMemory = 2 << 30

// place is the folder for temporary data: in memory if there is plenty of it,
// unless the data is to be durable.
func place(durable bool) string {
	var st syscall.Statfs_t
	if !durable && syscall.Statfs(memory, &st) == nil && st.Bavail*uint64(st.Bsize) >= enoughMemory {
		return memory
	}
	return os.TempDir()
}

// newDir makes a temporary folder that belongs to account ("" for us), and removes those
// that killed test binaries left.
func newDir(d flavor.Dialect, account string, durable bool) (string, error) {
	return newDirIn(place(durable), d, account)
}

// newDirIn is newDir in a place of the caller's.
func newDirIn(parent string, d flavor.Dialect, account string) (string, error) {
	sweep()
	dir, err := os.MkdirTemp(parent, fmt.Sprintf("%s%d-%s-", dirPrefix, os.Getpid(), d))
	if err != nil {
		return "", err
	}
	var cred *syscall.Credential
	if account != "" {
		cred, err = credential(account)
	}
	if err == nil && cred != nil {
		err = os.Chown(dir, int(cred.Uid), int(cred.Gid))
	}
	if err != nil {
		os.RemoveAll(dir)
		return "", err
	}
	return dir, nil
}

// sweep removes the folders of processes that are gone, once: each process has
// many folders of its own.
var sweep = sync.OnceFunc(func() {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+"*"))
	more, _ := filepath.Glob(filepath.Join(memory, dirPrefix+"*"))
	for _, dir := range append(old, more...) {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
		n, err := strconv.Atoi(pid)
		if err == nil && errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
			os.RemoveAll(dir)
		}
	}
})

// tail is the end of a log, for messages.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}

// Own gives a file or folder to the system user who runs the servers of dialect
// d, if we are root.
func Own(path string, d flavor.Dialect) error {
	k, err := kindOf(d)
	if err != nil {
		return err
	}
	cred, err := credential(k.account())
	if err != nil || cred == nil {
		return err
	}
	return os.Chown(path, int(cred.Uid), int(cred.Gid))
}
