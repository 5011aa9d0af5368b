package config

import (
	"fmt"
	"strings"
)

// Reference is the reference page of the configuration, in Markdown, made from
// the table of options.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceTop)
	table := ""
	for _, o := range options() {
		t, key, ok := strings.Cut(o.key, ".")
		if !ok {
			continue
		}
		if t != table {
			table = t
			fmt.Fprintf(&b, "\n### %s\n\n| key | value | default | meaning |\n|---|---|---|---|\n", heading(t))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s%s |\n", key, o.kind, code(o.fallback), o.doc, o.elsewhere())
	}
	b.WriteString(strings.Replace(referenceConf, "%PROGRAMS%", programTable(), 1))
	b.WriteString("\n| option | older names | meaning |\n|---|---|---|\n")
	for _, o := range options() {
		if len(o.conf) > 0 {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.conf[0], codes(o.conf[1:]), o.doc)
		}
	}
	b.WriteString(referenceBottom)
	return b.String()
}

// programTable lists the older names with their files.
func programTable() string {
	var b strings.Builder
	b.WriteString("| name | files, later ones win | folder | with no connection configured |\n|---|---|---|---|\n")
	for _, p := range programs() {
		if p.own() {
			continue
		}
		files := make([]string, len(p.files))
		for i, f := range p.files {
			files[i] = code(f + ".conf")
		}
		missing := "an error"
		if p.connection != "" {
			missing = code(p.connection)
		}
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s |\n", p.name, strings.Join(files, ", "), p.project, missing)
	}
	return b.String()
}

// heading is a table's name as it stands in a file.
func heading(table string) string {
	if table == throttleTable {
		return "[[" + table + "]]"
	}
	return "[" + table + "]"
}

// elsewhere is how the option is given outside of files.
func (o option) elsewhere() string {
	var ways []string
	for _, way := range []string{o.flag, o.env} {
		if way != "" {
			ways = append(ways, code(way))
		}
	}
	if len(ways) == 0 {
		return ""
	}
	return " Also " + strings.Join(ways, ", ") + "."
}

func code(word string) string {
	if word == "" {
		return ""
	}
	return "`" + word + "`"
}

func codes(all []confName) string {
	words := make([]string, len(all))
	for i, n := range all {
		words[i] = code(n.String())
	}
	return strings.Join(words, ", ")
}

const referenceTop = `# Configuration

<!-- Made from the table in cmd/config/options.go: go test ./cmd/config -update -->

What counts, from the strongest: the option on the command line, the environment, the files, the default.

## Files

Called as ` + "`manage`" + `, the tool reads the first ` + "`manage.toml`" + ` that it finds in the working directory, ` + "`~/.manage/`" + ` and ` + "`/etc/manage/`" + `. ` + "`--config-file FILE`" + ` (or ` + "`MANAGE_CONFIG_FILE`" + `) names another one instead, and may be repeated: of two files that say the same the later one counts. ` + "`--config-dir DIR`" + ` reads all ` + "`*.toml`" + ` and ` + "`*.conf`" + ` files of a folder, in the order of their names, at its place among the ` + "`--config-file`" + ` options. A file whose name ends in ` + "`.toml`" + ` is a ` + "`manage.toml`" + `; any other is read as a service's ` + "`.conf`" + ` file.

Files that are found by searching count only if they are the user's: the file, each directory on the way to it and each link belong to the user who runs the command, or to root, and neither everybody nor a group that others are in may write to them (a sticky directory such as ` + "`/tmp`" + ` may be on the way). The same holds for the catalog that such a file names, with each of its files and programs. Otherwise the command refuses, and names the file: whoever may write it could choose what the command works on and which programs it runs. A file that is named, with ` + "`--config-file`, `--config-dir`, `--catalog`, `MANAGE_CONFIG_FILE` or `MANAGE_CATALOG`" + `, is used as it is. That holds for root too, also under sudo: in the directory of another user, files have to be named. On Windows, nothing is looked at.

An unknown table or key in a ` + "`manage.toml`" + ` is an error. Configuration files, connection files and certificates are regular files of at most 1 MiB; anything else, such as a named pipe or a device, is refused. A duration is written as ` + "`\"3s\"`, `\"100ms\"`" + ` or a number of seconds.

## manage.toml
`

