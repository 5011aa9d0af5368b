package migrations_test

import (
	"testing"

	"manage/migrations"
	"manage/migrations/catalog"
)

// Every built-in catalog loads, under the name that it is listed by.
func TestCatalogsLoad(t *testing.T) {
	for _, b := range migrations.Catalogs() {
		c, err := catalog.Load(b.FS, catalog.Options{Prefix: b.Name})
		if err != nil {
			t.Errorf("%s:\n%v", b.Name, err)
			continue
		}
		if c.Name != b.Name {
			t.Errorf("the catalog %q is listed as %q", c.Name, b.Name)
		}
	}
}
