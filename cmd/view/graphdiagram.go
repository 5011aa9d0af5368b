package view

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/revision"
)

// diagramBranches are the lines in the order in which diagrams group them.
var diagramBranches = [...]revision.Branch{revision.Trunk, revision.Expand, revision.Migrate, revision.Contract}

// diagramTitle names a group of a diagram.
func diagramTitle(b revision.Branch) string {
	if b == revision.Migrate {
		return "data migrations"
	}
	return string(b)
}

// graphMermaid is the graph as a Mermaid flowchart. Nodes are numbered, because
// ids can be words of Mermaid's own, such as "end".
func graphMermaid(nodes []GraphNode) string {
	var b strings.Builder
	b.WriteString("flowchart TB\n")
	names := make(map[string]string, len(nodes))
	for i, n := range nodes {
		names[n.ID] = fmt.Sprint("n", i)
	}
	eachBranch(nodes, func(branch revision.Branch, group []GraphNode) {
		fmt.Fprintf(&b, "  subgraph %s [\"%s\"]\n", "branch_"+string(branch), diagramTitle(branch))
		for _, n := range group {
			label := mermaidText(n.ID)
			if n.Message != "" {
				label += "<br/>" + mermaidText(n.Message)
			}
			shape := [2]string{"[", "]"}
			if n.Branch == revision.Migrate {
				shape = [2]string{"{{", "}}"}
			}
			fmt.Fprintf(&b, "    %s%s\"%s\"%s\n", names[n.ID], shape[0], label, shape[1])
		}
		b.WriteString("  end\n")
	})
	for _, n := range nodes {
		if n.Revises != "" {
			fmt.Fprintf(&b, "  %s --> %s\n", names[n.Revises], names[n.ID])
		}
		for _, d := range n.DependsOn {
			fmt.Fprintf(&b, "  %s -.-> %s\n", names[d], names[n.ID])
		}
	}
	var done []string
	for _, n := range nodes {
		if n.Applied {
			done = append(done, names[n.ID])
		}
	}
	if len(done) > 0 {
		b.WriteString("  classDef applied fill:#cfe8cf,stroke:#2e7d32,color:#111\n")
		fmt.Fprintf(&b, "  class %s applied\n", strings.Join(done, ","))
	}
	return b.String()
}

// mermaidText writes text so that it can stand in a quoted label: Mermaid
// reads #quot; and the like there.
func mermaidText(text string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "\n", " ").Replace(text)
}

// graphDot is the graph in the language of Graphviz.
func graphDot(nodes []GraphNode) string {
	var b strings.Builder
	b.WriteString("digraph revisions {\n  node [shape=box, style=rounded];\n")
	eachBranch(nodes, func(branch revision.Branch, group []GraphNode) {
		fmt.Fprintf(&b, "  subgraph cluster_%s {\n    label=%s;\n", branch, dotText(diagramTitle(branch)))
		for _, n := range group {
			label := n.ID
			if n.Message != "" {
				label += "\n" + n.Message
			}
			attributes := "label=" + dotText(label)
			if n.Branch == revision.Migrate {
				attributes += ", shape=hexagon"
			}
			if n.Applied {
				attributes += `, style="rounded,filled", fillcolor="#cfe8cf"`
			}
			fmt.Fprintf(&b, "    %s [%s];\n", dotText(n.ID), attributes)
		}
		b.WriteString("  }\n")
	})
	for _, n := range nodes {
		if n.Revises != "" {
			fmt.Fprintf(&b, "  %s -> %s;\n", dotText(n.Revises), dotText(n.ID))
		}
		for _, d := range n.DependsOn {
			fmt.Fprintf(&b, "  %s -> %s [style=dashed];\n", dotText(d), dotText(n.ID))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// dotText is a quoted string of Graphviz. A newline in it is written \n, which
// Graphviz centres.
func dotText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

// eachBranch calls f for each branch that has nodes.
func eachBranch(nodes []GraphNode, f func(revision.Branch, []GraphNode)) {
	for _, branch := range diagramBranches {
		group := slices.DeleteFunc(slices.Clone(nodes), func(n GraphNode) bool { return n.Branch != branch })
		if len(group) > 0 {
			f(branch, group)
		}
	}
}
