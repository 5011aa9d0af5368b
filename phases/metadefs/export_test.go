package metadefs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/engine/database"
	"manage/engine/enginetest"
)

// exported are the files of a folder, by name.
func exported(t testing.TB, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(text)
	}
	return all
}

// What is loaded is exported as one line each, and loading that changes nothing
// of it.
func TestExport(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, told := created(t, db)
		load(t, s, "testdata/files", Mode{})
		dir := t.TempDir() + "/"
		if err := s.Export(ctx, dir); err != nil {
			t.Fatal(err)
		}
		got := exported(t, dir)
		want := map[string]string{
			"HostMemoryPages.json": `{"namespace": "LAB::Compute::HostMemory", "display_name": "Host Memory & Pages", "description": "What a host offers an instance: page sizes, and how they are backed.\nSizes are in KiB.", "visibility": "public", "protected": true, ` +
				`"resource_type_associations": [{"name": "OS::Cinder::Volume", "prefix": "hw_", "properties_target": "image"}, {"name": "OS::Glance::Image", "prefix": "hw_", "properties_target": null}, {"name": "OS::Nova::Flavor", "prefix": "hw:", "properties_target": null}], ` +
				`"properties": {"zero_fill": {"title": "Fill with zeros", "type": "boolean", "default": false}, "page_size": {"title": "Page size", "description": "Gr\u00f6\u00dfe einer Seite: \"small\", \"large\", \u00abany\u00bb, or a number. \u9875\u9762\u5927\u5c0f \ud83e\udde0", "type": "string", "enum": ["small", "large", "any", "2048", "1048576"], "default": "small"}, ` +
				`"balloon": {"type": "object", "minimum": 0.50, "maximum": 1E3, "properties": {"step": {"type": "integer", "readonly": null}, "hints": {"type": "array", "items": [{"a/b": "c\\d"}, [], {}]}}, "required": ["step"]}}, ` +
				`"objects": [{"name": "NUMA cell", "description": "One cell of the host, as the guest sees it.", "properties": {"cell_cpus": {"title": "CPUs", "type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"}, "cell_mem": {"title": "Memory", "type": "integer", "minimum": 1}}}, {"name": "Empty cell", "description": null, "properties": null}], ` +
				`"tags": [{"name": "memory"}, {"name": "gr\u00f6\u00dfe"}]}`,
			"LABMinimal.json": `{"namespace": "LAB::Minimal", "display_name": null, "description": null, "visibility": null, "protected": null, "resource_type_associations": [], "properties": {}, "objects": [], "tags": []}`,
			"Betriebssystem日本語.json": `{"namespace": "LAB::Software::OperatingSystem", "display_name": "Betriebssystem (\u65e5\u672c\u8a9e)", "description": null, "visibility": "private", "protected": null, ` +
				`"resource_type_associations": [{"name": "OS::Glance::Image", "prefix": null, "properties_target": null}], "properties": {"os_distro": {"type": "string", "title": "Distribution"}, "os_admin_user": {"type": "string"}}, "objects": [], "tags": []}`,
			"Risks2.json": `{"namespace": "LAB::Risk", "display_name": "Risks_2", "description": null, "visibility": null, "protected": false, "resource_type_associations": [], "properties": {}, "objects": [], "tags": [{"name": "cve"}, {"name": "end-of-life"}]}`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		*told = nil
		load(t, s, dir, Mode{Merge: true, Overwrite: true})
		if err := s.Export(ctx, dir); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, exported(t, dir)); diff != "" {
			t.Errorf("the second time (-want +got):\n%s", diff)
		}
		if line := fmt.Sprintf("metadefs.Exported{LAB::Risk %sRisks2.json true}", dir); !slices.Contains(*told, line) {
			t.Errorf("not told: %s, but %q", line, *told)
		}
	})
}

