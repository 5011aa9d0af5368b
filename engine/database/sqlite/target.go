package sqlite

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"manage/engine/database/backend"
	"manage/engine/files"
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

// pythonOnly are the keys of Python's libraries that mean nothing here: those
// would take them out before SQLite sees the URI.
var pythonOnly = map[string]bool{"uri": true, "timeout": true, "isolation_level": true,
	"detect_types": true, "check_same_thread": true, "cached_statements": true, "plugin": true}

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
	if strings.HasPrefix(t.path, "//") {
		// In a URI two slashes begin a host.
		t.path = "/" + strings.TrimLeft(t.path, "/")
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
		// The library's own defaults, said for whoever reads this: tables are
		// rebuilt without the foreign keys that lead to them.
		"_pragma=foreign_keys(0)", "_pragma=legacy_alter_table(0)", "_pragma=recursive_triggers(0)",
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
		if t.restingWAL() {
			options = append(options, "immutable=1")
		}
	}
	return "file:" + (&url.URL{Path: t.path}).EscapedPath() + "?" + strings.Join(append(options, params...), "&")
}

// restingWAL reports whether the file has a write-ahead log as its journal mode
// and nobody has it open. SQLite would then make the log and its index even to
// read, and a reader that may not write would leave them behind ("Read-Only
// Databases", SQLite manual). Until the first writer's first checkpoint the
// file itself does not change, so that it can be read as immutable.
func (t target) restingWAL() bool {
	f, err := files.Open(t.path)
	if err != nil {
		return false
	}
	defer f.Close()
	// The read version in the header is 2 ("Database File Format", 1.3).
	header := make([]byte, 20)
	if _, err := io.ReadFull(f, header); err != nil || header[19] != 2 {
		return false
	}
	_, err = os.Stat(t.path + "-wal")
	return errors.Is(err, fs.ErrNotExist)
}
