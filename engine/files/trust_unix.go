//go:build unix

package files

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Trusted returns an *Untrusted unless a file that was found by searching is the
// user's: it, each directory on the way to it and each link belong to the user or
// to root, and nobody else may write to them. It is the rule of git's
// safe.directory and of the files of ssh. A file that is not there is trusted.
func Trusted(name string) error {
	whole, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	return theUsers(os.Geteuid()).way(whole)
}

// newTrust is Trusted for many files of one directory.
func newTrust() func(name string) error {
	o := theUsers(os.Geteuid())
	o.seen = map[string]bool{}
	var lock sync.Mutex
	return func(name string) error {
		whole, err := filepath.Abs(name)
		if err != nil {
			return err
		}
		lock.Lock()
		defer lock.Unlock()
		return o.way(whole)
	}
}

// owner is whose files are trusted.
type owner struct {
	uid int
	// group is the group that nobody else is in, -1 if there is none.
	group int
	// seen are directories that were found to be trusted; nil to look each time.
	seen map[string]bool
}

// theUsers are the files of a user.
func theUsers(uid int) owner { return owner{uid: uid, group: privateGroup(uid)} }

// mostLinks is how many links are followed, as on Linux (path_resolution(7)).
const mostLinks = 40

// way looks at all that leads to a file, from the root on.
func (o owner) way(name string) error {
	const root = string(filepath.Separator)
	done, rest := root, name
	for links := 0; ; {
		if err := o.at(done); err != nil {
			return err
		}
		first := ""
		for first == "" || first == "." {
			if rest == "" {
				return nil
			}
			first, rest, _ = strings.Cut(rest, root)
		}
		next := filepath.Join(done, first) // of "..", the directory above: no link is left in done
		target, err := os.Readlink(next)
		if err != nil || first == ".." {
			done = next
			continue
		}
		if err := o.at(next); err != nil {
			return err
		}
		if links++; links > mostLinks {
			return nil // nobody opens it
		}
		if filepath.IsAbs(target) {
			done = root
		}
		rest = target + root + rest
	}
}

// at is owns of a file that may not be there: then whoever opens it says so.
func (o owner) at(name string) error {
	if o.seen[name] {
		return nil
	}
	info, err := os.Lstat(name)
	if err != nil {
		return nil
	}
	err = o.owns(name, info)
	if err == nil && o.seen != nil && info.IsDir() {
		o.seen[name] = true
	}
	return err
}

// owns is the rule for one file.
func (o owner) owns(name string, info fs.FileInfo) error {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	if stat.Uid != 0 && int(stat.Uid) != o.uid {
		return &Untrusted{name, fmt.Sprintf("it belongs to %s, and the files of %s and root count", named(int(stat.Uid)), named(o.uid))}
	}
	mode := info.Mode()
	switch {
	case mode&fs.ModeSymlink != 0: // its mode means nothing
	case mode.IsDir() && mode&fs.ModeSticky != 0: // others put files of their own there, and can neither remove nor rename ours
	case mode&0o002 != 0:
		return &Untrusted{name, fmt.Sprintf("everybody may write to it (mode %04o)", mode.Perm())}
	case mode&0o020 != 0 && int(stat.Gid) != o.group:
		return &Untrusted{name, fmt.Sprintf("its group may write to it (mode %04o)", mode.Perm())}
	}
	return nil
}

// named is a user in a message.
func named(uid int) string {
	id := strconv.Itoa(uid)
	if u, err := user.LookupId(id); err == nil {
		return "the user " + u.Username
	}
	return "the user with the id " + id
}

// privateGroup is the group of a user alone, which many systems make for each
// and let write to the files that they make; -1 if the user has none. Root has
// none: its group has others on many systems.
func privateGroup(uid int) int {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil || uid == 0 {
		return -1
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil || g.Name != u.Username {
		return -1
	}
	text, err := Read("/etc/group", MaxConfig)
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) == 4 && fields[2] == u.Gid && fields[3] != "" && fields[3] != u.Username {
			return -1
		}
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return -1
	}
	return gid
}
