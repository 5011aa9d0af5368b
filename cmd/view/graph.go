package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"manage/engine/revision"
)

// GraphFormats are the formats that Graph writes, the default first.
func GraphFormats() []string { return []string{"text", "mermaid", "dot"} }

// UnknownFormat is a graph format that is not one of GraphFormats.
type UnknownFormat struct{ Format string }

func (e *UnknownFormat) Error() string {
	return fmt.Sprintf("there is no graph format %q: use %s", e.Format, strings.Join(GraphFormats(), ", "))
}

// GraphNode is one revision or data migration of a drawn graph.
type GraphNode struct {
	ID string `json:"id"`
	// Branch is "migrate" for a data migration.
	Branch  revision.Branch `json:"branch"`
	Release string          `json:"release"`
	Message string          `json:"message"`
	Revises string          `json:"revises,omitempty"`
	// DependsOn names what it waits for on other branches; a contract revision
	// also waits for the data migrations that say they come before it.
	DependsOn []string `json:"depends_on"`
	// Applied is true for a data migration once a contract revision that waits
	// for it is applied.
	Applied bool `json:"applied"`
}

// GraphNodes lists what is drawn, release by release; nothing comes before
// what it needs. Titles are by id, and may lack any.
func GraphNodes(g *revision.Graph, applied revision.Set, titles map[string]string) []GraphNode {
	nodes := make([]GraphNode, 0, len(titles))
	waits, passed := make(map[string][]string), make(map[string]bool)
	for _, m := range g.Migrations() {
		if m.Before != "" {
			waits[m.Before] = append(waits[m.Before], m.ID)
		}
	}
	for _, r := range g.Revisions() {
		r.DependsOn = append(slices.Clone(r.DependsOn), waits[r.ID]...)
		for _, id := range r.DependsOn {
			passed[id] = passed[id] || applied.Has(r.ID)
		}
		waits[r.ID] = r.DependsOn
	}
	for _, id := range g.Reading() {
		node := GraphNode{ID: id, Message: titles[id]}
		if r, ok := g.Revision(id); ok {
			node.Branch, node.Release, node.Revises, node.Applied = r.Branch, r.Release, r.Parent, applied.Has(id)
			node.DependsOn = distinct(waits[id])
		} else if m, ok := g.Migration(id); ok {
			node.Branch, node.Release, node.Applied = revision.Migrate, m.Release, passed[id]
			node.DependsOn = distinct(m.DependsOn)
		}
		nodes = append(nodes, node)
	}
	return nodes
}

// distinct is ids without repetitions; never nil, so that JSON has a list.
func distinct(ids []string) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Graph draws a catalog's graph with what is applied. The format is one of
// GraphFormats, "" the first; the error is *UnknownFormat or the writer's.
func Graph(w io.Writer, g *revision.Graph, applied revision.Set, titles map[string]string, format string) error {
	nodes := GraphNodes(g, applied, titles)
	var text string
	switch cmp.Or(format, "text") {
	case "text":
		text = graphText(nodes)
	case "mermaid":
		text = graphMermaid(nodes)
	case "dot":
		text = graphDot(nodes)
	default:
		return &UnknownFormat{format}
	}
	_, err := io.WriteString(w, text)
	return err
}
