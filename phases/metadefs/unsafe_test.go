package metadefs

import (
	"errors"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/phases/rowaccess"
)

// Namespaces that a policy hides would be missing from an export, and be loaded
// twice.
func TestHiddenNamespaces(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	created(t, db)
	url := db.PlainOwner(t)
	db.HideRows(t, tagsTable)
	s := &Service{Catalog: glance(t), DB: fixtures.DB(t, url)}
	for name, err := range map[string]error{"export": s.Export(ctx, t.TempDir()+"/x"), "load": s.Load(ctx, nil, Mode{}), "unload": s.Unload(ctx)} {
		var e *rowaccess.Unsafe
		if !errors.As(err, &e) || !strings.Contains(e.Error(), "rows of the table "+tagsTable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A namespace is whole or not there, which needs transactions.
func TestNamespacesWithoutTransactions(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		s, _ := created(t, db)
		db.Exec(t, "SET FOREIGN_KEY_CHECKS = 0; CREATE TABLE copied AS SELECT * FROM "+tagsTable+"; DROP TABLE "+tagsTable+"; RENAME TABLE copied TO "+tagsTable+"; ALTER TABLE "+tagsTable+" ENGINE = MyISAM; SET FOREIGN_KEY_CHECKS = 1")
		var e *rowaccess.Unsafe
		if err := s.Load(ctx, nil, Mode{}); !errors.As(err, &e) || !strings.Contains(e.Error(), tagsTable+" has the storage engine MyISAM") {
			t.Errorf("load: %v", err)
		}
		if err := s.Export(ctx, t.TempDir()+"/x"); err != nil {
			t.Errorf("export only reads: %v", err)
		}
	})
}
