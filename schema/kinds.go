package schema

// kind is one line of the list of operations.
type kind struct {
	name string
	new  func() Operation
}

// kinds lists the operations, in the order of the formats' description. It is
// asked for every operation of every catalog, so it is made once; it never
// changes.
var kinds = []kind{
	{"create_table", func() Operation { return &CreateTable{} }},
	{"drop_table", func() Operation { return &DropTable{} }},
	{"rename_table", func() Operation { return &RenameTable{} }},
	{"add_column", func() Operation { return &AddColumn{} }},
	{"drop_column", func() Operation { return &DropColumn{} }},
	{"rename_column", func() Operation { return &RenameColumn{} }},
	{"alter_column", func() Operation { return &AlterColumn{} }},
	{"add_index", func() Operation { return &AddIndex{} }},
	{"drop_index", func() Operation { return &DropIndex{} }},
	{"add_unique", func() Operation { return &AddUnique{} }},
	{"drop_unique", func() Operation { return &DropUnique{} }},
	{"add_foreign_key", func() Operation { return &AddForeignKey{} }},
	{"drop_foreign_key", func() Operation { return &DropForeignKey{} }},
	{"add_check", func() Operation { return &AddCheck{} }},
	{"drop_check", func() Operation { return &DropCheck{} }},
	{"create_enum", func() Operation { return &CreateEnum{} }},
	{"drop_enum", func() Operation { return &DropEnum{} }},
	{"add_enum_value", func() Operation { return &AddEnumValue{} }},
	{"drop_enum_value", func() Operation { return &DropEnumValue{} }},
	{"create_trigger", func() Operation { return &CreateTrigger{} }},
	{"drop_trigger", func() Operation { return &DropTrigger{} }},
	{"insert_rows", func() Operation { return &InsertRows{} }},
	{"update_rows", func() Operation { return &UpdateRows{} }},
	{"delete_rows", func() Operation { return &DeleteRows{} }},
	{"sync_columns", func() Operation { return &SyncColumns{} }},
	{"unsync_columns", func() Operation { return &UnsyncColumns{} }},
	{"sql", func() Operation { return &SQL{} }},
}

// NewOperation returns a pointer to an operation of a kind with nothing in
// it, to be decoded into; false if the kind is not known.
func NewOperation(name string) (Operation, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k.new(), true
		}
	}
	return nil, false
}

// Kinds lists the names of all operations.
func Kinds() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}
