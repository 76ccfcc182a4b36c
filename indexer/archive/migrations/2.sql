-- From version 1 (release 0.1.0): pages keep their bytes and documents; their links are found
-- when they are read again, and every page is due.
ALTER TABLE page ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE page ADD COLUMN target INTEGER REFERENCES page (id);
ALTER TABLE page ADD COLUMN last_seen TEXT;
ALTER TABLE page ADD COLUMN stable_since TEXT;
ALTER TABLE page ADD COLUMN next_due TEXT;
ALTER TABLE page ADD COLUMN text_hash BLOB;
ALTER TABLE page ADD COLUMN lastmod TEXT;
ALTER TABLE page ADD COLUMN lastmod_seen TEXT;
ALTER TABLE page ADD COLUMN misses INTEGER NOT NULL DEFAULT 0;
ALTER TABLE page ADD COLUMN missed_run INTEGER;
ALTER TABLE page ADD COLUMN leaving TEXT;
ALTER TABLE page ADD COLUMN orphaned TEXT;
ALTER TABLE page ADD COLUMN gone_since TEXT;
UPDATE page SET last_seen = last_fetched WHERE state = 'live';
UPDATE page SET gone_since = last_fetched, misses = 2 WHERE state = 'gone';
-- robots.txt is no reason any more to forget what is known of a page.
UPDATE page SET state = 'known' WHERE state = 'excluded';
ALTER TABLE document ADD COLUMN column_name TEXT;
ALTER TABLE document ADD COLUMN published TEXT;
ALTER TABLE run ADD COLUMN requests INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN report TEXT;
ALTER TABLE run ADD COLUMN removals INTEGER;
ALTER TABLE run ADD COLUMN confirmed TEXT;
ALTER TABLE run DROP COLUMN counts;
-- An unfinished run begins anew: what it had done is due again only where it changed.
UPDATE run SET finished = started WHERE finished IS NULL;
DROP TABLE frontier;
PRAGMA user_version = 2;
