-- revision: one_contract03
-- revises: one_contract02
-- message: an index without a transaction
-- +up postgres no-transaction
CREATE INDEX CONCURRENTLY rooms_guest_idx ON rooms (guest_id);
CREATE INDEX CONCURRENTLY rooms_both_idx ON rooms (guest_id, label);
-- +up mysql
CREATE INDEX rooms_guest_idx ON rooms (guest_id);
CREATE INDEX rooms_both_idx ON rooms (guest_id, label);
-- +up sqlite no-transaction
CREATE INDEX rooms_guest_idx ON rooms (guest_id);
CREATE INDEX rooms_both_idx ON rooms (guest_id, label);
-- +down postgres no-transaction
DROP INDEX CONCURRENTLY rooms_both_idx;
DROP INDEX CONCURRENTLY rooms_guest_idx;
-- +down mysql
DROP INDEX rooms_both_idx ON rooms;
DROP INDEX rooms_guest_idx ON rooms;
-- +down sqlite no-transaction
DROP INDEX rooms_both_idx;
DROP INDEX rooms_guest_idx;
