package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// smallDisk is a file system in memory that can be made full.
type smallDisk struct {
	t   *testing.T
	dir string
}

const roomy = 700 << 20

// newSmallDisk mounts one until the test ends; false if this user may mount
// nothing.
func newSmallDisk(t *testing.T) (d smallDisk, ok bool) {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "manage-full-") // server accounts must be able to come there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=1777", roomy)); err != nil {
		return d, false
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return smallDisk{t, dir}, true
}

// resize gives the disk another size.
func (d smallDisk) resize(bytes int64) {
	d.t.Helper()
	if err := syscall.Mount("", d.dir, "", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", bytes)); err != nil {
		d.t.Fatal(err)
	}
}

// leave lets so many bytes be written yet.
func (d smallDisk) leave(bytes int64) {
	d.t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &st); err != nil {
		d.t.Fatal(err)
	}
	d.resize(int64(st.Blocks-st.Bfree)*int64(st.Bsize) + bytes)
}

// room is how much may be written yet, from one try to the next.
var room = []int64{0, 4 << 10, 32 << 10, 128 << 10, 512 << 10}

// everyWay are the ways through which a disk is full.
func everyWay(t *testing.T, d flavor.Dialect) chain {
	c := wayNamed(t, d, "all step by step")
	for i := range 2000 {
		c.rows = append(c.rows, fmt.Sprintf("INSERT INTO guests (id, name, email, age, vip) VALUES (%d, '%040d', 'x%d@example.org', 20, '0')", i+1000, i, i))
	}
	return c
}

// A disk that is full ends a command with an error; what is done is recorded, and
// once there is room again the same command ends as if nothing had happened.
func TestFullDisk(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if !*all && d != flavor.SQLite && d != flavor.Postgres {
			continue // their servers take longest to start
		}
		if d == flavor.MySQL && os.Getenv(enginetest.EnvBin(d)) == "" {
			continue // the server of others, whose disk is not ours to fill
		}
		t.Run(string(d), func(t *testing.T) {
			disk, ok := newSmallDisk(t)
			if !ok {
				t.Log("no right to mount: a limit on the size of files takes the place of a full disk")
				limitedFiles(t)
				return
			}
			c := everyWay(t, d)
			want := c.undisturbed(t, d)
			db := onDisk(t, d, disk)
			c.prepare(t, db)
			failed := 0
			for _, step := range c.broken {
				for _, bytes := range room {
					disk.leave(bytes)
					// Some servers wait for room: then somebody makes some.
					freed := time.AfterFunc(15*time.Second, func() { disk.resize(roomy) })
					r, _ := runTask(t, task{URL: db.URL, Catalog: c.catalog, Commands: []command{step}})
					freed.Stop()
					if r.Code == "disk full" {
						failed++
					} else if r.Error != "" {
						t.Logf("%s with %d bytes: %s", step.Name, bytes, r.Error) // in words of its own
					}
					disk.resize(roomy)
				}
				if r, _ := runTask(t, task{URL: db.URL, Catalog: c.catalog, Commands: []command{step}}); r.Error != "" {
					t.Fatalf("%s, with room again: %s", step.Name, r.Error)
				}
			}
			same(t, "after the disk was full", want, contentOf(t, db))
			t.Logf("%d commands failed", failed)
			if failed < 3 {
				t.Errorf("only %d commands met a full disk", failed)
			}
		})
	}
}

// onDisk is a database on the small disk. PostgreSQL stops altogether where its
// log finds no room, so only the tables are there.
func onDisk(t *testing.T, d flavor.Dialect, disk smallDisk) enginetest.Database {
	t.Helper()
	switch d {
	case flavor.SQLite:
		db := enginetest.New(t, d)
		file := filepath.Join(disk.dir, "test.sqlite")
		if err := os.Symlink(file, db.Name); err != nil {
			t.Fatal(err)
		}
		return db
	case flavor.Postgres:
		server := enginetest.Private(t, d, enginetest.Options{})
		db := server.New(t)
		folder := filepath.Join(disk.dir, "tables")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := enginetest.Own(folder, d); err != nil {
			t.Fatal(err)
		}
		other := server.New(t) // the database that is moved must have nobody in it
		other.Exec(t, "CREATE TABLESPACE small LOCATION '"+folder+"'")
		other.Exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+db.Name+"'")
		other.Exec(t, "ALTER DATABASE "+quoted(db, db.Name)+" SET TABLESPACE small")
		return db
	}
	o := enginetest.Options{Dir: disk.dir}
	if d == flavor.MySQL { // which stops altogether where its binary log finds no room
		o.Settings = []string{"skip-log-bin"}
	}
	return enginetest.Private(t, d, o).New(t)
}

// limitedFiles does the same on SQLite with a limit on the size of its file.
func limitedFiles(t *testing.T) {
	t.Helper()
	c := everyWay(t, flavor.SQLite)
	want, db, failed := c.undisturbed(t, flavor.SQLite), enginetest.New(t, flavor.SQLite), 0
	c.prepare(t, db)
	for _, step := range c.broken {
		k := task{URL: db.URL, Catalog: c.catalog, Commands: []command{step}}
		for _, more := range room {
			info, err := os.Stat(db.Name)
			if err != nil {
				t.Fatal(err)
			}
			limited := k
			limited.FileSize = uint64(info.Size() + more)
			if r, _ := runTask(t, limited); r.Error != "" {
				failed++
			}
		}
		if r, _ := runTask(t, k); r.Error != "" {
			t.Fatalf("%s, without the limit: %s", step.Name, r.Error)
		}
	}
	same(t, "after the limit", want, contentOf(t, db))
	t.Logf("%d commands failed", failed)
	if failed < 3 {
		t.Errorf("only %d commands met the limit", failed)
	}
}

// A limit on the size of files ends a command as a full disk does.
func TestFileSizeLimit(t *testing.T) { limitedFiles(t) }
