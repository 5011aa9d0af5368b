package mysql

import (
	"testing"

	"github.com/go-sql-driver/mysql"

	"manage/engine/database/backend"
)

// A full disk has many numbers, and is told by its words where it has none of
// its own.
func TestFullDisk(t *testing.T) {
	for text, want := range map[string]backend.Class{
		"Error writing file '/tmp/#sql-temptable-7e41-1f-34f.MAD' (Errcode: 28 \"No space left on device\")": backend.DiskFull,
		"Can't create table `d`.`guests` (errno: 135 \"No more room in record file\")":                       backend.DiskFull,
		"Create table/tablespace 'manage_backfill' failed, as disk is full":                                  backend.DiskFull,
		"Can't create table `d`.`guests` (errno: 150 \"Foreign key constraint is incorrectly formed\")":      backend.Other,
	} {
		if got := (Backend{}).Classify(&mysql.MySQLError{Number: 1005, Message: text}); got.Class != want || want == backend.DiskFull && got.Hint == "" {
			t.Errorf("%s: %+v", text, got)
		}
	}
}
