package metadefs

import (
	"context"
	"fmt"
	"strings"

	"manage/engine/database"
	"manage/phases/rowaccess"
)

// The tables of metadata definitions.
const (
	namespacesTable    = "metadef_namespaces"
	typesTable         = "metadef_resource_types"
	associationsTable  = "metadef_namespace_resource_types"
	propertiesTable    = "metadef_properties"
	objectsTable       = "metadef_objects"
	tagsTable          = "metadef_tags"
	namespaceReference = "namespace_id" // what the tables below a namespace refer by
)

// table is a table and the columns that this package reads and writes.
type table struct {
	name    string
	columns []string
}

// tables are the six, in the order in which their rows can be removed.
func tables() []table {
	return []table{
		{propertiesTable, []string{"id", namespaceReference, "name", "json_schema"}},
		{objectsTable, []string{"id", namespaceReference, "name", "description", "json_schema"}},
		{tagsTable, []string{"id", namespaceReference, "name"}},
		{associationsTable, []string{"resource_type_id", namespaceReference, "properties_target", "prefix"}},
		{namespacesTable, []string{"id", "namespace", "display_name", "description", "visibility", "protected", "owner"}},
		{typesTable, []string{"id", "name", "protected"}},
	}
}

// query is the one for a table's columns. They are written with their table,
// because SQLite takes a lonely name in quotes that is no column for a text.
func (t table) query(sess database.Session) string {
	var columns []string
	for _, c := range t.columns {
		columns = append(columns, sess.QuoteIdent(t.name)+"."+sess.QuoteIdent(c))
	}
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(columns, ", "), sess.QuoteIdent(t.name))
}

// look opens a session for reading and checks that the tables are there; the
// error is *MissingTables if they are not, and *rowaccess.Unsafe if their rows
// are not all visible, or written without transactions.
func (s *Service) look(ctx context.Context, writing bool) (database.Session, error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkTables(ctx, sess, writing); err != nil {
		_ = sess.Close() // nothing was done on it
		return nil, err
	}
	return sess, nil
}

func checkTables(ctx context.Context, sess database.Session, writing bool) error {
	var uses []rowaccess.Use
	for _, t := range tables() {
		uses = append(uses, rowaccess.Use{Table: t.name, Written: writing, By: "the work on metadata definitions"})
	}
	if err := rowaccess.Check(ctx, sess, sess.Flavor().Dialect, uses); err != nil {
		return err
	}
	var missing []string
	for _, t := range tables() {
		rows, err := sess.QueryContext(ctx, t.query(sess)+" WHERE 1 = 0")
		if err == nil {
			err = rows.Close()
		}
		switch database.ClassOf(err) {
		case database.MissingTable, database.MissingColumn:
			missing = append(missing, t.name)
			continue
		}
		if err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return &MissingTables{missing}
	}
	return nil
}
