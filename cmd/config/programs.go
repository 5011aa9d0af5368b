package config

import "path/filepath"

// program is what a name that the tool runs under means for its configuration.
type program struct {
	name string
	// project names the folders that the files are searched in.
	project string
	// files are the names of the default files without their suffix, in the
	// order in which they are read. Empty for manage, whose file is manage.toml.
	files []string
	// catalog is the built-in catalog of this name.
	catalog string
	// authored is true for a tool that writes revisions: its catalog may be in a
	// directory, which MANAGE_CATALOG or a manage.toml says.
	authored bool
	// connection is the connection where none is configured; "" if the program
	// insists on one.
	connection string
	// options are options of the service itself, beside those that all share:
	// they may be used in other values as $name. nil has no default.
	options map[confName]*string
}

// own reports whether the program is manage itself and not one of the older
// names, which read what their originals read.
func (p program) own() bool { return len(p.files) == 0 }

// programs lists the names; any other name is manage.
func programs() []program {
	metadefs := "/etc/glance/metadefs/"
	return []program{
		{name: "manage", catalog: "glance", connection: "sqlite:///manage.sqlite",
			options: map[confName]*string{{"DEFAULT", "metadata_source_path"}: &metadefs}},
		// glance.conf is read a second time, after glance-api.conf, because the
		// original does: its values win over those of glance-api.conf.
		{name: "glance-manage", project: "glance", catalog: "glance",
			files:   []string{"glance", "glance-api", "glance", "glance-manage"},
			options: map[confName]*string{{"DEFAULT", "metadata_source_path"}: &metadefs}},
		{name: "watcher-db-manage", project: "watcher", catalog: "watcher", authored: true,
			files:      []string{"watcher", "watcher-db-manage"},
			connection: "sqlite:///$state_path/watcher.sqlite", options: paths()},
		{name: "solum-db-manage", project: "solum", catalog: "solum", authored: true,
			files: []string{"solum", "solum-db-manage"}},
		{name: "mogan-dbsync", project: "mogan", catalog: "mogan", authored: true,
			files:      []string{"mogan", "mogan-dbsync"},
			connection: "sqlite:///$state_path/mogan.sqlite", options: paths()},
	}
}

// paths are the folders that some services configure, with their defaults. In
// the original pybasedir is where the service's package is installed. There is
// no such place here: the working directory stands for it.
func paths() map[confName]*string {
	base, bin, state := ".", "$pybasedir/bin", "$pybasedir"
	return map[confName]*string{
		{"DEFAULT", "pybasedir"}:  &base,
		{"DEFAULT", "bindir"}:     &bin,
		{"DEFAULT", "state_path"}: &state,
	}
}

func programNamed(name string) program {
	all := programs()
	for _, p := range all {
		if p.name == filepath.Base(name) {
			return p
		}
	}
	return all[0]
}
