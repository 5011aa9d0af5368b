package metadefs

import (
	"encoding/json"
	"strings"
)

// Encode is the text of a namespace's file: one line of JSON, its keys in the
// order of the service's own files. It fails only where a schema is not JSON,
// which nothing that Parse or the service wrote is.
func (n Namespace) Encode() (JSON, error) {
	type association struct {
		Name   string  `json:"name"`
		Prefix *string `json:"prefix"`
		Target *string `json:"properties_target"`
	}
	type object struct {
		Name        string          `json:"name"`
		Description *string         `json:"description"`
		Properties  json.RawMessage `json:"properties"`
	}
	type tag struct {
		Name string `json:"name"`
	}
	file := struct {
		Namespace    string          `json:"namespace"`
		DisplayName  *string         `json:"display_name"`
		Description  *string         `json:"description"`
		Visibility   *string         `json:"visibility"`
		Protected    *bool           `json:"protected"`
		Associations []association   `json:"resource_type_associations"`
		Properties   json.RawMessage `json:"properties"`
		Objects      []object        `json:"objects"`
		Tags         []tag           `json:"tags"`
	}{n.Name, n.DisplayName, n.Description, n.Visibility, n.Protected, []association{}, nil, []object{}, []tag{}}
	for _, a := range n.Associations {
		file.Associations = append(file.Associations, association{a.ResourceType, a.Prefix, a.PropertiesTarget})
	}
	for _, o := range n.Objects {
		file.Objects = append(file.Objects, object{o.Name, o.Description, json.RawMessage(o.Properties)})
	}
	for _, name := range n.Tags {
		file.Tags = append(file.Tags, tag{name})
	}
	var err error
	if file.Properties, err = n.properties(); err != nil {
		return "", err
	}
	text, err := encode(file)
	return oneLine(text), err
}

// properties are the properties as a JSON object, in their order.
func (n Namespace) properties() (json.RawMessage, error) {
	var all []string
	for _, p := range n.Properties {
		name, err := encode(p.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, string(name)+":"+string(p.Schema))
	}
	return json.RawMessage("{" + strings.Join(all, ",") + "}"), nil
}
