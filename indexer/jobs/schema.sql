-- Jobs and access tokens. Times are ISO 8601 in UTC.
-- Raise the version with every change: a database of another one is refused, not misread.
PRAGMA user_version = 1;
CREATE TABLE IF NOT EXISTS job (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    kind             TEXT NOT NULL,                 -- crawl, reindex, import, confirm
    sites            TEXT NOT NULL DEFAULT '[]',    -- JSON list; empty: all sites
    full             INTEGER NOT NULL DEFAULT 0,
    state            TEXT NOT NULL DEFAULT 'queued',
    requested_by     TEXT NOT NULL DEFAULT '',      -- token name, command line or schedule
    done             INTEGER NOT NULL DEFAULT 0,
    total            INTEGER,                       -- NULL: not known yet
    unit             TEXT NOT NULL DEFAULT '',
    created          TEXT NOT NULL,
    started          TEXT,
    finished         TEXT,
    summary          TEXT,                          -- JSON object
    error            TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS job_state ON job (state);

CREATE TABLE IF NOT EXISTS token (
    name    TEXT PRIMARY KEY,
    role    TEXT NOT NULL,
    hash    BLOB NOT NULL UNIQUE,                   -- SHA-256 of the token: 256 random bits need no salt
    created TEXT NOT NULL,
    used    TEXT,
    revoked TEXT
);

CREATE TABLE IF NOT EXISTS fact (
    name  TEXT PRIMARY KEY,                         -- what the scheduler has to remember
    value TEXT NOT NULL
);
