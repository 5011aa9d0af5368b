package view

import (
	"bytes"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"manage/phases/metadefs"
)

func TestMetadefsLog(t *testing.T) {
	lost := errors.New("no\nroom")
	tests := []struct {
		event any
		want  string
	}{
		{metadefs.Noted{File: "a.json", Note: "x is not known"}, "WARN: a.json: x is not known"},
		{metadefs.Rejected{Err: &metadefs.BadFile{File: "a.json", Line: 2, Problems: []string{"it is not JSON"}}}, "ERROR: Metadata definitions were not loaded from a.json:2: it is not JSON"},
		{metadefs.Rejected{Err: &metadefs.BadFile{File: "a.json", Namespace: "N", Problems: []string{"tags is wrong"}}}, "ERROR: Namespace N was not loaded from a.json: tags is wrong"},
		{metadefs.Overwriting{Namespace: "N\r\n", File: "a.json"}, `INFO: Overwriting namespace N\r\n with that of a.json`},
		{metadefs.Loaded{Namespace: "N", File: "a.json"}, "INFO: File a.json loaded to database: namespace N was added"},
		{metadefs.Loaded{Namespace: "N", File: "a.json", How: metadefs.Skipped}, "INFO: Skipping namespace N of a.json. It already exists in the database."},
		{metadefs.Loaded{Namespace: "N", File: "a.json", How: metadefs.Merged}, "INFO: File a.json loaded to database: namespace N was merged into the one that was there"},
		{metadefs.Loaded{Namespace: "N", File: "a.json", How: metadefs.Updated}, "INFO: File a.json loaded to database: namespace N was updated"},
		{metadefs.Loaded{Namespace: "N", File: "a.json", How: metadefs.Replaced}, "INFO: File a.json loaded to database: namespace N was replaced"},
		{metadefs.NotLoaded{Namespace: "N", File: "a.json", Err: lost}, `ERROR: Namespace N was not loaded from a.json, and is as it was before: no\nroom`},
		{metadefs.Finished{}, "INFO: Metadata loading finished"},
		{metadefs.Removing{Namespaces: 1, ResourceTypes: 2}, "INFO: Removing all metadata definitions: 1 namespace, 2 resource types"},
		{metadefs.Removed{Table: "metadef_tags", Rows: 1}, "INFO: Table metadef_tags has been cleared, of 1 row"},
		{metadefs.Exported{Namespace: "N", File: "N.json"}, "INFO: Namespace N saved in N.json"},
		{metadefs.Exported{Namespace: "N", File: "N.json", Overwrote: true}, "INFO: Namespace N saved, overwriting N.json"},
		{metadefs.NameTaken{Namespace: "N", File: "A.json", By: "M", Instead: "N.json"}, "WARN: A.json already holds the namespace M; N goes to N.json"},
		{metadefs.NotExported{Namespace: "N", Err: lost}, `ERROR: Namespace N was not saved: no\nroom`},
		{metadefs.NotExported{Namespace: "N", File: "N.json", Err: lost}, `ERROR: Namespace N was not saved to N.json: no\nroom`},
		{"an event of another kind", ""},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		// The record as it is, without the time.
		h := slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})
		(&ServiceLog{Log: slog.New(h)}).Event(tt.event)
		want := ""
		if level, text, ok := strings.Cut(tt.want, ": "); ok {
			want = "level=" + level + " msg=" + strconv.Quote(text) + "\n"
		}
		if got := out.String(); got != want {
			t.Errorf("%#v is logged as %s, want %s", tt.event, got, want)
		}
	}
}
