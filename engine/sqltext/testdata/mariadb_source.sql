-- A database with what has tripped up scanners of SQL, for the mariadb client.
-- It is the source of mariadb_dump.sql.

CREATE TABLE plain (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(60) COMMENT 'it''s a "name"; -- no comment',
  size BIGINT DEFAULT 0, # counted in bytes; not blocks
  end_at DATETIME NULL,
  `end` INT,
  UNIQUE KEY `odd;key` (name)
) ENGINE=InnoDB COMMENT='a \\ backslash; /* and more */';

CREATE TABLE `odd``name;` (
  `a;b` INT,
  `c\` VARCHAR(20),
  `d'e` VARBINARY(20),
  CONSTRAINT `ck;1` CHECK (`a;b` > 5--1)
) ENGINE=InnoDB;

CREATE TABLE audit (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT, CONSTRAINT f FOREIGN KEY (id) REFERENCES plain (id)) ENGINE=InnoDB;

INSERT INTO plain (name, size, `end`) VALUES ('a;b', 1, 2), ('it''s', 2, 3), ('back\\slash\'; --', 3, 4), ("dou""ble\"", 4, 5), ('line\nbreak', 5, 6), ('/*! not a comment */', 6, 7);
INSERT INTO `odd``name;` VALUES (7, 'x\\', x'00275C3B22'), (8, ';;', 0xFF00), (9, 'DELIMITER ;;', NULL);

CREATE VIEW `v;1` AS SELECT id, CASE WHEN size > 2 THEN 'big;' ELSE 'small' END AS kind FROM plain; -- it's a view

DELIMITER //
CREATE TRIGGER plain_insert BEFORE INSERT ON plain FOR EACH ROW
BEGIN
  -- don't; stop
  IF NEW.size IS NULL THEN
    SET NEW.size = IF(NEW.name = ';', 1, 2);
  END IF;
  SET NEW.end = CASE NEW.end WHEN 1 THEN 2 ELSE NEW.end END;
END//
CREATE TRIGGER plain_update AFTER UPDATE ON plain FOR EACH ROW
  INSERT INTO audit (what) VALUES (CONCAT('updated; ', NEW.name))//

CREATE PROCEDURE labelled(IN n INT)
main: BEGIN
  DECLARE i INT DEFAULT 0;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
  again: LOOP
    SET i = i + 1; /* it's; counted */
    IF i > n THEN LEAVE again; END IF;
    inner_block: BEGIN
      IF i = 2 THEN ITERATE again; END IF;
    END inner_block;
  END LOOP again;
  WHILE i > 0 DO SET i = i - 1; END WHILE;
  REPEAT SET i = i + 1; UNTIL i >= 3 END REPEAT;
  CASE i WHEN 3 THEN SELECT 'three;'; ELSE BEGIN END; END CASE;
  LEAVE main;
END main//
DELIMITER ;

delimiter $$
CREATE FUNCTION twice(a INT) RETURNS INT DETERMINISTIC
BEGIN
  RETURN a * 2; # it's doubled
END$$
CREATE FUNCTION quoted() RETURNS VARCHAR(20) CHARACTER SET utf8mb4 DETERMINISTIC RETURN 'a;''b\\'$$
CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO BEGIN
  DELETE FROM audit WHERE id < 0;
  DELETE FROM audit WHERE what = ';';
END$$
delimiter ;

/*!50003 CREATE TRIGGER plain_delete BEFORE DELETE ON plain FOR EACH ROW SET @deleted = 'x' */;
/*M!100100 INSERT INTO audit (what) VALUES ('for MariaDB') */;
-- the end; it's "here"
-- no line end; "