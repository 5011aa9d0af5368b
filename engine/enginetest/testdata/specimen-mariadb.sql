CREATE TABLE parents (
	id INTEGER NOT NULL AUTO_INCREMENT,
	code VARCHAR(20) COMMENT 'the code',
	amount NUMERIC(10, 2) DEFAULT 0.5,
	mood ENUM('sad', 'happy') DEFAULT 'sad' NOT NULL,
	flag BOOLEAN DEFAULT 0 NOT NULL CHECK (flag IN (0, 1)),
	made DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
	body TEXT,
	PRIMARY KEY (id),
	CONSTRAINT uq_code UNIQUE (code),
	CONSTRAINT ck_amount CHECK (amount >= 0),
	CHECK (code > 0)
) COMMENT='of children' CHARSET=utf8mb3;
CREATE TABLE `odd name` (a BIGINT, b TEXT);
CREATE TABLE children (
	id VARCHAR(36) NOT NULL,
	parent_id INTEGER NOT NULL,
	other INTEGER,
	CONSTRAINT pk_children PRIMARY KEY (id, parent_id),
	FOREIGN KEY (other) REFERENCES parents (id) ON DELETE CASCADE,
	CONSTRAINT fk_parent FOREIGN KEY (parent_id) REFERENCES parents (id) ON UPDATE CASCADE
);
CREATE INDEX ix_body ON parents (body(10), code);
CREATE UNIQUE INDEX ux_two ON children (other, parent_id);
CREATE TRIGGER note BEFORE UPDATE ON parents FOR EACH ROW SET NEW.made = NOW();
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('two'), ('one');
