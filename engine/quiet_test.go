package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// loud is what is left to cmd: everything below it returns values and errors.
var loud = map[string][]string{
	"os":  {"Exit", "Stdout", "Stderr"},
	"fmt": {"Print", "Printf", "Println"},
	"log": {"Print", "Printf", "Println", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln"},
}

func TestPackagesBelowCmdAreQuiet(t *testing.T) {
	for _, f := range files(t) {
		if f.test || within(f.pkg, forTests) || within(f.pkg, "cmd") || within(f.pkg, "docs/howto") {
			continue
		}
		for _, use := range selectors(t, f) {
			if slices.Contains(loud[use[0]], use[1]) {
				t.Errorf("%s uses %s.%s; return it, and let cmd print or exit", f.name, use[0], use[1])
			}
		}
	}
}

func TestNothingIsRegisteredByImport(t *testing.T) {
	for _, f := range files(t) {
		for _, decl := range parse(t, f).Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function; write the list down where it is used", f.name)
			}
		}
	}
}

// selectors lists the uses of the form package.Name in a file; a variable that
// has the name of a package counts too.
func selectors(t *testing.T, f file) [][2]string {
	var uses [][2]string
	ast.Inspect(parse(t, f), func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				uses = append(uses, [2]string{x.Name, s.Sel.Name})
			}
		}
		return true
	})
	return uses
}

func parse(t *testing.T, f file) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", f.name), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