const referenceConf = `
With no connection anywhere ` + "`manage`" + ` works on the SQLite file ` + "`manage.sqlite`" + ` in the working directory, and with no catalog on the built-in ` + "`glance`" + `. A variable that is set and empty counts as given: an empty ` + "`MANAGE_CONNECTION`" + ` is an error, not the default.

## The services' .conf files

Under the older names the files are those of the service:

` + "%PROGRAMS%" + `
Each is taken from the first of ` + "`~/.PROJECT/`, `~/`, `/etc/PROJECT/`, `/etc/`" + ` that has it (then, in a snap, ` + "`$SNAP_COMMON/etc/PROJECT/` and `$SNAP/etc/PROJECT/`" + `); PROJECT is the folder in the table. The folders of the same names with ` + "`.conf.d`" + ` are read as well. ` + "`--config-file`" + ` keeps the default files out, ` + "`--config-dir`" + ` the default folders. Where there is a SQLite file by default, ` + "`$state_path`" + ` is that of ` + "`[DEFAULT]`" + `; unset it is ` + "`$pybasedir`" + `, and that, unset, is the working directory.

These options are read; all others are passed over:
`

const referenceBottom = `
Under an older name an option is also read from the environment, as ` + "`OS_<GROUP>__<OPTION>`" + `: ` + "`OS_DATABASE__CONNECTION`, `OS_DEFAULT__DEBUG`" + `.

A value may hold the values of other options as ` + "`$name`, `${name}`, `$group.name` or `${group.name}`" + `: of those in the table above, and of the database and logging options that all services have. A dollar sign before a letter that begins no such name is an error, also in a password: write ` + "`$$`" + `.

## Connections

` + "```" + `
dialect[+driver]://[user[:password]@][host][:port][/database][?option=value&...]
` + "```" + `

The dialects are ` + "`sqlite`, `postgresql` (or `postgres`), `mysql` and `mariadb`" + `; a driver behind the ` + "`+`" + ` is accepted and means nothing here. User and password are percent-decoded; of the password only ` + "`@` and `%`" + ` need to be encoded, as ` + "`%40` and `%25`" + `. Wherever a connection is shown its password is ` + "`***`" + `.

| database | URL |
|---|---|
| SQLite, relative path | ` + "`sqlite:///service.db`, or `service.db` (also `.sqlite`, `.sqlite3`)" + ` |
| SQLite, absolute path | ` + "`sqlite:////var/lib/service/service.db`" + ` |
| SQLite in memory | ` + "`sqlite://`, `sqlite:///:memory:`" + ` |
| SQLite's own URIs | ` + "`sqlite:///file:service.db?mode=ro&uri=true`" + ` |
| PostgreSQL | ` + "`postgresql+psycopg2://user:password@host:5432/db`" + ` |
| PostgreSQL over a Unix socket | ` + "`postgresql://user@/db?host=/var/run/postgresql`" + ` |
| PostgreSQL, several hosts | ` + "`postgresql://user@/db?host=first:5432&host=second:5432&target_session_attrs=read-write`" + ` |
| PostgreSQL with TLS | ` + "`postgresql://user@host/db?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem`" + ` |
| MySQL, MariaDB | ` + "`mysql+pymysql://user:password@host:3306/db?charset=utf8mb4`" + ` |
| MySQL over a Unix socket | ` + "`mysql+pymysql://user@localhost/db?unix_socket=/run/mysqld/mysqld.sock`" + ` |
| MySQL with TLS | ` + "`mysql+pymysql://user@host/db?ssl_ca=/etc/ssl/ca.pem`, with `ssl_cert` and `ssl_key` for a client certificate, `ssl_check_hostname=false` to accept another name" + ` |

Whether a server is MySQL or MariaDB it says itself; the URL need not be right about it.
`
