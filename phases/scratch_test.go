package phases

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
)

// sqlFirst is a catalog whose portable operations stand on plain SQL.
func sqlFirst(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(fstest.MapFS{
		"catalog.toml":      {Data: []byte("name = \"shop\"\n")},
		"versions/root.sql": {Data: []byte("-- revision: root\n-- +up\nCREATE TABLE goods (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20));\n")},
		"versions/one_expand01.toml": {Data: []byte("revision = \"one_expand01\"\nrevises = \"root\"\n" +
			"[[up]]\nalter_column = { table = \"goods\", name = \"name\", nullable = false }\n")},
	}, catalog.Options{Scratch: Scratch})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A plan without a database goes on behind plain SQL where its effect is
// known, and is refused, not cut short, where it is not.
func TestPlanOfflineBehindPlainSQL(t *testing.T) {
	s := &Service{Catalog: sqlFirst(t)}
	p, err := s.PlanOffline("sync", flavor.Default(flavor.SQLite), nil, Request{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Steps) != 2 || len(p.To) != 1 || p.To[0] != "one_expand01" {
		t.Errorf("%d steps to %v", len(p.Steps), p.To)
	}
	for _, d := range []flavor.Dialect{flavor.Postgres, flavor.MySQL, flavor.MariaDB} {
		_, err := s.PlanOffline("sync", flavor.Default(d), nil, Request{})
		var refused *Refused
		if !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want a refusal", d, err)
		}
	}
}

// A plan for a database that ends before its target says that more follows;
// run, it goes on by itself.
func TestPlanBehindPlainSQL(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, sqlFirst(t), db)
		p, err := s.Plan(context.Background(), "sync", Request{})
		if err != nil {
			t.Fatal(err)
		}
		known := db.Dialect == flavor.SQLite // tried out
		if known != (len(p.Steps) == 2) || known == p.More {
			t.Errorf("%d steps, more %t", len(p.Steps), p.More)
		}
		must(t, s, "sync", "")
		p, err = s.Plan(context.Background(), "sync", Request{})
		if err != nil || !p.Empty() || p.More {
			t.Errorf("got %+v, %v", p, err)
		}
	})
}

// A scratch database forgets all, and tells what it has.
func TestScratch(t *testing.T) {
	for range 2 {
		s, err := Scratch()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run("CREATE TABLE goods (id INTEGER)"); err != nil {
			t.Fatal(err)
		}
		if err := s.Run("CREATE TABLE goods (id INTEGER)"); err == nil {
			t.Error("a table was made twice")
		}
		found, err := s.Schema()
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Tables) != 1 || found.Table("goods") == nil {
			t.Errorf("got %v", found.Tables)
		}
		s.Close()
	}
}
