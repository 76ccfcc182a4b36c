-- From version 2: everything is read again, for extraction finds more than it did.
ALTER TABLE document ADD COLUMN likeness BLOB;
ALTER TABLE document ADD COLUMN parent TEXT;
ALTER TABLE document ADD COLUMN findings TEXT;
ALTER TABLE document ADD COLUMN options TEXT NOT NULL DEFAULT '';
PRAGMA user_version = 3;
