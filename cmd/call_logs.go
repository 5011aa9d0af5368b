package cmd

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"manage/engine/safetext"
	"os"
	"strings"
	"sync"
)

// logStyle makes the log of a tool.
type logStyle func(w io.Writer, level *slog.LevelVar) *slog.Logger

// noLogFile is a log file that cannot be written.
type noLogFile struct{ err error }

func (e *noLogFile) Error() string { return "the log file cannot be written: " + e.err.Error() }
func (e *noLogFile) Unwrap() error { return e.err }

// openLog makes the log of the call, on standard error and, if there is one,
// in the log file.
func (c *call) openLog(g *Global) error {
	w := c.stderr()
	if g.LogFile != "" {
		f, err := os.OpenFile(g.LogFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return &noLogFile{err}
		}
		c.closers = append(c.closers, f.Close)
		w = io.MultiWriter(w, safetext.NewWriter(f))
	}
	c.log = c.tool.logs(w, &c.level)
	c.usual = c.level.Level()
	c.setLevel(g.Debug)
	return nil
}

// setLevel sets the level of the log. Of a switch and a file that differ the
// configuration knows which counts.
func (c *call) setLevel(debug bool) {
	c.level.Set(c.usual)
	if debug {
		c.level.Set(slog.LevelDebug)
	}
}

// plainLogs are the logs of manage: warnings, unless --debug asks for all.
func plainLogs(w io.Writer, level *slog.LevelVar) *slog.Logger {
	level.Set(slog.LevelWarn)
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// serviceLogs are the logs of the older tools: from INFO on, one line each in
// the form of the services' own logs, so that what reads those reads these.
func serviceLogs(w io.Writer, level *slog.LevelVar) *slog.Logger {
	level.Set(slog.LevelInfo)
	return slog.New(&serviceHandler{out: w, level: level, lock: &sync.Mutex{}})
}

// serviceHandler writes "time pid LEVEL manage [-] message name=value".
type serviceHandler struct {
	out   io.Writer
	level slog.Leveler
	attrs []slog.Attr
	lock  *sync.Mutex
}

func (h *serviceHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

func (h *serviceHandler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s manage [-] %s", r.Time.Format("2006-01-02 15:04:05.000"), os.Getpid(), levelName(r.Level), safetext.Line(r.Message))
	add := func(a slog.Attr) bool {
		fmt.Fprintf(&b, " %s=%s", a.Key, safetext.Line(a.Value.String()))
		return true
	}
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(add)
	h.lock.Lock()
	defer h.lock.Unlock()
	_, err := fmt.Fprintln(h.out, b.String())
	return err
}

func (h *serviceHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)
	return &with
}

// WithGroup leaves groups out: the services' logs have none.
func (h *serviceHandler) WithGroup(string) slog.Handler { return h }

// levelName is a level as the services' logs have it.
func levelName(l slog.Level) string {
	if l == slog.LevelWarn {
		return "WARNING"
	}
	return l.String()
}
