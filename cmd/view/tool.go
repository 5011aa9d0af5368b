package view

import "fmt"

// ToolDocument is the document of `--version`.
type ToolDocument struct {
	Program string `json:"program"`
	Version string `json:"version"`
}

// ToolVersion prints the version of the program itself.
func ToolVersion(p *Page, program, version string) error {
	if p.JSON {
		return p.document(ToolDocument{Program: program, Version: version})
	}
	_, err := fmt.Fprintf(p.Out, "%s %s\n", program, version)
	return err
}
