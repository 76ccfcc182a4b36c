-- The archive: every page that was fetched, what was read from it, and the frontier.
-- Times are ISO 8601 in UTC.
-- Raise the version with every change: a database of another one is refused, not misread.
PRAGMA user_version = 1;

CREATE TABLE IF NOT EXISTS page (
    id           INTEGER PRIMARY KEY,
    url          TEXT NOT NULL UNIQUE,            -- canonical URL
    site         TEXT NOT NULL,
    -- known: found, never fetched; live: answered with content; gone: 404 or 410;
    -- redirect: leads elsewhere; excluded: robots.txt says no
    state        TEXT NOT NULL DEFAULT 'known',
    anchor       TEXT NOT NULL DEFAULT '',        -- text of the link that led here first
    parent       INTEGER REFERENCES page (id),    -- the page with that link
    min_depth    INTEGER,                         -- fewest links from a start URL ever seen
    first_seen   TEXT NOT NULL,
    last_fetched TEXT,                            -- last answer, 304 included
    last_changed TEXT,                            -- last answer with other bytes
    status       INTEGER,                         -- of the last answer
    headers      TEXT,                            -- JSON list of pairs, of the last 200
    body         BLOB REFERENCES body (hash),
    error        TEXT                             -- of the last attempt, also why a page is gone
                                                  -- or excluded; NULL when it went well
);
CREATE INDEX IF NOT EXISTS page_site ON page (site, state);
CREATE INDEX IF NOT EXISTS page_body ON page (body);  -- whether bytes are still of use

CREATE TABLE IF NOT EXISTS body (
    hash BLOB PRIMARY KEY,                        -- BLAKE2b-160 of the bytes as received
    size INTEGER NOT NULL,
    data BLOB NOT NULL                            -- zlib (RFC 1950)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS document (
    page        INTEGER PRIMARY KEY REFERENCES page (id),
    site        TEXT NOT NULL,
    record      BLOB,                             -- zlib of the JSON object; NULL: no document
    digest      TEXT,                             -- over all facts: what the index compares
    fingerprint TEXT,                             -- over title and text: what readers compare
    extraction  INTEGER NOT NULL,                 -- version of the code that read it; 0: imported
    problem     TEXT,                             -- why there is none, or only a part
    updated     TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS document_fingerprint ON document (site, fingerprint);

CREATE TABLE IF NOT EXISTS run (
    id       INTEGER PRIMARY KEY,
    site     TEXT NOT NULL,
    is_full  INTEGER NOT NULL DEFAULT 0,          -- asks for every page again
    started  TEXT NOT NULL,
    finished TEXT,                                -- NULL: can be continued
    counts   TEXT NOT NULL DEFAULT '{}'           -- JSON object of outcomes
);
CREATE INDEX IF NOT EXISTS run_site ON run (site, finished);

CREATE TABLE IF NOT EXISTS frontier (
    run   INTEGER NOT NULL REFERENCES run (id),
    page  INTEGER NOT NULL REFERENCES page (id),
    depth INTEGER NOT NULL,                       -- links from a start URL
    done  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, page)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS frontier_next ON frontier (run, done, depth, page);
