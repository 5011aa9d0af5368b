package config

import (
	"slices"
	"strings"
	"time"
)

// option is one thing that can be configured. The table of options below is
// the only place that knows their names, defaults and meanings: Load and the
// reference page are made from it.
type option struct {
	// key is its name in manage.toml, as "table.key"; "" if it has none there.
	key string
	// conf are its names in the services' .conf files: today's name, then older
	// ones, which are still read.
	conf []confName
	// env is its variable for manage; the older names use OS_<GROUP>__<OPTION>.
	env string
	// flag is its option on the command line, for the reference page.
	flag string
	kind kind
	// fallback is the default as text; "" for none.
	fallback string
	// secret values are never shown.
	secret bool
	doc    string
	// set stores the value; the error says what is wrong with it, without the
	// value.
	set func(c *Config, v value) error
}

// kind is the kind of values that an option takes, for the reference page.
type kind string

const (
	textKind     kind = "text"
	pathKind     kind = "path"
	numberKind   kind = "whole number"
	secondsKind  kind = "seconds, or a duration such as \"10s\""
	durationKind kind = "duration such as \"3s\" or \"100ms\", or seconds"
	booleanKind  kind = "true or false"
	listKind     kind = "list of texts"
)

// none is the default of what is unset and may stay so.
const none = ""

// options is the table. Its order is that of the reference page.
func options() []option {
	return slices.Concat(databaseOptions(), runOptions(), throttleOptions())
}

func databaseOptions() []option {
	return []option{
		{key: "database.connection", env: "MANAGE_CONNECTION", flag: "--connection", kind: textKind, secret: true,
			conf: names("database.connection", "DEFAULT.sql_connection", "database.sql_connection", "sql.connection"),
			doc:  "The database, as a URL in SQLAlchemy's form."},
		{key: "database.connection_file", flag: "--connection-file", kind: pathKind,
			doc: "A file whose content is the connection, for secrets. A relative path is taken from the folder of the configuration file."},
		{kind: textKind, secret: true, conf: names("database.slave_connection"),
			doc: "The database that `watcher-db-manage version` reads, a replica as a rule; nothing else uses it. Unset: the connection."},
		{kind: textKind, conf: names("database.connection_parameters"),
			doc: "Options that are put behind the connection's own, as in a URL."},
		{key: "database.schema", kind: textKind,
			doc: "The PostgreSQL schema to work in. It must exist. Unset: the server's search path decides, which is `public` as a rule.",
			set: func(c *Config, v value) error { c.Schema = v.text(); return nil }},
		{key: "database.max_retries", kind: numberKind, fallback: "10",
			conf: names("database.max_retries", "DEFAULT.sql_max_retries", "database.sql_max_retries"),
			doc:  "How many further attempts are made while the server does not answer; -1 for no limit.",
			set:  func(c *Config, v value) (err error) { c.MaxRetries, err = v.integer(); return }},
		{key: "database.retry_interval", kind: secondsKind, fallback: "10",
			conf: names("database.retry_interval", "DEFAULT.sql_retry_interval", "database.reconnect_interval"),
			doc:  "The pause between those attempts.",
			set:  func(c *Config, v value) (err error) { c.RetryInterval, err = v.duration(); return }},
		{key: "database.mysql_sql_mode", kind: textKind, conf: names("database.mysql_sql_mode"), fallback: "TRADITIONAL",
			doc: "The `sql_mode` of the sessions on MySQL and MariaDB. Empty takes the server's own. Words of it that change how SQL is read or what a value is, such as `ANSI_QUOTES`, are left out.",
			set: func(c *Config, v value) error { mode := v.text(); c.SQLMode = &mode; return nil }},
		{key: "database.mysql_wsrep_sync_wait", kind: numberKind, conf: names("database.mysql_wsrep_sync_wait"),
			doc: "The `wsrep_sync_wait` of the sessions on Galera. Unset leaves the server's own alone.",
			set: func(c *Config, v value) error {
				n, err := v.integer()
				c.WsrepSyncWait = &n
				return err
			}},
	}
}

