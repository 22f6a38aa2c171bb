//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup puts a program that starts others into a group of its own, so that
// killGroup ends all of them and nobody else.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
