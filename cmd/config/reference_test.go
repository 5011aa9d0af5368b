package config

import (
	"path/filepath"
	"strings"
	"testing"

	"manage/engine/enginetest/golden"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

// TestReference: the page in docs is the one that the table makes.
func TestReference(t *testing.T) {
	golden.File(t, filepath.Join("..", "..", "docs", "reference", "configuration.md"), Reference())
}

// TestOptions: every option can be read from somewhere, says what it means,
// and has a default that it takes itself.
func TestOptions(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range options() {
		id := o.key
		if len(o.conf) > 0 {
			id += o.conf[0].String()
		}
		if id == "" || seen[id] || o.doc == "" || !strings.HasSuffix(o.doc, ".") && !strings.HasSuffix(o.doc, "`.") {
			t.Errorf("%q is repeated, or lacks a place or a sentence: %q", id, o.doc)
		}
		seen[id] = true
		if o.fallback != none && o.set != nil {
			if err := o.set(&Config{}, value{raw: o.fallback}); err != nil {
				t.Errorf("%s does not take its default: %v", id, err)
			}
		}
	}
}
