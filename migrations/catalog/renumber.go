package catalog

import (
	"path"
	"slices"

	"manage/engine/revision"
)

// renumber gives a file whose id another file has too the next free id, and so
// it does with the files of its cycle.
func (r *rebase) renumber(target *versionFile) error {
	group := r.all(func(n *versionFile) bool {
		return n == target || n.words() == target.words() && len(n.words()) > 1 && n.Release == target.Release
	})
	ids := map[string]string{} // old → new
	for _, b := range cycle {
		for _, n := range group {
			if n.Branch == b && len(r.twins(n)) > 0 {
				if err := r.newID(n, ids); err != nil {
					return err
				}
			}
		}
	}
	for _, n := range group {
		if r.edited[n] != nil && !n.migration {
			r.newPlace(n, group, ids)
		}
	}
	for _, n := range group {
		refers := slices.ContainsFunc(append(n.DependsOn, n.before), func(id string) bool { return ids[id] != "" })
		if r.edited[n] != nil || refers {
			if err := r.rewrite(n, ids); err != nil {
				return err
			}
		}
	}
	r.named(group, ids)
	return nil
}

// newID gives a file a free id and the name that goes with it.
func (r *rebase) newID(n *versionFile, ids map[string]string) error {
	release, branch, _, rule := revision.ParseID(n.ID)
	a := &r.author
	id := ""
	switch {
	case rule:
		a.release = release
		var err error
		if id, err = a.ruled(branch); err != nil {
			return err
		}
	case hash.MatchString(n.ID):
		id = a.free(func(int) string { return newHash() })
	default:
		a.release = n.Release
		id = a.trunkID(n.Revision)
	}
	a.catalog.Revisions[id] = nil // taken from now on
	ids[n.ID] = id
	f := r.change(n)
	f.ID, f.OldID, f.OldName = id, n.ID, n.file
	f.Name = path.Dir(n.file) + "/" + id + n.words() + path.Ext(n.file)
	return nil
}

// newPlace puts a renumbered revision behind the line of the file that keeps the
// id. One that followed another of the group still does.
func (r *rebase) newPlace(n *versionFile, group []*versionFile, ids map[string]string) {
	own := slices.ContainsFunc(group, func(o *versionFile) bool { return o != n && !o.migration && o.ID == n.Parent && r.edited[o] != nil })
	if own {
		r.change(n).Revises = ids[n.Parent]
		return
	}
	for _, twin := range r.twins(n) {
		if !twin.migration && twin.Branch == n.Branch {
			r.move(n, r.line(twin, group...))
			return
		}
	}
}

// named notes which files outside the group name an id that was given up.
func (r *rebase) named(group []*versionFile, ids map[string]string) {
	for _, n := range r.nodes {
		names := append([]string{n.Parent, n.before}, n.DependsOn...)
		if slices.Contains(group, n) || !slices.ContainsFunc(names, func(id string) bool { return ids[id] != "" }) {
			continue
		}
		ofTwin := slices.ContainsFunc(r.nodes, func(o *versionFile) bool {
			return o != n && o.words() == n.words() && len(n.words()) > 1 && ids[o.ID] != ""
		})
		if !ofTwin { // the other cycle names its own
			r.done.Kept = append(r.done.Kept, n.file)
		}
	}
}
