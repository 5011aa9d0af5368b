package metadefs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"
)

// Export writes each namespace to a file of its own, whose name begins with
// prefix: a folder needs the slash at its end. What cannot be written is told as
// NotExported, and the others are written all the same. It writes nothing to the
// database. The error is *MissingTables if there are no tables to read.
func (s *Service) Export(ctx context.Context, prefix string) error {
	all, err := s.All(ctx)
	if err != nil {
		return err
	}
	x := &exporter{Service: s, prefix: prefix, taken: map[string]string{}}
	for _, n := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		file, overwrote, err := x.export(n)
		if err != nil {
			s.tell(NotExported{Namespace: n.Name, File: file, Err: err})
			continue
		}
		s.tell(Exported{Namespace: n.Name, File: file, Overwrote: overwrote})
	}
	return nil
}

// exporter is one run of an export.
type exporter struct {
	*Service
	prefix string
	taken  map[string]string // the namespace that a file was written for
}

// export writes one namespace.
func (x *exporter) export(n Namespace) (file string, overwrote bool, err error) {
	text, err := exportable(n)
	if err != nil {
		return "", false, err
	}
	file, err = x.file(n)
	if err != nil {
		return "", false, err
	}
	_, err = os.Lstat(file)
	overwrote = err == nil
	return file, overwrote, reason(replace(file, []byte(text)))
}

// exportable is the text of a namespace's file. The error names a stored schema
// that is not JSON.
func exportable(n Namespace) (JSON, error) {
	for _, p := range n.Properties {
		if !json.Valid([]byte(p.Schema)) {
			return "", fmt.Errorf("the stored schema of the property %s is not JSON", p.Name)
		}
	}
	for _, o := range n.Objects {
		if !json.Valid([]byte(o.Properties)) {
			return "", fmt.Errorf("the stored schema of the object %s is not JSON", o.Name)
		}
	}
	return n.Encode()
}

var errNoName = errors.New("neither its display name nor its name is left for a file")

// file is where a namespace goes: after its display name, or after its name
// where there is none or another namespace of this export has it.
func (x *exporter) file(n Namespace) (string, error) {
	var wanted string
	for _, name := range []string{pointed(n.DisplayName), n.Name} {
		if name = plain(name); name == "" {
			continue
		}
		file := x.prefix + name + ".json"
		if x.taken[file] == "" {
			x.taken[file] = n.Name
			if wanted != "" {
				x.tell(NameTaken{Namespace: n.Name, File: wanted, By: x.taken[wanted], Instead: file})
			}
			return file, nil
		}
		wanted = file
	}
	if wanted == "" {
		return "", errNoName
	}
	return "", fmt.Errorf("%s is taken by the namespace %s", wanted, x.taken[wanted])
}

// plain leaves the letters and digits of a name.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, name)
}

// replace writes a file in one go: whoever is stopped in the middle leaves the
// one before.
func replace(file string, text []byte) error {
	part := file + ".part"
	if err := os.WriteFile(part, text, 0o644); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		_ = os.Remove(part) // the rename is what went wrong
		return err
	}
	return nil
}
