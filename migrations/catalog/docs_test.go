package catalog_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/schema"
)

// example is a code block of the reference that says which file it is.
var example = regexp.MustCompile("(?ms)^```(?:toml|sql) file=(\\S+)\n(.*?)^```$")

// The examples of the reference are one catalog, which loads and folds on
// every dialect, and the operations that it lists are those that there are.
func TestReference(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/catalog-format.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, m := range example.FindAllStringSubmatch(string(text), -1) {
		files[m[1]] = m[2]
	}
	if len(files) != 9 {
		t.Errorf("there are %d examples that name their file", len(files))
	}
	c, err := catalog.Load(inMemory(files), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range flavor.Dialects() {
		for _, online := range []bool{false, true} {
			if _, err := c.Fold(flavor.Default(d), online, c.Graph.All()); err != nil {
				t.Errorf("%s: %v", d, err)
			}
		}
	}
	_, table, _ := strings.Cut(string(text), "### Operations")
	table, _, _ = strings.Cut(table, "**Columns**")
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` ").FindAllStringSubmatch(table, -1) {
		listed = append(listed, m[1])
	}
	if want := schema.Kinds(); !slices.Equal(listed, want) {
		t.Errorf("the reference lists %v\nthere are           %v", listed, want)
	}
}
