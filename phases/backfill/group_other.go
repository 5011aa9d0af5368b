//go:build !unix

package backfill

import "os/exec"

// ownGroup does nothing where there are no process groups.
func ownGroup(*exec.Cmd) {}

// killGroup ends a process.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