// Each namespace finds a file, or is named.
func TestExportNames(t *testing.T) {
	db := enginetest.New(t, "sqlite")
	s, told := created(t, db)
	load(t, s, folder(t,
		"1.json", `{"namespace": "LAB::A", "display_name": "Same Name"}`,
		"2.json", `{"namespace": "LAB::B", "display_name": "Same-Name!"}`,
		"3.json", `{"namespace": "LAB::C", "display_name": "../../etc/..."}`,
		"4.json", `{"namespace": "LAB::D", "display_name": "???"}`,
		"5.json", `{"namespace": "L-AB::B", "display_name": "same_Name"}`,
		"6.json", `{"namespace": "LA-B::B", "display_name": "Same Name."}`,
		"7.json", `{"namespace": "::", "display_name": "!"}`,
	), Mode{})
	prefix := t.TempDir() + "/defs-"
	*told = nil
	if err := s.Export(ctx, prefix); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"metadefs.Exported{LAB::A defs-SameName.json false}",
		"metadefs.NameTaken{LAB::B defs-SameName.json LAB::A defs-LABB.json}",
		"metadefs.Exported{LAB::B defs-LABB.json false}",
		"metadefs.Exported{LAB::C defs-etc.json false}",
		"metadefs.Exported{LAB::D defs-LABD.json false}",
		"metadefs.Exported{L-AB::B defs-sameName.json false}",
		"metadefs.NotExported{LA-B::B  defs-LABB.json is taken by the namespace LAB::B}",
		"metadefs.NotExported{::  neither its display name nor its name is left for a file}",
	}
	for i := range *told {
		(*told)[i] = strings.ReplaceAll((*told)[i], filepath.Dir(prefix)+"/", "")
	}
	if diff := cmp.Diff(want, *told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What cannot be written is told, and does not stop the rest.
func TestExportFailures(t *testing.T) {
	db := enginetest.New(t, "sqlite")
	s, told := created(t, db)
	load(t, s, folder(t,
		"1.json", `{"namespace": "LAB::A", "properties": {"p": {}}}`,
		"2.json", `{"namespace": "LAB::B", "objects": [{"name": "o"}]}`,
		"3.json", `{"namespace": "LAB::C"}`, "4.json", `{"namespace": "LAB::D"}`), Mode{})
	db.Exec(t, "UPDATE metadef_properties SET json_schema = '{oops'; UPDATE metadef_objects SET json_schema = ''")
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "LABC.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	*told = nil
	if err := s.Export(ctx, dir+"/"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"metadefs.NotExported{LAB::A  the stored schema of the property p is not JSON}",
		"metadefs.NotExported{LAB::B  the stored schema of the object o is not JSON}",
		"metadefs.NotExported{LAB::C " + dir + "/LABC.json rename",
		"metadefs.Exported{LAB::D " + dir + "/LABD.json false}",
	}
	for i, line := range want {
		if len(*told) != len(want) || !strings.HasPrefix((*told)[i], line) {
			t.Errorf("told %q, want %q", *told, line)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
	if err := s.Export(ctx, filepath.Join(dir, "nowhere")+"/"); err != nil {
		t.Errorf("without a folder: %v", err)
	}
	if last := (*told)[len(*told)-1]; !strings.HasSuffix(last, "no such file or directory}") {
		t.Errorf("without a folder: told %s", last)
	}
}

// Who may only read can export.
func TestExportOnlyReads(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, _ := created(t, db)
		load(t, s, "testdata/files", Mode{})
		url := db.URL
		if db.Dialect == "sqlite" {
			if err := os.Chmod(db.Name, 0o444); err != nil {
				t.Fatal(err)
			}
		} else {
			url = db.Reader(t)
		}
		u, err := database.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		readOnly, err := database.Open(ctx, u, database.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer readOnly.Close()
		dir := t.TempDir()
		if err := (&Service{Catalog: s.Catalog, DB: readOnly}).Export(ctx, dir+"/"); err != nil || len(exported(t, dir)) != 4 {
			t.Errorf("%v: %v", err, exported(t, dir))
		}
	})
}

// schemas draws JSON values as people write them.
func schemas(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		leaves := rapid.OneOf(
			rapid.SampledFrom([]string{"null", "true", "false", "0", "-1.50", "2e9", "12345678901234567890", `"\ud83e\udde0"`, `"\u0000 \/ <&>"`, "{ }", "[]"}),
			rapid.Map(texts(), quoted))
		if depth == 0 || rapid.Bool().Draw(t, "leaf") {
			return leaves.Draw(t, "value")
		}
		items := rapid.SliceOfN(schemas(depth-1), 0, 4).Draw(t, "items")
		if rapid.Bool().Draw(t, "list") {
			return "[" + strings.Join(items, " ,\n") + "]"
		}
		for i := range items {
			items[i] = quoted(fmt.Sprint(texts().Draw(t, "key"), i)) + ":\t" + items[i]
		}
		return "{" + strings.Join(items, ",") + "}"
	})
}

