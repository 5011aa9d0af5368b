package config

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"manage/engine/database"
)

const glanceConf = "[database]\nconnection = mysql+pymysql://g:pw@db/glance?charset=utf8\n"

// TestConnection: who says the connection wins as the manual says.
func TestConnection(t *testing.T) {
	toml := func(connection string) string { return "[database]\nconnection = \"" + connection + "\"\n" }
	conf := func(connection string) string { return "[database]\nconnection = " + connection + "\n" }
	for _, c := range []struct {
		name       string
		disk       memory
		line       string
		want, from string
	}{
		{"nothing given", nil, "manage", "sqlite:///manage.sqlite", "the default"},
		{"an unknown name is manage", nil, "my-service", "sqlite:///manage.sqlite", "the default"},
		{"working directory", memory{"/here/manage.toml": toml("sqlite:///a"), "/home/u/.manage/manage.toml": toml("sqlite:///b")}, "manage", "sqlite:///a", "/here/manage.toml:2"},
		{"home", memory{"/home/u/.manage/manage.toml": toml("sqlite:///b"), "/etc/manage/manage.toml": toml("sqlite:///c")}, "manage", "sqlite:///b", "/home/u/.manage/manage.toml:2"},
		{"etc", memory{"/etc/manage/manage.toml": toml("sqlite:///c")}, "manage", "sqlite:///c", "/etc/manage/manage.toml:2"},
		{"a named file keeps the others out", memory{"/here/manage.toml": toml("sqlite:///a"), "/x.toml": toml("sqlite:///x")}, "manage --config-file /x.toml", "sqlite:///x", "/x.toml:2"},
		{"the later file wins", memory{"/x.toml": toml("sqlite:///x"), "/y.conf": conf("sqlite:///y")}, "manage --config-file /x.toml --config-file=/y.conf", "sqlite:///y", "/y.conf:2"},
		{"the later file need not say all", memory{"/x.toml": toml("sqlite:///x"), "/y.conf": "[DEFAULT]\ndebug=on\n"}, "manage --config-file /x.toml --config-file /y.conf", "sqlite:///x", "/x.toml:2"},
		{"relative and home paths", memory{"/here/x.toml": toml("sqlite:///x"), "/home/u/y.toml": toml("sqlite:///y")}, "manage --config-file x.toml --config-file ~/y.toml", "sqlite:///y", "/home/u/y.toml:2"},
		{"a folder, sorted, both kinds", memory{"/d/1.toml": toml("sqlite:///1"), "/d/2.conf": conf("sqlite:///2"), "/d/3.ini": conf("sqlite:///3"), "/d/sub/4.toml": toml("sqlite:///4")}, "manage --config-dir /d", "sqlite:///2", "/d/2.conf:2"},
		{"a folder keeps the default file", memory{"/here/manage.toml": toml("sqlite:///a"), "/d/1.toml": "[locks]\nretries=1\n"}, "manage --config-dir /d", "sqlite:///a", "/here/manage.toml:2"},
		{"a file named after the folder wins", memory{"/d/1.toml": toml("sqlite:///1"), "/x.toml": toml("sqlite:///x")}, "manage --config-dir /d --config-file /x.toml", "sqlite:///x", "/x.toml:2"},
		{"and one named before it loses", memory{"/d/1.toml": toml("sqlite:///1"), "/x.toml": toml("sqlite:///x")}, "manage --config-file /x.toml --config-dir /d", "sqlite:///1", "/d/1.toml:2"},
		{"MANAGE_CONFIG_FILE", memory{"/here/manage.toml": toml("sqlite:///a"), "/x.toml": toml("sqlite:///x")}, "MANAGE_CONFIG_FILE=/x.toml manage", "sqlite:///x", "/x.toml:2"},
		{"a named file beats MANAGE_CONFIG_FILE", memory{"/y.toml": toml("sqlite:///y"), "/x.toml": toml("sqlite:///x")}, "MANAGE_CONFIG_FILE=/x.toml manage --config-file /y.toml", "sqlite:///y", "/y.toml:2"},
		{"environment beats files", memory{"/here/manage.toml": toml("sqlite:///a")}, "MANAGE_CONNECTION=sqlite:///e manage", "sqlite:///e", "MANAGE_CONNECTION"},
		{"environment beats a connection file", memory{"/here/manage.toml": "[database]\nconnection_file='c'\n"}, "MANAGE_CONNECTION=sqlite:///e manage", "sqlite:///e", "MANAGE_CONNECTION"},
		{"flag beats environment", memory{"/here/manage.toml": toml("sqlite:///a")}, "MANAGE_CONNECTION=sqlite:///e manage --connection sqlite:///f", "sqlite:///f", "--connection"},
		{"connection file of the flag", memory{"/here/secret": "sqlite:///s\n"}, "manage --connection-file secret", "sqlite:///s", "/here/secret"},
		{"connection file beside its configuration", memory{"/etc/manage/manage.toml": "[database]\nconnection_file = \"secret\"\n", "/etc/manage/secret": "  sqlite:///s\n"}, "manage", "sqlite:///s", "/etc/manage/secret"},
		{"a later connection beats an earlier connection file", memory{"/x.toml": "[database]\nconnection_file = \"secret\"\n", "/y.conf": conf("sqlite:///y")}, "manage --config-file /x.toml --config-file /y.conf", "sqlite:///y", "/y.conf:2"},
		{"a dollar in manage.toml is a dollar", memory{"/x.toml": toml("mysql://u:p$word@h/d")}, "manage --config-file /x.toml", "mysql://u:p$word@h/d", "/x.toml:2"},
		{"manage does not read the services' variables", nil, "OS_DATABASE__CONNECTION=sqlite:///o manage", "sqlite:///manage.sqlite", "the default"},

		{"glance.conf", memory{"/etc/glance/glance.conf": glanceConf}, "glance-manage", "mysql+pymysql://g:pw@db/glance?charset=utf8", "/etc/glance/glance.conf:2"},
		{"glance.conf beats glance-api.conf", memory{"/etc/glance/glance.conf": conf("sqlite:///a"), "/etc/glance/glance-api.conf": conf("sqlite:///b")}, "glance-manage", "sqlite:///a", "/etc/glance/glance.conf:2"},
		{"glance-manage.conf beats both", memory{"/etc/glance/glance.conf": conf("sqlite:///a"), "/etc/glance-manage.conf": conf("sqlite:///m")}, "/usr/bin/glance-manage", "sqlite:///m", "/etc/glance-manage.conf:2"},
		{"first place of each name", memory{"/home/u/.glance/glance.conf": conf("sqlite:///h"), "/etc/glance/glance.conf": conf("sqlite:///e")}, "glance-manage", "sqlite:///h", "/home/u/.glance/glance.conf:2"},
		{"home itself before /etc", memory{"/home/u/glance.conf": conf("sqlite:///h"), "/etc/glance.conf": conf("sqlite:///e")}, "glance-manage", "sqlite:///h", "/home/u/glance.conf:2"},
		{"watcher.conf", memory{"/etc/watcher/watcher.conf": conf("sqlite:///w")}, "watcher-db-manage", "sqlite:///w", "/etc/watcher/watcher.conf:2"},
		{"watcher-db-manage.conf beats it", memory{"/etc/watcher/watcher.conf": conf("sqlite:///w"), "/etc/watcher/watcher-db-manage.conf": conf("sqlite:///m")}, "watcher-db-manage", "sqlite:///m", "/etc/watcher/watcher-db-manage.conf:2"},
		{"solum-db-manage.conf", memory{"/etc/solum/solum.conf": conf("sqlite:///s"), "/home/u/.solum/solum-db-manage.conf": conf("sqlite:///m")}, "solum-db-manage", "sqlite:///m", "/home/u/.solum/solum-db-manage.conf:2"},
		{"mogan.conf.d", memory{"/etc/mogan/mogan.conf.d/1.conf": conf("sqlite:///1")}, "mogan-dbsync", "sqlite:///1", "/etc/mogan/mogan.conf.d/1.conf:2"},
		{"no configuration for watcher", nil, "watcher-db-manage", "sqlite:///./watcher.sqlite", "the default"},
		{"no configuration for mogan", nil, "mogan-dbsync", "sqlite:///./mogan.sqlite", "the default"},
		{"its folder is configured", memory{"/etc/watcher/watcher.conf": "[DEFAULT]\nstate_path = /var/lib/watcher\n"}, "watcher-db-manage", "sqlite:////var/lib/watcher/watcher.sqlite", "the default"},
		{"by way of another", memory{"/etc/mogan/mogan.conf": "[DEFAULT]\npybasedir = /opt\nstate_path = $pybasedir/var\n"}, "mogan-dbsync", "sqlite:////opt/var/mogan.sqlite", "the default"},
		{"a connection uses it", memory{"/x.conf": "[DEFAULT]\nstate_path = /s\n[database]\nconnection = sqlite:///$state_path/x.db\nbackend = sqlalchemy\n"}, "watcher-db-manage --config-file /x.conf", "sqlite:////s/x.db", "/x.conf:4"},
		{"OS_DEFAULT__STATE_PATH", nil, "OS_DEFAULT__STATE_PATH=/e watcher-db-manage", "sqlite:////e/watcher.sqlite", "the default"},
		{"OS_DATABASE__CONNECTION", nil, "OS_DATABASE__CONNECTION=sqlite:///o solum-db-manage", "sqlite:///o", "OS_DATABASE__CONNECTION"},
		{"in a snap", memory{"/snap/etc/glance/glance.conf": conf("sqlite:///s")}, "SNAP_COMMON=/snap glance-manage", "sqlite:///s", "/snap/etc/glance/glance.conf:2"},
		{"default folder", memory{"/etc/glance/glance.conf": conf("sqlite:///a"), "/etc/glance/glance.conf.d/10.conf": conf("sqlite:///d")}, "glance-manage", "sqlite:///d", "/etc/glance/glance.conf.d/10.conf:2"},
		{"default folders come before a named file", memory{"/etc/glance/glance.conf.d/10.conf": conf("sqlite:///d"), "/x.conf": conf("sqlite:///x")}, "glance-manage --config-file /x.conf", "sqlite:///x", "/x.conf:2"},
		{"and are read beside it", memory{"/etc/glance/glance.conf": conf("sqlite:///no"), "/etc/glance/glance.conf.d/10.conf": conf("sqlite:///d"), "/x.conf": "[DEFAULT]\n"}, "glance-manage --config-file /x.conf", "sqlite:///d", "/etc/glance/glance.conf.d/10.conf:2"},
		{"a named folder replaces them", memory{"/etc/glance/glance.conf": conf("sqlite:///a"), "/etc/glance/glance.conf.d/10.conf": conf("sqlite:///d"), "/d/1.conf": "[DEFAULT]\n"}, "glance-manage --config-dir /d", "sqlite:///a", "/etc/glance/glance.conf:2"},
		{"no TOML in a folder of an older name", memory{"/d/1.conf": conf("sqlite:///c"), "/d/2.toml": toml("sqlite:///t")}, "glance-manage --config-dir /d", "sqlite:///c", "/d/1.conf:2"},
		{"the services' variable", memory{"/etc/glance/glance.conf": conf("sqlite:///a")}, "OS_DATABASE__CONNECTION=sqlite:///o glance-manage", "sqlite:///o", "OS_DATABASE__CONNECTION"},
		{"an older name does not read manage's", memory{"/etc/glance/glance.conf": conf("sqlite:///a"), "/here/manage.toml": toml("sqlite:///b")}, "MANAGE_CONNECTION=sqlite:///m glance-manage", "sqlite:///a", "/etc/glance/glance.conf:2"},
		{"no home", memory{"/etc/glance/glance.conf": conf("sqlite:///a")}, "glance-manage", "sqlite:///a", "/etc/glance/glance.conf:2"},
		{"parameters", memory{"/etc/glance/glance.conf": glanceConf + "connection_parameters = a=1&b=2\n"}, "glance-manage", "mysql+pymysql://g:pw@db/glance?charset=utf8&a=1&b=2", "/etc/glance/glance.conf:2"},
		{"parameters alone", memory{"/etc/glance/glance.conf": conf("mysql://h/d") + "connection_parameters = a=1\n"}, "glance-manage", "mysql://h/d?a=1", "/etc/glance/glance.conf:2"},
		{"[DEFAULT] sql_connection", memory{"/x.conf": "[DEFAULT]\nsql_connection = sqlite:///old\n"}, "glance-manage --config-file /x.conf", "sqlite:///old", "/x.conf:2"},
		{"[DATABASE] sql_connection", memory{"/x.conf": "[DATABASE]\nsql_connection = sqlite:///old\n"}, "glance-manage --config-file /x.conf", "sqlite:///old", "/x.conf:2"},
		{"[sql] connection", memory{"/x.conf": "[sql]\nconnection = sqlite:///old\n"}, "glance-manage --config-file /x.conf", "sqlite:///old", "/x.conf:2"},
		{"today's name first", memory{"/x.conf": "[sql]\nconnection = sqlite:///old\n[database]\nconnection = sqlite:///new\n"}, "glance-manage --config-file /x.conf", "sqlite:///new", "/x.conf:4"},
		{"but the later file before that", memory{"/x.conf": conf("sqlite:///new"), "/y.conf": "[sql]\nconnection = sqlite:///old\n"}, "glance-manage --config-file /x.conf --config-file /y.conf", "sqlite:///old", "/y.conf:2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := given(c.disk, strings.Fields(c.line)...)
			if c.name == "no home" {
				in.Home = ""
			}
			got := load(t, in)
			if got.Connection != c.want || got.ConnectionFrom != c.from {
				t.Errorf("connection %q from %q, want %q from %q", got.Connection, got.ConnectionFrom, c.want, c.from)
			}
		})
	}
}

