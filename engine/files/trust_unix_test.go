//go:build unix

package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	me      = 61001
	mallory = 61002
)

// place is what stands at a path, whose it is and how it may be written to.
type place struct {
	path string
	mode fs.FileMode // 0 for a link
	link string
	uid  int
	gid  int
}

// Found files count only if everything on the way to them is the user's or
// root's, and nobody else may write to it.
func TestTrusted(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	dir := place{"d", fs.ModeDir | 0o755, "", me, me}
	file := place{"d/f", 0o644, "", me, me}
	with := func(p place, change func(*place)) place {
		change(&p)
		return p
	}
	tests := map[string]struct {
		places []place
		want   string // of the reason; "" if it is trusted
	}{
		"the user's":                  {[]place{dir, file}, ""},
		"root's":                      {[]place{with(dir, func(p *place) { p.uid = 0 }), with(file, func(p *place) { p.uid = 0 })}, ""},
		"nothing there":               {[]place{dir}, ""},
		"another's":                   {[]place{dir, with(file, func(p *place) { p.uid = mallory })}, "d/f: it belongs to the user with the id 61002"},
		"in another's directory":      {[]place{with(dir, func(p *place) { p.uid = mallory }), file}, "d: it belongs to the user with the id 61002"},
		"everybody may write":         {[]place{dir, with(file, func(p *place) { p.mode = 0o646 })}, "d/f: everybody may write to it (mode 0646)"},
		"its group may write":         {[]place{dir, with(file, func(p *place) { p.mode = 0o664 })}, "d/f: its group may write to it (mode 0664)"},
		"the directory, everybody":    {[]place{with(dir, func(p *place) { p.mode = fs.ModeDir | 0o777 }), file}, "d: everybody may write to it (mode 0777)"},
		"the directory, its group":    {[]place{with(dir, func(p *place) { p.mode = fs.ModeDir | 0o775 }), file}, "d: its group may write to it (mode 0775)"},
		"a sticky directory":          {[]place{with(dir, func(p *place) { p.mode, p.uid = fs.ModeDir|fs.ModeSticky|0o777, 0 }), file}, ""},
		"another's in a sticky one":   {[]place{with(dir, func(p *place) { p.mode, p.uid = fs.ModeDir|fs.ModeSticky|0o777, 0 }), with(file, func(p *place) { p.uid = mallory })}, "d/f: it belongs to"},
		"a sticky one of another":     {[]place{with(dir, func(p *place) { p.mode, p.uid = fs.ModeDir|fs.ModeSticky|0o777, mallory }), file}, "d: it belongs to"},
		"further up":                  {[]place{with(dir, func(p *place) { p.uid = mallory }), {"d/e", fs.ModeDir | 0o755, "", me, me}, {"d/e/f", 0o644, "", me, me}, {"d/f", 0, "e/f", me, me}}, "d: it belongs to"},
		"a link":                      {[]place{dir, {"d/g", 0o644, "", me, me}, {"d/f", 0, "g", me, me}}, ""},
		"another's link":              {[]place{dir, {"d/g", 0o644, "", me, me}, {"d/f", 0, "g", mallory, me}}, "d/f: it belongs to"},
		"a link to another's":         {[]place{dir, {"d/g", 0o644, "", mallory, me}, {"d/f", 0, "g", me, me}}, "d/g: it belongs to"},
		"a link into another's place": {[]place{dir, {"e", fs.ModeDir | 0o755, "", mallory, me}, {"e/f", 0o644, "", me, me}, {"d/f", 0, "../e/f", me, me}}, "e: it belongs to"},
		"through another's place":     {[]place{dir, {"e", fs.ModeDir | 0o755, "", mallory, me}, {"d/g", 0o644, "", me, me}, {"d/f", 0, "../e/../d/g", me, me}}, "e: it belongs to"},
		"a link to itself":            {[]place{dir, {"d/f", 0, "f", me, me}}, ""},
		"a device":                    {[]place{dir, {"d/f", 0, "/dev/zero", me, me}}, "/dev/zero: everybody may write to it"},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			top := t.TempDir()
			for up := top; up != os.TempDir() && up != "/"; up = filepath.Dir(up) {
				if err := os.Chmod(up, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, p := range test.places {
				put(t, top, p)
			}
			o := owner{uid: me, group: -1}
			for _, seen := range []map[string]bool{nil, {}} {
				o.seen = seen
				for range 2 {
					err := o.way(filepath.Join(top, "d", "f"))
					var untrusted *Untrusted
					if test.want == "" && err != nil || test.want != "" && (!errors.As(err, &untrusted) || !strings.Contains(err.Error(), test.want)) {
						t.Errorf("%v, want %q", err, test.want)
					}
				}
			}
		})
	}
}

func put(t *testing.T, top string, p place) {
	t.Helper()
	name := filepath.Join(top, p.path)
	var err error
	switch {
	case p.mode == 0:
		err = os.Symlink(p.link, name)
	case p.mode.IsDir():
		err = os.Mkdir(name, 0o755)
	default:
		err = os.WriteFile(name, nil, 0o644)
	}
	err = errors.Join(err, os.Lchown(name, p.uid, p.gid))
	if p.mode != 0 {
		err = errors.Join(err, os.Chmod(name, p.mode))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A group that nobody else is in may write; root's counts as one that others are
// in.
func TestPrivateGroups(t *testing.T) {
	if privateGroup(0) != -1 {
		t.Error("root has a group of its own")
	}
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	top := t.TempDir()
	if err := os.Chmod(top, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, top, place{"f", 0o664, "", me, me})
	info, err := os.Lstat(filepath.Join(top, "f"))
	if err != nil {
		t.Fatal(err)
	}
	if err := (owner{uid: me, group: me}).owns("f", info); err != nil {
		t.Error(err)
	}
	if err := (owner{uid: me, group: mallory}).owns("f", info); err == nil {
		t.Error("a file that another group may write to is trusted")
	}
}
