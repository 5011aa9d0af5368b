package schema

import (
	"strconv"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
)

// postgresCost is what a statement of an operation with one form costs
// (PostgreSQL manual, "Explicit Locking" and "ALTER TABLE", Notes).
func (c *form) postgresCost(sql string) plan.Cost {
	switch {
	case strings.HasPrefix(sql, "COMMENT ON "):
		return plan.Brief(shareUpdateExclusive)
	case strings.HasPrefix(sql, "DROP FUNCTION "):
		return free
	}
	switch o := c.op.(type) {
	case *CreateTable:
		for _, f := range o.ForeignKeys {
			if f.RefTable != o.Name && strings.HasPrefix(sql, "CREATE TABLE") {
				return plan.Brief(shareRowExclusive) // on the tables that it refers to
			}
		}
		return free
	case *CreateEnum, *DropEnum, *AddEnumValue:
		return free
	case *CreateTrigger, *SyncColumns:
		if strings.HasPrefix(sql, "CREATE TRIGGER") {
			return plan.Brief(shareRowExclusive)
		}
		return free
	case *AddColumn:
		if column, _, err := o.parts(c.schema); err == nil && (column.Extra != "" || column.Default != nil && volatile(*column.Default, flavor.Postgres)) {
			return plan.Cost{Lock: accessExclusive, Rewrites: true, Blocks: plan.BlocksAll,
				Instead: "add the column without the default, set the default after, and fill the rows with a data migration"}
		}
	}
	return plan.Brief(accessExclusive)
}

// columnCost is what a change of a column costs at once.
func columnCost(from, to *Column) plan.Cost {
	switch {
	case from.Type != to.Type && postgresRewrites(from.Type, to.Type) || from.Collation != to.Collation:
		return plan.Cost{Lock: accessExclusive, Rewrites: true, Blocks: plan.BlocksAll, Instead: AnotherColumn}
	case from.Nullable && !to.Nullable:
		return plan.Cost{Lock: accessExclusive, Blocks: plan.BlocksAll}
	}
	return plan.Brief(accessExclusive)
}

// AnotherColumn is what can be done instead of changing a type in place.
const AnotherColumn = "add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract"

// postgresRewrites reports whether a change of type writes the rows anew. It
// does not where the old values are values of the new type as they are
// (PostgreSQL manual, "ALTER TABLE", Notes: "binary coercible").
func postgresRewrites(from, to string) bool {
	a, sizeA, _ := cutServerType(from)
	b, sizeB, _ := cutServerType(to)
	texts := func(name string) bool { return name == "text" || name == "character varying" }
	switch {
	case texts(a) && texts(b):
		return !holds(sizeA, sizeB)
	case a == "numeric" && b == "numeric":
		precisionA, scaleA, _ := strings.Cut(sizeA, ",")
		precisionB, scaleB, _ := strings.Cut(sizeB, ",")
		return sizeB != "" && (scaleA != scaleB || !holds(precisionA, precisionB))
	}
	return true
}

// holds reports whether what has one length has the other as well; "" is
// without a limit.
func holds(from, to string) bool {
	if to == "" {
		return true
	}
	a, errA := strconv.Atoi(from)
	b, errB := strconv.Atoi(to)
	return errA == nil && errB == nil && a <= b
}

// constant are functions that give one value for all rows of a statement.
var constant = map[string]bool{"now": true, "current_timestamp": true, "localtimestamp": true, "current_date": true,
	"transaction_timestamp": true, "statement_timestamp": true, "lower": true, "upper": true, "concat": true, "timezone": true,
	"cast": true, "numeric": true, "varchar": true, "char": true, "coalesce": true, "date_trunc": true, "curdate": true,
	"utc_timestamp": true, "to_char": true, "varying": true, "character": true, "decimal": true, "interval": true}

// volatile reports whether a default may give each row another value, so that
// the rows that are there must be written. Functions that are not known are
// taken to, and those whose names are in quotes or of a schema.
func volatile(text string, d flavor.Dialect) bool {
	for _, name := range sqltext.Called(text, d) {
		if !constant[strings.TrimPrefix(strings.ToLower(name), "pg_catalog.")] {
			return true
		}
	}
	return sqltext.HasWord(text, d, "NEXT") && sqltext.HasWord(text, d, "VALUE") // of a sequence
}