// TestReplica: a service's slave_connection takes the place of its connection
// for those that ask for the replica, and for nobody else.
func TestReplica(t *testing.T) {
	both := "[database]\nconnection = sqlite:///a\nslave_connection = sqlite:///b\nconnection_parameters = x=1\n"
	for _, c := range []struct {
		name, conf, line       string
		connection, replicated string
	}{
		{"both", both, "watcher-db-manage --config-file /x.conf", "sqlite:///a?x=1", "sqlite:///b?x=1"},
		{"one", "[database]\nconnection = sqlite:///a\n", "watcher-db-manage --config-file /x.conf", "sqlite:///a", "sqlite:///a"},
		{"an empty one", "[database]\nconnection = sqlite:///a\nslave_connection =\n", "watcher-db-manage --config-file /x.conf", "sqlite:///a", "sqlite:///a"},
		{"the replica alone", "[database]\nslave_connection = sqlite:///b\n", "solum-db-manage --config-file /x.conf", "", "sqlite:///b"},
		{"the environment", both, "OS_DATABASE__SLAVE_CONNECTION=sqlite:///e watcher-db-manage --config-file /x.conf", "sqlite:///a?x=1", "sqlite:///e?x=1"},
		{"manage knows of none", both, "manage --config-file /x.conf", "sqlite:///a?x=1", "sqlite:///a?x=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := load(t, given(memory{"/x.conf": c.conf}, strings.Fields(c.line)...))
			if got.Connection != c.connection || got.Replica().Connection != c.replicated {
				t.Errorf("connection %q, replica %q; want %q and %q", got.Connection, got.Replica().Connection, c.connection, c.replicated)
			}
		})
	}
	broken := given(memory{"/x.conf": "[database]\nconnection = sqlite:///a\nslave_connection = mysql://u:s3cret$word@h/d\n"}, "watcher-db-manage", "--config-file", "/x.conf")
	_, _, err := load(t, broken).Replica().Database()
	if want := "/x.conf:3: [database] slave_connection has a $ before a name that is not an option: write $$ for a dollar sign"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestUnusableConnection: what is wrong with the connection is told when it is
