// Package metadefs loads, removes and exports the metadata definitions of the
// image service: namespaces of properties, objects and tags, and the resource
// types that they are for. It owns the form of their files and the rows of
// their six tables. It prints nothing: what happens is told as events, what
// goes wrong as typed errors.
//
// A namespace is loaded in a transaction of its own, under the lease of the
// catalog: whatever stops a load, each namespace is in the database whole or as
// it was before.
package metadefs

import (
	"context"

	"manage/engine/database"
	"manage/engine/run"
	"manage/migrations/catalog"
)

// Service is the image service's catalog on one database.
type Service struct {
	Catalog *catalog.Catalog
	DB      database.DB
	// Run says how long to wait for locks, for the lease and between beats.
	Run run.Options
	// Faults breaks a run at a chosen point; nil outside tests.
	Faults run.Faults
	// Events is told of everything that happens: values of run.Event and of the
	// types in events.go. Nil to hear nothing.
	Events func(any)
}

// Namespace is one set of definitions. Pointers are nil where the database has
// NULL and the file null or nothing.
type Namespace struct {
	Name        string
	DisplayName *string
	Description *string
	Visibility  *string
	Protected   *bool
	// Owner is the project that it belongs to. It is not part of what is
	// exported.
	Owner        string
	Associations []Association
	Properties   []Property
	Objects      []Object
	Tags         []string
}

// Association says that a namespace is for a type of resources.
type Association struct {
	ResourceType     string
	Prefix           *string
	PropertiesTarget *string
}

// Property is a property with its JSON schema.
type Property struct {
	Name   string
	Schema JSON
}

// Object is a named group of properties with their JSON schemas.
type Object struct {
	Name        string
	Description *string
	Properties  JSON
}

// acquire takes the lease of the catalog.
func (s *Service) acquire(ctx context.Context, doing string) (*run.Held, error) {
	r := run.Runner{DB: s.DB, Catalog: s.Catalog.Name, VersionTable: s.Catalog.VersionTable, Options: s.Run, Faults: s.Faults}
	r.Events = func(e run.Event) { s.tell(e) }
	return r.Acquire(ctx, doing)
}

// tell hands an event on.
func (s *Service) tell(e any) {
	if s.Events != nil {
		s.Events(e)
	}
}
