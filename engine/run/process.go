package run

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// thisProcess names this process in a way that no other one will ever be
// named: the boot of the machine, the namespace of its process ids, its id and
// the moment it began. "" where the system does not tell.
func thisProcess() string {
	pid := os.Getpid()
	started, _ := startOf(pid)
	realm := realm()
	if realm == "" || started == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%s", realm, pid, started)
}

// processGone reports whether it is certain that the process of that name has
// ended. What runs on another machine, or in another container, cannot be told.
func processGone(name string) bool {
	pid, started := processHere(name)
	if pid == 0 {
		return false
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	// A process of another user answers with an error of its own.
	err = process.Signal(syscall.Signal(0))
	if errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH) {
		return true
	}
	now, state := startOf(pid)
	return state == "Z" || now != "" && now != started
}

// processStopped is the id of the process of that name if it is stopped (by
// SIGSTOP, Ctrl-Z or a debugger) where ids mean the same as here; 0 otherwise.
func processStopped(name string) int {
	pid, started := processHere(name)
	if pid == 0 {
		return 0
	}
	if now, state := startOf(pid); now != started || state != "T" && state != "t" {
		return 0
	}
	return pid
}

// processHere takes the name of a process apart; 0 if its id means nothing
// here.
func processHere(name string) (pid int, started string) {
	place, rest, _ := strings.Cut(name, ":")
	namespace, rest, _ := strings.Cut(rest, ":")
	id, started, _ := strings.Cut(rest, ":")
	pid, err := strconv.Atoi(id)
	if err != nil || pid < 1 || started == "" || place+":"+namespace != realm() {
		return 0, ""
	}
	return pid, started
}

// realm is where process ids mean the same as here.
func realm() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil || len(boot) < 13 {
		return ""
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	number := strings.TrimSuffix(strings.TrimPrefix(namespace, "pid:["), "]")
	return strings.ReplaceAll(string(boot[:13]), "-", "") + ":" + number
}

// startOf is when a process began, in ticks since the machine did, and its state:
// "Z" if it has ended and only its parent has not noticed yet, "T" or "t" if it
// is stopped ("/proc/pid/stat", proc(5), fields 22 and 3). "" if it cannot be
// seen.
func startOf(pid int) (started, state string) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", ""
	}
	// The program's name, in parentheses, may hold anything.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 {
		return "", ""
	}
	return fields[19], fields[0]
}