// needed, in one sentence without a password.
func TestUnusableConnection(t *testing.T) {
	for _, c := range []struct {
		name string
		disk memory
		line string
		want string
	}{
		{"none", nil, "glance-manage", "no connection is configured"},
		{"none for solum", nil, "solum-db-manage", "no connection is configured"},
		{"the default refers to nothing", memory{"/x.conf": "[DEFAULT]\nstate_path = $nowhere\n"}, "watcher-db-manage --config-file /x.conf",
			"the default connection sqlite:///$state_path/watcher.sqlite cannot be made: an option in it has a $ before a name that is not an option: write $$ for a dollar sign"},
		{"empty variable", nil, "MANAGE_CONNECTION= manage", "MANAGE_CONNECTION: the connection is empty"},
		{"empty value", memory{"/x.conf": "[database]\nconnection =\n"}, "glance-manage --config-file /x.conf", "/x.conf:2: the connection is empty"},
		{"flag and file", nil, "manage --connection a --connection-file b", "--connection: is given together with --connection-file: give one of them"},
		{"both in one file", memory{"/x.toml": "[database]\nconnection = 'sqlite://'\nconnection_file = 'b'\n"}, "manage --config-file /x.toml", "/x.toml:3: [database] has both a connection and a connection_file: give one of them"},
		{"missing connection file", nil, "manage --connection-file b", "--connection-file: there is no connection file /here/b"},
		{"unreadable connection file", memory{"/here/b": "denied"}, "manage --connection-file b", "--connection-file: the connection file /here/b cannot be read: permission denied"},
		{"empty connection file", memory{"/here/b": " \n"}, "manage --connection-file b", "--connection-file: the connection file /here/b is empty"},
		{"malformed", nil, "manage --connection u:s3cret@host", "--connection: the connection is not a URL of the form dialect://user:password@host/database"},
		{"a dollar in the password", memory{"/x.conf": "[database]\nconnection = mysql://u:s3cret$word@h/d\n"}, "glance-manage --config-file /x.conf", "/x.conf:2: [database] connection has a $ before a name that is not an option: write $$ for a dollar sign"},
		{"and in the environment", nil, "OS_DATABASE__CONNECTION=mysql://u:s3cret$word@h/d glance-manage", "OS_DATABASE__CONNECTION: [database] connection has a $ before a name that is not an option: write $$ for a dollar sign"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := load(t, given(c.disk, strings.Fields(c.line)...)).Database()
			var e *Error
			if !errors.As(err, &e) || e.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

// TestBadConfiguration: what is wrong with the rest stops at once.
func TestBadConfiguration(t *testing.T) {
	for _, c := range []struct {
		name string
		disk memory
		line string
		want string
	}{
		{"missing files, all named", memory{"/b.toml": ""}, "manage --config-file /a.toml --config-file /b.toml --config-file /c.toml", "--config-file: there is no file /a.toml, /c.toml"},
		{"missing folder", nil, "manage --config-dir /d", "--config-dir: the folder /d cannot be read: file does not exist"},
		{"missing MANAGE_CONFIG_FILE", nil, "MANAGE_CONFIG_FILE=a.toml manage", "MANAGE_CONFIG_FILE: there is no file /here/a.toml"},
		{"unreadable", memory{"/a.toml": "denied"}, "manage --config-file /a.toml", "/a.toml: the file cannot be read: permission denied"},
		{"unreadable default file", memory{"/etc/glance/glance.conf": "denied"}, "glance-manage", "/etc/glance/glance.conf: the file cannot be read: permission denied"},
		{"not TOML", memory{"/a.toml": "[database]\nconnection = mysql://u:s3cret@h/d\n"}, "manage --config-file /a.toml", "/a.toml:2: the file is not valid TOML here"},
		{"unknown table", memory{"/a.toml": "\n[databse]\nconnection = 'x'\n"}, "manage --config-file /a.toml", "/a.toml:2: there is no table [databse]"},
		{"unknown key", memory{"/a.toml": "[database]\n# x\nconection = 'x'\n"}, "manage --config-file /a.toml", "/a.toml:3: [database] has no key conection"},
		{"wrong type", memory{"/a.toml": "[database]\nmax_retries = 'many'\n"}, "manage --config-file /a.toml", "/a.toml:2: [database] max_retries is not a whole number"},
		{"wrong duration", memory{"/a.toml": "[locks]\ntimeout = 'soon'\n"}, "manage --config-file /a.toml", "/a.toml:2: [locks] timeout is not a duration: write \"3s\", \"100ms\", or a number of seconds"},
		{"negative duration", memory{"/a.toml": "[locks]\ntimeout = -1\n"}, "manage --config-file /a.toml", "/a.toml:2: [locks] timeout is not a duration: write \"3s\", \"100ms\", or a number of seconds"},
		{"negative workers", memory{"/a.toml": "[batches]\nworkers = -1\n"}, "manage --config-file /a.toml", "/a.toml:2: [batches] workers must be from 1 to 64"},
		{"no worker", memory{"/a.toml": "[batches]\nworkers = 0\n"}, "manage --config-file /a.toml", "/a.toml:2: [batches] workers must be from 1 to 64"},
		{"too many workers", memory{"/a.toml": "[batches]\nworkers = 65\n"}, "manage --config-file /a.toml", "/a.toml:2: [batches] workers must be from 1 to 64"},
		{"half a worker", memory{"/a.toml": "[batches]\nworkers = 1.5\n"}, "manage --config-file /a.toml", "/a.toml:2: [batches] workers is not a whole number"},
		{"no time for a batch", memory{"/a.toml": "[batches]\n\ntime = 0\n"}, "manage --config-file /a.toml", "/a.toml:3: [batches] time must be from 1ms to 1h"},
		{"too much time for a batch", memory{"/a.toml": "[batches]\ntime = '2h'\n"}, "manage --config-file /a.toml", "/a.toml:2: [batches] time must be from 1ms to 1h"},
		{"a pause that goes back", memory{"/a.toml": "[batches]\npause = '-1s'\n"}, "manage --config-file /a.toml", "/a.toml:2: [batches] pause is not a duration: write \"3s\", \"100ms\", or a number of seconds"},
		{"too long a pause", memory{"/a.toml": "[batches]\npause = '2h'\n"}, "manage --config-file /a.toml", "/a.toml:2: [batches] pause must not be longer than 1h"},
		{"negative count", memory{"/a.toml": "[locks]\nretries = -1\n"}, "manage --config-file /a.toml", "/a.toml:2: [locks] retries must not be negative"},
		{"wrong list", memory{"/a.toml": "[replicas]\nconnections = [1]\n"}, "manage --config-file /a.toml", "/a.toml:2: [replicas] connections is a list with something in it that is not text"},
		{"name and path", memory{"/a.toml": "[catalog]\nname = 'glance'\npath = 'db'\n"}, "manage --config-file /a.toml", "/a.toml:3: [catalog] has both a name and a path: give one of them"},
		{"empty catalog", nil, "MANAGE_CATALOG= manage", "MANAGE_CATALOG: is empty: give the name of a built-in catalog, or a folder"},
		{"wrong type in a .conf file", memory{"/x.conf": "[database]\nretry_interval = soon\n"}, "glance-manage --config-file /x.conf", "/x.conf:2: [database] retry_interval is not a duration: write \"3s\", \"100ms\", or a number of seconds"},
		{"wrong type in a variable", nil, "OS_DATABASE__MAX_RETRIES=x glance-manage", "OS_DATABASE__MAX_RETRIES: [database] max_retries is not a whole number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(given(c.disk, strings.Fields(c.line)...))
			var e *Error
			if !errors.As(err, &e) || e.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestNearestWords(t *testing.T) {
	_, err := Load(given(memory{"/here/manage.toml": "[locks]\ntimout = 1\n"}, "manage"))
	var e *Error
	if !errors.As(err, &e) || e.Unknown != "timout" || !cmp.Equal(e.Known, []string{"timeout", "retries"}) {
		t.Errorf("error %+v", err)
	}
}

func TestDefaults(t *testing.T) {
	mode := "TRADITIONAL"
	want := Config{Connection: "sqlite:///manage.sqlite", ConnectionFrom: "the default", MaxRetries: 10, RetryInterval: 10 * time.Second,
		SQLMode: &mode, CatalogName: "glance", Locks: Locks{3 * time.Second, 20}, Lease: Lease{30 * time.Second},
		Batches: Batches{100 * time.Millisecond, 1, 0}, Replicas: Replicas{MaxLag: 5 * time.Second}, MetadefsPath: "/etc/glance/metadefs/"}
	if diff := cmp.Diff(want, load(t, given(nil, "manage")), cmpopts.IgnoreUnexported(Config{})); diff != "" {
		t.Error(diff)
	}
}

// TestEveryKey reads the file that formats.md shows.
func TestEveryKey(t *testing.T) {
	disk := memory{"/here/manage.toml": `
[database]
connection = "postgresql://user@host/db"
schema = "images"
max_retries = -1
retry_interval = 2
mysql_sql_mode = ""
mysql_wsrep_sync_wait = 1
[catalog]
path = "db"
[locks]
timeout = "1500ms"
retries = 5
[lease]
ttl = "1m"
[batches]
time = 0.5
workers = 4
pause = "20ms"
[replicas]
connections = ["postgresql://r1/db", "postgresql://r2/db"]
max_lag = "2s"
`}
	mode, wait := "", 1
	want := Config{Connection: "postgresql://user@host/db", ConnectionFrom: "/here/manage.toml:3", Schema: "images", MaxRetries: -1,
		RetryInterval: 2 * time.Second, SQLMode: &mode, WsrepSyncWait: &wait, CatalogPath: "/here/db", CatalogFound: true, Locks: Locks{1500 * time.Millisecond, 5},
		Lease: Lease{time.Minute}, Batches: Batches{500 * time.Millisecond, 4, 20 * time.Millisecond}, MetadefsPath: "/etc/glance/metadefs/",
		Replicas: Replicas{[]string{"postgresql://r1/db", "postgresql://r2/db"}, 2 * time.Second}, Files: []string{"/here/manage.toml"}}
	got := load(t, given(disk, "manage"))
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Config{})); diff != "" {
		t.Error(diff)
	}
	u, o, err := got.Database()
	if err != nil || u.Host != "host" || o.Schema != "images" || o.MaxRetries != -1 || *o.WsrepSyncWait != 1 {
		t.Errorf("Database() = %+v, %+v, %v", u, o, err)
	}
}

func TestServiceOptions(t *testing.T) {
	disk := memory{"/x.conf": "[DEFAULT]\nsql_max_retries = 3\nmetadata_source_path = /m\n[database]\nreconnect_interval = 4\nmysql_sql_mode =\nmysql_wsrep_sync_wait =\nidle_timeout = x\n"}
	got := load(t, given(disk, "glance-manage", "--config-file", "/x.conf"))
	if got.MaxRetries != 3 || got.RetryInterval != 4*time.Second || *got.SQLMode != "" || got.WsrepSyncWait != nil || got.MetadefsPath != "/m" || got.CatalogName != "glance" {
		t.Errorf("got %+v", got)
	}
}

func TestCatalog(t *testing.T) {
	file := memory{"/etc/manage/manage.toml": "[catalog]\nname = 'watcher'\n"}
	for _, c := range []struct{ line, name, path string }{
		{"manage", "watcher", ""},
		{"MANAGE_CATALOG=glance manage", "glance", ""},
		{"MANAGE_CATALOG=db manage", "", "/here/db"},
		{"MANAGE_CATALOG=db manage --catalog glance", "glance", ""},
		{"manage --catalog ./glance", "", "/here/glance"},
		{"manage --catalog ~/c", "", "/home/u/c"},
		{"MANAGE_CATALOG=db glance-manage", "glance", ""},
		{"MANAGE_CATALOG=db watcher-db-manage", "", "/here/db"},
		{"MANAGE_CATALOG=glance solum-db-manage", "solum", ""},
		{"MANAGE_CATALOG= mogan-dbsync", "mogan", ""},
		{"mogan-dbsync --config-file /etc/manage/manage.toml", "mogan", ""},
	} {
		got := load(t, given(file, strings.Fields(c.line)...))
		if got.CatalogName != c.name || got.CatalogPath != c.path {
			t.Errorf("%s: catalog %q, %q; want %q, %q", c.line, got.CatalogName, got.CatalogPath, c.name, c.path)
		}
	}
}

// TestDebug: the switch and the files share one order.
func TestDebug(t *testing.T) {
	disk := memory{"/on.conf": "[DEFAULT]\ndebug = yes\n", "/off.conf": "[DEFAULT]\ndebug = False\n"}
	for line, want := range map[string]bool{
		"glance-manage":                                            false,
		"glance-manage --debug":                                    true,
		"glance-manage --config-file /on.conf":                     true,
		"glance-manage --debug --config-file /off.conf":            false,
		"glance-manage --config-file /off.conf --debug":            true,
		"glance-manage --config-file /on.conf --nodebug":           false,
		"OS_DEFAULT__DEBUG=1 glance-manage":                        true,
		"OS_DEFAULT__DEBUG=1 glance-manage --nodebug":              false,
		"OS_DEFAULT__DEBUG=0 glance-manage --config-file /on.conf": false,
		"manage --debug":                                           true,
	} {
		if got := load(t, given(disk, strings.Fields(line)...)).Debug; got != want {
			t.Errorf("%s: debug is %v", line, got)
		}
	}
}

// TestBlame: what is wrong with a URL is told with the place that it stands at.
func TestBlame(t *testing.T) {
	c := load(t, given(memory{"/x.conf": "[database]\nconnection = mysql://u:s3cret@h\n"}, "glance-manage", "--config-file", "/x.conf"))
	u, o, err := c.Database()
	if err != nil {
		t.Fatal(err)
	}
	_, err = database.Open(t.Context(), u, o)
	var e *Error
	if err = c.Blame(err); !errors.As(err, &e) || e.File != "/x.conf" || e.Line != 2 || !strings.Contains(e.Problem, "names no database") {
		t.Errorf("error %v", err)
	}
	other := errors.New("other")
	if got := c.Blame(other); got != other {
		t.Errorf("an error of another kind became %v", got)
	}
}
