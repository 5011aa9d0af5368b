package catalog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"manage/migrations/catalog"
)

// generated is a catalog of n revisions, half on each branch, in TOML or SQL.
func generated(n int, sql bool) map[string]string {
	files := map[string]string{"catalog.toml": "name = \"bench\"\n"}
	parent := map[string]string{"expand": "root", "contract": "root"}
	files["versions/root.toml"] = "revision = \"root\"\nbranch = \"trunk\"\n\n[[up]]\ncreate_table = { name = \"t\", columns = [ { name = \"id\", type = \"integer\", nullable = false } ], primary_key = [\"id\"] }\n"
	for i := 1; i < n; i++ {
		branch := []string{"expand", "contract"}[i%2]
		id := fmt.Sprintf("r%d_%s%02d", i/2/100, branch, i/2%100)
		name := "versions/" + id + "_change"
		column := fmt.Sprintf("c%d", i)
		if sql {
			files[name+".sql"] = fmt.Sprintf("-- revision: %s\n-- revises: %s\n-- branch: %s\n-- message: add %s\n\n-- +up\nALTER TABLE t ADD COLUMN %s VARCHAR(36);\nCREATE INDEX ix_%s ON t (%s);\n", id, parent[branch], branch, column, column, column, column)
		} else {
			files[name+".toml"] = fmt.Sprintf("revision = %q\nrevises = %q\nbranch = %q\nmessage = \"add %s\"\n\n[[up]]\nadd_column = { table = \"t\", name = %q, type = \"string(36)\" }\n\n[[up]]\nadd_index = { table = \"t\", name = \"ix_%s\", columns = [%q] }\n", id, parent[branch], branch, column, column, column, column)
		}
		parent[branch] = id
	}
	return files
}

// onDisk writes files below a new directory.
func onDisk(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// inMemory is files as a file tree.
func inMemory(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return fsys
}

// processorTime is what the process has used of all processors.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		for _, sql := range []bool{false, true} {
			kind := map[bool]string{false: "toml", true: "sql"}[sql]
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				dir := onDisk(b, generated(n, sql))
				b.ReportAllocs()
				before := processorTime(b)
				defer func() {
					b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
				}()
				for b.Loop() {
					if _, err := catalog.Load(os.DirFS(dir), catalog.Options{Dir: dir}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
