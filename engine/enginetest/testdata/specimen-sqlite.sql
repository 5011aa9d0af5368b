CREATE TABLE parents (
	id INTEGER NOT NULL,
	code VARCHAR(20) COLLATE NOCASE,
	amount NUMERIC(10, 2) DEFAULT 0.5,
	state VARCHAR(9) DEFAULT 'new, old' NOT NULL, /* a comment, with a comma */
	flag BOOLEAN DEFAULT 0 NOT NULL CHECK (flag IN (0, 1)),
	made DATETIME DEFAULT CURRENT_TIMESTAMP,
	PRIMARY KEY (id),
	CONSTRAINT uq_code UNIQUE (code),
	UNIQUE (state, flag),
	CONSTRAINT ck_amount CHECK (amount >= 0), -- never less
	CHECK (length(state) > 2)
);
CREATE TABLE "odd name" (a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT);
CREATE TABLE children (
	id VARCHAR(36) NOT NULL,
	parent_id INTEGER,
	other INTEGER REFERENCES parents (id) ON DELETE CASCADE,
	CONSTRAINT pk_children PRIMARY KEY (id, parent_id),
	CONSTRAINT fk_parent FOREIGN KEY(parent_id) REFERENCES parents (id) ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE INDEX ix_parent ON children (parent_id);
CREATE UNIQUE INDEX ux_two ON children (other, parent_id);
CREATE VIEW big AS SELECT id FROM parents WHERE amount > 100 -- big ones
;
CREATE TRIGGER note AFTER UPDATE ON parents BEGIN
	-- a comment
	UPDATE children SET other = NEW.id WHERE parent_id = OLD.id;
END;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('two'), ('one');
