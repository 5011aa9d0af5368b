package run

import (
	"context"

	"manage/engine/ledger"
)

// SaveSchema writes the record of the schema under the lease's token, and makes
// its table before that. It must not be called within a transaction.
func (h *Held) SaveSchema(ctx context.Context, r ledger.SchemaRecord) error {
	if err := h.prepare(ctx, ledger.Schemas); err != nil {
		return err
	}
	return h.record(ctx, "", func(ctx context.Context) error {
		return h.store.SaveSchemaRecord(ctx, h.lease.Token, r)
	})
}
