package view

import (
	"time"

	"manage/engine/plan"
	"manage/engine/revision"
)

// Document describes the one JSON document that a command prints with
// `-o json`, by an example of it.
type Document struct {
	Of      string // the command
	About   string
	Example any
}

// Documents lists all documents, for the reference page.
func Documents() []Document {
	heads := HeadsOfCatalog{Expand: "2024_1_expand01", Contract: "2024_1_contract01"}
	began := time.Date(2026, 11, 20, 22, 11, 19, 0, time.UTC)
	ended := began.Add(1500 * time.Millisecond)
	return []Document{
		{"db version", "`version` is the composite version; `rows` are the rows that are stored. `trunk`, `expand`, `contract` and `release` are null where there is none; a catalog without branches has `heads.trunk` only.",
			VersionDocument{
				Catalog: "glance", Version: []string{"wallaby_expand01", "wallaby_contract01"},
				Expand: optional("wallaby_expand01"), Contract: optional("wallaby_contract01"), Release: optional("wallaby"),
				Stage: revision.Behind, Heads: heads, Rows: []string{"wallaby_contract01"},
			}},
		{"db check", "`next` is the command that is due, null if none is; `exit` is the exit code. `revisions` is what `next` would apply, `data_migrations` what is due. `guards` is there if guards of the catalog refuse `next` as things are: `rows` is what the query returns, `error` why it cannot be asked. `not_asked`, here and in the documents of `status`, `wait` and `plan`, is there if programs of data migrations were not asked whether rows are left.",
			CheckDocument{
				Catalog: "glance", Stage: revision.Behind, Next: optional("expand"), Exit: 3,
				Revisions: []string{"xena_expand01"}, DataMigrations: []string{}, Problems: []Problem{},
			}},
		{"db status", "The states of a release are `none`, `open`, `partial`, `due` and `done`; those of a data migration `waiting`, `due`, `running`, `interrupted` (its process ended before it finished), `done` and `found again` (its release is contracted, and there are rows again). `estimate` is 0 while it is not known how many rows there are; `rows_per_second` is the speed of late, `batch_rows` how many rows a batch spans now, and `waiting` why the work pauses, null while it does not. `comparisons`, with the keys of `migrations`, are there while rows are compared before contract, and after that was interrupted, as long as the next `contract` goes on with them. `lease` is null while nobody works; its `state` is `alive`, `ended` (it is certain that the holder works no more, although the lease has not run out) or `expired`.",
			StatusDocument{
				Catalog: "glance", Stage: revision.Expanded, Version: []string{"ocata_expand01"},
				Releases:   []ReleaseState{{"ocata", "done", "due", "open"}},
				Migrations: []MigrationRow{{"ocata_migrate01", "running", 1200, 200000, 90000, 2, 8200, nil}},
				Lease:      &LeaseHeld{Holder: "root@db1 pid 4711", Doing: "migrate", Acquired: began, Beat: ended, Expires: ended.Add(30 * time.Second), State: "alive"},
				Next:       optional("migrate"), Problems: []Problem{},
			}},
		{"db lease", "`lease` is null while no process holds it. `state` is `alive`, `ended` (it is certain that the holder has ended, although the lease has not expired) or `expired`; `silent` is the time since its last heartbeat. `half_done` are revisions that were begun and not finished. `broken` and `session_ended` say what `--break` did.",
			LeaseDocument{
				Catalog: "glance", Lease: &LeaseInfo{LeaseHeld: LeaseHeld{Holder: "root@db1, pid 4711, manage 1.2", Doing: "expand", Acquired: began, Beat: ended, Expires: ended.Add(30 * time.Second), State: "alive"}, Silent: 4.2},
				Half: []HalfDone{{Revision: "ocata_expand01", Phase: "expand", Done: 1, Total: 5}},
			}},
		{"db wait", "`waited` is how long; `reached` is false when the time was up.",
			WaitDocument{Catalog: "glance", For: "expanded", Stage: optional("expanded"), Reached: true, Waited: 12.5}},
		{"db sync, upgrade, expand, migrate, contract, stamp", "What the command did, and the position of the database after it. `adopted` is the version that an existing schema was recorded as, null if none was. `accepted`, which is there only with `--accept`, are applied revisions whose changed files were recorded. `migrated` are the data migrations that ran, `compared` the [comparisons of rows](../explanation/phases.md#complete-before-contract) before something was removed, none of which found a difference: `rows` is how many were compared, and `sampled` is true if those were only a part (`--verify-rows sample`).",
			ChangeDocument{
				Catalog: "glance", Command: "sync", From: []string{"mitaka02"}, Applied: []string{"ocata_expand01", "ocata_contract01"},
				Moved:    []MovedMigration{{"ocata_migrate01", 261}},
				Compared: []ComparedRows{{"ocata_migrate01", "images.visibility with what ocata_migrate01 makes of is_public", 261, false}},
				Version:  []string{"ocata_expand01", "ocata_contract01"}, Rows: []string{"ocata_contract01"}, Stage: revision.Behind, Next: optional("expand"),
			}},
		{"db purge", "`deleted` is null for a dry run, else how many of the selected objects are gone; `cut` is true if there were more than the maximum.",
			PurgeDocument{
				Catalog: "watcher", Orphans: true, Objects: []PurgedKind{{"goal", 4, new(int64(4))}, {"strategy", 13, new(int64(13))}}, Total: 17, Deleted: new(int64(17)),
			}},
		{"db plan", "`lock` is the lock that the statement takes in the server's own words, or `none`; `blocks` is whom it blocks while it works through the rows: `none`, `writers`, `all`; both are null where they are not known, as for some plain SQL that changes the schema. `rewrites` is true if the statement rewrites the table. A statement that is refused unless `--allow-blocking` is given has `instead` as well: what to do instead. One that gives a column another type has `value_checks` if it might lose values: it is refused while one of these queries gives more than 0. `guards` is there if the catalog guards phases of the plan: while the query returns rows, the phase is refused. A step before which rows are compared has `checks`; `sampled` is true if only a part of the rows is compared, and `skipped` says why one of them is not made. `side_effects` is there if the plan does something to objects that no operation of it names ([side effects](../explanation/phases.md#side-effects)): `outcome` is `goes`, `shrinks`, `breaks`, `refuses`, `fires` or `unread`. See [locks](locks.md).",
			PlanDocument{
				Catalog: "glance", Dialect: "postgres", From: []string{"mitaka02"}, To: []string{"ocata_expand01"},
				Steps: []PlanStep{{"ocata_expand01", "expand", false, nil, []PlanStatement{{SQL: "CREATE INDEX CONCURRENTLY visibility_image_idx ON images (visibility)", Lock: optional("SHARE UPDATE EXCLUSIVE"), Blocks: optional("none")}}}},
			}},
		{"db verify", "`differences` are what makes the exit code 6. `want` is null for what should not be there, `have` for what is missing; `revision` is the one that made the object so, or removed it, null if none did. `known` are differences that the catalog lists as harmless, `open` are those that may be none, for the reason in `why`. `exact` is false where another tool made the schema, or a part of it, so that names that the server chose, comments and boolean checks are not compared. `half_done` are revisions that were begun and not finished, `changed` are applied ones whose files were changed since, `unseen` are the kinds of objects that the account may not see. `unmanaged` are objects that no revision makes. `compared` counts the objects that were compared, by kind; `not_compared` names what could not be, with the reason, and makes the exit code 6 with `--strict`, or if nothing was compared. `recorded_since` is the version at which what plain SQL had made was recorded as it was found, else null. With `--sql` there is `repairs` as well: for each difference the statements that would repair it, in the order in which they can be run; none where no statement does, which `note` says.",
			VerifyDocument{
				Catalog: "glance", Version: []string{"ocata_expand01", "ocata_contract01"}, Exact: true,
				Differences: []SchemaDifference{{Kind: "index", Table: optional("images"), Name: optional("visibility_image_idx"), Want: optional("(visibility)"),
					Message: "table images: index visibility_image_idx is missing ((visibility))", Revision: optional("ocata_expand01")}},
				Known: []SchemaDifference{}, Open: []SchemaDifference{}, Half: []HalfDone{}, Changed: []string{}, Unseen: []plan.ObjectKind{},
				Unmanaged: []string{"view public_images"},
				Compared:  map[string]int{"table": 14, "column": 120, "index": 31}, NotCompared: []NotCompared{},
			}},
		{"db history", "One entry for each attempt at a revision, oldest first; `finished` is null while it runs and after it was cut off.",
			HistoryDocument{Catalog: "glance", Attempts: []Attempt{{
				ID: 1, Revision: "ocata_expand01", Phase: "expand", Direction: "up", Checksum: "sha256:…", Statements: 3, Done: 3,
				Who: "root@db1 pid 4711", Started: began, Finished: &ended,
			}}}},
		{"db heads", "A catalog without branches has `trunk` only.", HeadsDocument{Catalog: "glance", Heads: heads}},
		{"db graph", "The revisions and data migrations, each after what it needs.",
			GraphDocument{Catalog: "glance", Version: []string{"ocata_expand01"}, Nodes: []GraphNode{{
				ID: "ocata_contract01", Branch: revision.Contract, Release: "ocata", Message: "drop is_public from images",
				Revises: "mitaka02", DependsOn: []string{"ocata_expand01", "ocata_migrate01"},
			}}}},
		{"db revision", "The files that were written, with their ids; `release` is null in a catalog without releases.",
			AddedDocument{Catalog: "shop", Release: optional("bexar"), NewRelease: true, Files: []AddedFile{
				{"shop/versions/bexar_expand01_split_the_name.toml", "bexar_expand01", "expand"},
			}}},
		{"db revision --autogenerate", "The files that were written, if any; `by_hand` is what nothing was written for, `advice` what to write, `notes` what to mind in what was written, `left_alone` what the catalog does not manage.",
			DerivedDocument{AddedDocument{Catalog: "shop", Release: optional("bexar"), Files: []AddedFile{{"shop/versions/bexar_expand01_cities.toml", "bexar_expand01", "expand"}}},
				[]DerivedFinding{{optional("goods"), optional("column cents"), "its type changes from integer to bigint", optional("write a cycle: …")}}, []DerivedFinding{}, []string{"view cheap"}}},
		{"db rebase", "`files` were changed, the one asked for first; the other names in them are null where they did not change. `passed` is what it comes after now and did not before, `followed` what moved with it, `kept` the files that name an id which two files had, `problems` what is still wrong with the catalog.",
			RebasedDocument{Catalog: "shop", Files: []RebasedFile{{"db/versions/bexar_expand03_add_city.toml", optional("db/versions/bexar_expand02_add_city.toml"), "bexar_expand03", optional("bexar_expand02"), optional("bexar_expand02"), optional("bexar_expand01")}},
				Passed: []string{"bexar_expand02"}, Followed: []string{}, Kept: []string{}, Problems: []RebaseProblem{}}},
		{"init", "The files that were written.",
			NewCatalogDocument{Catalog: "shop", Directory: "shop", Files: []string{"shop/catalog.toml", "shop/models.toml", "shop/versions/initial01_first_tables.toml", "shop/manage.toml"}}},
		{"catalogs", "", CatalogsDocument{Catalogs: []CatalogSummary{{"glance", "Image service", 29, 2, heads, []string{"sqlite", "postgres", "mysql", "mariadb"}}}}},
		{"--version", "", ToolDocument{Program: "manage", Version: "0.1.0"}},
		{"any command that fails", "`hint` says what to do; `file` and `line` where the fault is, if it is in a file. Where a command that changes a database had done something before, `done` says what, and the position of the database then.",
			failureDocument(Failure{Code: "refused", Exit: 6, Message: "contract cannot run before the data migration ocata_migrate01 is complete", Hint: "Next: manage db migrate"})},
		{"db migrate that stops at a limit", "",
			failureDocument(Failure{Code: "partly", Exit: 8, Message: "ocata_migrate01 stopped at the limit of 1000 rows; this run changed 1000 rows", Hint: "What is done is recorded, with its position; go on with manage db migrate --max-rows 1000",
				Done: &Done{Applied: []string{}, Moved: []MovedMigration{{"ocata_migrate01", 1000}}, Version: []string{"ocata_expand01"}, Stage: revision.Expanded, Next: optional("migrate")}})},
	}
}
