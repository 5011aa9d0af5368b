package cmd

import "cmp"

// Version is the version of manage.
const Version = "0.1.0"

// version is what --version shows.
func (c *call) version() string { return cmp.Or(c.program.Version, Version) }
