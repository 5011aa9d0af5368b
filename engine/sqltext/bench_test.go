package sqltext

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/flavor"
)

// dumpOf makes text like a dump's, of about size bytes.
func dumpOf(d flavor.Dialect, size int) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE images (id VARCHAR(36) NOT NULL, name VARCHAR(255), size BIGINT);\n")
	for i := 0; b.Len() < size; i++ {
		if i%50 == 0 && d.MySQLFamily() {
			fmt.Fprintf(&b, "CREATE TRIGGER t%d BEFORE INSERT ON images FOR EACH ROW BEGIN IF NEW.size IS NULL THEN SET NEW.size = 0; END IF; END;\n", i)
		}
		fmt.Fprintf(&b, "INSERT INTO images VALUES ('%036d', 'an image''s name', %d); -- row %d\n", i, i*17, i)
	}
	return b.String()
}

func BenchmarkSplit(b *testing.B) {
	for _, d := range flavor.Dialects() {
		for _, size := range []int{200, 64 << 10, 8 << 20} {
			script := dumpOf(d, size)
			b.Run(fmt.Sprintf("%s/%d", d, size), func(b *testing.B) {
				b.SetBytes(int64(len(script)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Split(script, d); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	const sql = "ALTER TABLE images ADD COLUMN visibility VARCHAR(36) NOT NULL DEFAULT 'private', ADD INDEX visibility_image_idx (visibility)"
	b.ReportAllocs()
	for b.Loop() {
		if m := Classify(sql, flavor.MariaDB); !m.Known {
			b.Fatal(m)
		}
	}
}

func BenchmarkNormalize(b *testing.B) {
	script := dumpOf(flavor.MariaDB, 64<<10)
	b.SetBytes(int64(len(script)))
	b.ReportAllocs()
	for b.Loop() {
		Normalize(script, flavor.MariaDB)
	}
}
