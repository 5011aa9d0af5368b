package purge

import (
	"manage/engine/catalog"
	"manage/schema"
)

// Selection is what a purge would remove.
type Selection struct {
	parts []*part // one for each kind, in their order
	live  *schema.Schema
}

// part is what is selected of one kind: the rows of a condition, which the
// server evaluates, and others by their keys. The keys are literals. No row is
// in two of the three.
type part struct {
	kind    *catalog.PurgeKind
	expired string // "" for none
	count   int64  // rows that are expired
	related keys   // soft-deleted, of any age
	orphans keys   // live
}

// Counts are the objects that are selected.
func (s *Selection) Counts() Counts {
	var all Counts
	for _, p := range s.parts {
		if p.kind.Keep == "" {
			all = append(all, Count{Kind: p.kind.Name, Title: p.kind.Title, N: p.size()})
		}
	}
	return all
}

func (s *Selection) part(kind string) *part {
	for _, p := range s.parts {
		if p.kind.Name == kind {
			return p
		}
	}
	return nil
}

// ofTable is the part whose rows a table has, or nil.
func (s *Selection) ofTable(table string) *part {
	for _, p := range s.parts {
		if p.kind.Table == table {
			return p
		}
	}
	return nil
}

func (p *part) size() int64 { return p.count + int64(len(p.related.list)+len(p.orphans.list)) }

// named reports whether a row is selected by its key.
func (p *part) named(key string) bool { return p.related.has[key] || p.orphans.has[key] }

// keys is a set of keys in the order in which they came.
type keys struct {
	list []string
	has  map[string]bool
}

func (k *keys) add(key string) {
	if k.has == nil {
		k.has = map[string]bool{}
	}
	if !k.has[key] {
		k.has[key] = true
		k.list = append(k.list, key)
	}
}

// chunkSize is how many keys are named in one statement.
const chunkSize = 1000

// chunks cuts keys into lists that statements can bear.
func (k *keys) chunks() [][]string {
	var all [][]string
	for rest := k.list; len(rest) > 0; {
		n := min(chunkSize, len(rest))
		all, rest = append(all, rest[:n]), rest[n:]
	}
	return all
}
