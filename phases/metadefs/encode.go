package metadefs

import (
	"encoding/json"
	"strings"
)

// The parts of a file, with their keys in the order of the service's own files.
type (
	fileText struct {
		Namespace    string            `json:"namespace"`
		DisplayName  *string           `json:"display_name"`
		Description  *string           `json:"description"`
		Visibility   *string           `json:"visibility"`
		Protected    *bool             `json:"protected"`
		Associations []associationText `json:"resource_type_associations"`
		Properties   json.RawMessage   `json:"properties"`
		Objects      []objectText      `json:"objects"`
		Tags         []tagText         `json:"tags"`
	}
	associationText struct {
		Name   string  `json:"name"`
		Prefix *string `json:"prefix"`
		Target *string `json:"properties_target"`
	}
	objectText struct {
		Name        string          `json:"name"`
		Description *string         `json:"description"`
		Properties  json.RawMessage `json:"properties"`
	}
	tagText struct {
		Name string `json:"name"`
	}
)

// Encode is the text of a namespace's file: one line of JSON. It fails only
// where a schema is not JSON, which nothing that Parse or the service wrote is.
func (n Namespace) Encode() (JSON, error) {
	properties, err := n.properties()
	if err != nil {
		return "", err
	}
	file := fileText{n.Name, n.DisplayName, n.Description, n.Visibility, n.Protected, []associationText{}, properties, []objectText{}, []tagText{}}
	for _, a := range n.Associations {
		file.Associations = append(file.Associations, associationText{a.ResourceType, a.Prefix, a.PropertiesTarget})
	}
	for _, o := range n.Objects {
		file.Objects = append(file.Objects, objectText{o.Name, o.Description, json.RawMessage(o.Properties)})
	}
	for _, name := range n.Tags {
		file.Tags = append(file.Tags, tagText{name})
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
