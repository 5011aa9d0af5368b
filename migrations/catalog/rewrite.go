package catalog

import (
	"errors"
	"fmt"
	"slices"
)

// finish checks the catalog as it will be, and writes it.
func (r *rebase) finish(target *versionFile) (*Rebased, error) {
	_, err := Load(overlay{r.files, r.texts}, r.opts)
	if err != nil && !errors.As(err, &r.done.Problems) {
		return nil, err
	}
	for _, p := range r.done.Problems {
		if p.Rivals == [2]string{} && !slices.Contains(r.before, p) {
			return nil, refuse("move the other revision instead, or mend this first", "%s cannot be moved, because then: %s", target.ID, p)
		}
	}
	r.done.Files = append(r.done.Files, *r.edited[target])
	others := r.all(func(n *versionFile) bool { return r.edited[n] != nil && n != target })
	slices.SortStableFunc(others, func(a, b *versionFile) int { return stage(a.Branch) - stage(b.Branch) })
	for _, n := range others {
		r.done.Files = append(r.done.Files, *r.edited[n])
	}
	return &r.done, r.write()
}

// write puts the files in place.
func (r *rebase) write() error {
	b := &batch{dir: r.opts.Dir, prefix: prefixOf(r.opts)}
	for _, n := range r.nodes {
		f := r.edited[n]
		if f == nil {
			continue
		}
		if f.OldName != "" {
			// First, so that a change that was cut off is not in two files: a
			// file whose name is not that of its id is reported.
			if err := b.rename(f.OldName, f.Name); err != nil {
				return b.done(err)
			}
		}
		if err := b.replace(f.Name, []byte(n.text), r.texts[f.Name]); err != nil {
			return b.done(err)
		}
	}
	return b.done(nil)
}

// rewrite makes the new text of a file. Ids that have changed are changed in
// its head.
func (r *rebase) rewrite(n *versionFile, ids map[string]string) error {
	f, ok := r.change(n), true
	mark, text := byteOrderMark(n.text)
	if f.Revises != f.Revised {
		if f.Revised == "" {
			text, ok = insertParent(n.file, text, n.ID, f.Revises)
		} else {
			text, ok = reword(n.file, text, "revises", f.Revised, f.Revises)
		}
	}
	for old, id := range ids {
		for _, key := range []string{"depends_on", "before"} {
			text, _ = reword(n.file, text, key, old, id)
		}
	}
	if ok && f.OldID != "" {
		key := map[bool]string{false: "revision", true: "migration"}[n.migration]
		text, ok = reword(n.file, text, key, f.OldID, f.ID)
	}
	if !ok {
		return fmt.Errorf("%s: its head is written in a way that cannot be changed by rebase: change it by hand", r.shown(n))
	}
	if f.OldName != "" {
		r.texts[f.OldName] = nil
	}
	r.texts[f.Name] = []byte(mark + text)
	return nil
}