func runOptions() []option {
	return []option{
		{key: "catalog.name", env: "MANAGE_CATALOG", flag: "--catalog", kind: textKind,
			doc: "A built-in catalog. The flag and the variable take a path as well: what is not the name of a built-in catalog is one.",
			set: func(c *Config, v value) error { c.CatalogName = v.text(); return nil }},
		{key: "catalog.path", kind: pathKind,
			doc: "The folder of a catalog. A relative path is taken from the folder of the configuration file.",
			set: func(c *Config, v value) error { c.CatalogPath = v.path(); return nil }},
		{key: "locks.timeout", flag: "--lock-timeout", kind: durationKind, fallback: "3s",
			doc: "How long a statement that changes the schema waits for its lock. The service waits behind it for as long.",
			set: func(c *Config, v value) (err error) { c.Locks.Timeout, err = v.duration(); return }},
		{key: "locks.retries", flag: "--lock-retries", kind: numberKind, fallback: "20",
			doc: "How often such a statement is tried again.",
			set: func(c *Config, v value) (err error) { c.Locks.Retries, err = v.count(); return }},
		{key: "lease.ttl", kind: durationKind, fallback: "30s",
			doc: "How long a holder of the lease that gives no sign keeps it.",
			set: func(c *Config, v value) (err error) { c.Lease.TTL, err = v.duration(); return }},
		{key: "batches.time", flag: "--batch-time", kind: durationKind, fallback: "100ms",
			doc: "The time that one batch of a data migration, or of a purge, aims at: from 1ms to 1h. Its rows are locked for as long.",
			set: func(c *Config, v value) error { return checked(&c.Batches.Time, v.duration, BatchTime) }},
		{key: "batches.workers", flag: "--workers", kind: numberKind, fallback: "1",
			doc: "How many batches of a data migration run at once, each in its own range of keys: from 1 to 64. On SQLite always one.",
			set: func(c *Config, v value) error { return checked(&c.Batches.Workers, v.integer, WorkerCount) }},
		{key: "batches.pause", flag: "--pause-between", kind: durationKind, fallback: "0",
			doc: "The pause between two batches of a data migration, up to 1h.",
			set: func(c *Config, v value) error { return checked(&c.Batches.Pause, v.duration, BatchPause) }},
		{kind: booleanKind, conf: names("DEFAULT.debug"), flag: "--debug", fallback: "false",
			doc: "Log what is done in detail.",
			set: func(c *Config, v value) (err error) { c.Debug, err = v.boolean(); return }},
		{kind: textKind, conf: names("DEFAULT.metadata_source_path"),
			doc: "Where the image service's metadata definitions are read from and written to: `/etc/glance/metadefs/`, if unset.",
			set: func(c *Config, v value) error { c.MetadefsPath = v.text(); return nil }},
	}
}

// checked reads a value that has bounds.
func checked[T any](into *T, read func() (T, error), check func(T) error) (err error) {
	if *into, err = read(); err == nil {
		err = check(*into)
	}
	return err
}

// names reads "group.key" words.
func names(words ...string) []confName {
	all := make([]confName, len(words))
	for i, w := range words {
		group, key, _ := strings.Cut(w, ".")
		all[i] = confName{group, key}
	}
	return all
}

// declared are the options that a value in a .conf file may refer to as $name:
// those that every service has by the libraries it uses, whether or not they
// mean anything here. nil is an option without a default, which stands for "".
func declared(p program) map[confName]*string {
	all := map[confName]*string{}
	for _, line := range strings.Split(strings.TrimSpace(commonOptions), "\n") {
		name, fallback, _ := strings.Cut(strings.TrimSpace(line), "=")
		key := names(strings.TrimSpace(name))[0]
		all[key] = nil
		if fallback = strings.TrimSpace(fallback); fallback != "" {
			all[key] = &fallback
		}
	}
	for name, fallback := range p.options {
		all[name] = fallback
	}
	return all
}

// commonOptions are the options of the database and logging libraries.
const commonOptions = `
database.connection
database.slave_connection
database.asyncio_connection
database.asyncio_slave_connection
database.synchronous_reader = true
database.backend = sqlalchemy
database.connection_parameters
database.sqlite_synchronous = true
database.mysql_sql_mode = TRADITIONAL
database.mysql_wsrep_sync_wait
database.connection_recycle_time = 3600
database.max_pool_size = 5
database.max_overflow = 50
database.pool_timeout
database.max_retries = 10
database.retry_interval = 10
database.connection_debug = 0
database.connection_trace = false
database.use_db_reconnect = false
database.db_retry_interval = 1
database.db_inc_retry_interval = true
database.db_max_retry_interval = 10
database.db_max_retries = 20
DEFAULT.debug = false
DEFAULT.config_file
DEFAULT.config_dir
DEFAULT.config_source
DEFAULT.log_config_append
DEFAULT.log_date_format = %Y-%m-%d %H:%M:%S
DEFAULT.log_file
DEFAULT.log_dir
DEFAULT.use_syslog = false
DEFAULT.use_journal = false
DEFAULT.use_json = false
DEFAULT.use_stderr = false
DEFAULT.syslog_log_facility = LOG_USER
`

// unlimited is more than any pause that makes sense; it keeps seconds from
// overflowing a Duration.
const unlimited = 100 * 365 * 24 * time.Hour
