package metadefs

// Noted is the event for something odd in a file that does not stop its load:
// an unknown key, or one that is given twice.
type Noted struct {
	File string
	Note string // names the key and says what is odd
}

// Rejected is the event for a file that cannot be loaded. Nothing of it is.
type Rejected struct{ Err *BadFile }

// Overwriting is the event before an existing namespace is removed for the one
// of a file.
type Overwriting struct{ Namespace, File string }

// Loaded is the event after a file.
type Loaded struct {
	Namespace, File string
	How             How
}

// How is what became of a namespace.
type How int

// What can become of a namespace.
const (
	Added    How = iota // it is new
	Skipped             // it was there, and stays as it was
	Merged              // it was there, and what it lacked was added
	Updated             // it was there, and what is in the file counts now
	Replaced            // it was there, and was replaced
)

// NotLoaded is the event for a namespace that the database did not take. Nothing
// of it was changed.
type NotLoaded struct {
	Namespace, File string
	Err             error
}

// Finished is the event after all files.
type Finished struct{}

// Removing is the event before all definitions are removed.
type Removing struct{ Namespaces, ResourceTypes int64 }

// Removed is the event after all rows of a table were removed.
type Removed struct {
	Table string
	Rows  int64
}

// Exported is the event after a namespace was written to a file.
type Exported struct {
	Namespace, File string
	Overwrote       bool // the file was there
}

// NameTaken is the event for a namespace that is written to another file
// because this export has already written one of that name.
type NameTaken struct{ Namespace, File, By, Instead string }

// NotExported is the event for a namespace that could not be written.
type NotExported struct {
	Namespace, File string // no file where it did not come to that
	Err             error
}