// texts draws texts without NUL, which PostgreSQL does not store.
func texts() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.SampledFrom([]rune("abcXYZ019 _-:/\\\"'`?%$\n\té日🧠\u2028")), 0, 12, -1)
}

func quoted(s string) string {
	text, err := encode(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// namespaces draws a namespace; number makes its name and file name its own.
func namespaces(number int) *rapid.Generator[Namespace] {
	return rapid.Custom(func(t *rapid.T) Namespace {
		optional := func(label string) *string {
			return rapid.Ptr(texts(), true).Draw(t, label)
		}
		names := func(label string) []string {
			all := rapid.SliceOfN(texts(), 0, 4).Draw(t, label)
			for i := range all {
				all[i] = fmt.Sprintf("%d%s", i, all[i])
			}
			return all
		}
		display := fmt.Sprintf("n%d%s", number, texts().Draw(t, "display name"))
		n := Namespace{Name: fmt.Sprintf("LAB::%d%s", number, texts().Draw(t, "namespace")), DisplayName: &display,
			Description: optional("description"), Visibility: optional("visibility"), Protected: rapid.Ptr(rapid.Bool(), true).Draw(t, "protected"), Owner: defaultOwner}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"T1", "T2", "T3", "T4"}), 0, 3, rapid.ID).Draw(t, "types") {
			n.Associations = append(n.Associations, Association{name, optional("prefix"), optional("target")})
		}
		for _, name := range names("properties") {
			n.Properties = append(n.Properties, Property{name, oneLine([]byte(schemas(3).Draw(t, "schema")))})
		}
		for _, name := range names("objects") {
			n.Objects = append(n.Objects, Object{name, optional("about"), oneLine([]byte(schemas(2).Draw(t, "schema")))})
		}
		n.Tags = append(n.Tags, names("tags")...)
		return n
	})
}

// Load, export and load again lose and change nothing, whatever is in the
// namespaces.
func TestLoadAndExportAreInverse(t *testing.T) {
	db := enginetest.New(t, "sqlite")
	s, _ := created(t, db)
	rapid.Check(t, func(rt *rapid.T) {
		first, second := t.TempDir()+"/", t.TempDir()+"/"
		var want []Namespace
		for i := range rapid.IntRange(0, 4).Draw(rt, "number") {
			n := namespaces(i).Draw(rt, "namespace")
			text, err := n.Encode()
			if err != nil {
				rt.Fatal(err)
			}
			if err := os.WriteFile(fmt.Sprintf("%s%d.json", first, i), []byte(text), 0o644); err != nil {
				rt.Fatal(err)
			}
			sortAssociations(&n)
			want = append(want, n)
		}
		if err := s.Unload(ctx); err != nil {
			rt.Fatal(err)
		}
		for _, dir := range []string{first, second} {
			if len(want) > 0 {
				load(t, s, dir, Mode{Merge: true, Overwrite: true})
			}
			got, err := s.All(ctx)
			if err != nil {
				rt.Fatal(err)
			}
			slices.SortFunc(got, func(a, b Namespace) int { return strings.Compare(a.Name[:len("LAB::0")], b.Name[:len("LAB::0")]) })
			if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
				rt.Fatalf("after %s (-want +got):\n%s", dir, diff)
			}
			if err := s.Export(ctx, second); err != nil {
				rt.Fatal(err)
			}
			if files := exported(t, second); len(files) != len(want) {
				rt.Fatalf("%d files for %d namespaces", len(files), len(want))
			}
		}
	})
}
