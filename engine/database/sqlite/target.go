package sqlite

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"manage/engine/database/backend"
)

// target is the file that a URL names, and how to open it.
type target struct {
	path      string
	memory    bool
	queryOnly bool
	timeout   time.Duration
	// options are the parameters of SQLite's own URIs (mode, cache, immutable …).
	options map[string]string
}

// pythonOnly are the keys of Python's driver that mean nothing here: that
// driver would take them out before SQLite sees the URI.
var pythonOnly = map[string]bool{"uri": true, "timeout": true, "isolation_level": true,
	"detect_types": true, "check_same_thread": true, "cached_statements": true}

// uriKeys are the parameters that SQLite's URIs have ("URI Filenames").
var uriKeys = map[string]bool{"mode": true, "cache": true, "immutable": true, "nolock": true, "psow": true, "modeof": true}

func parseTarget(u *backend.URL) (target, error) {
	t := target{timeout: busyTimeout, options: map[string]string{}}
	if text := u.Get("timeout"); text != "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || seconds < 0 {
			return t, bad("the option timeout of the SQLite URL is not a number of seconds")
		}
		t.timeout = time.Duration(seconds * float64(time.Second))
	}
	t.path = u.Database
	if strings.HasPrefix(t.path, "file:") {
		if err := t.uriPath(); err != nil {
			return t, err
		}
	}
	for key := range u.Query {
		if pythonOnly[key] {
			continue
		}
		if !uriKeys[key] {
			return t, bad(fmt.Sprintf("the SQLite URL has the option %q, which is not known", key))
		}
		t.options[key] = u.Get(key)
	}
	t.memory = t.path == "" || t.path == ":memory:" || t.options["mode"] == "memory"
	return t, nil
}

// uriPath turns "file:name", "file:/abs" and "file:///abs" into a path.
func (t *target) uriPath() error {
	path := strings.TrimPrefix(t.path, "file:")
	if rest, ok := strings.CutPrefix(path, "//"); ok {
		host, abs, _ := strings.Cut(rest, "/")
		if host != "" && host != "localhost" {
			return bad("a SQLite URI names no host: write file:/dir/file.db")
		}
		path = "/" + abs
	}
	path, err := url.PathUnescape(path)
	if err != nil {
		return bad("the path in the SQLite URI has a % that begins no escape: write it as %25")
	}
	t.path = path
	return nil
}

// readOnly reports whether the URL itself forbids to make the file.
func (t target) readOnly() bool {
	return t.options["mode"] == "ro" || t.options["immutable"] == "1"
}

// dsn is the name to open, in the driver's form.
func (t target) dsn(readOnly bool) string {
	params := []string{
		"_pragma=" + url.QueryEscape(fmt.Sprintf("busy_timeout(%d)", max(t.timeout.Milliseconds(), 1))),
		// SQLite compares dates as text, so they are all written in one zone
		// and one form.
		"_time_format=sqlite", "_timezone=UTC",
	}
	if t.queryOnly {
		params = append(params, "_query_only=1")
	}
	if t.memory {
		// All connections that name the same file of this file system see the
		// same database; the name is drawn so that two of ours do not.
		return "file:/manage-" + rand.Text() + "?vfs=memdb&" + strings.Join(params, "&")
	}
	options := make([]string, 0, len(t.options))
	for key, value := range t.options {
		if key != "mode" || !readOnly {
			options = append(options, key+"="+url.QueryEscape(value))
		}
	}
	sort.Strings(options)
	if readOnly {
		options = append(options, "mode=ro")
	}
	return "file:" + (&url.URL{Path: t.path}).EscapedPath() + "?" + strings.Join(append(options, params...), "&")
}
