-- The archive: every page that was fetched, what was read from it, its links, and the frontier.
-- Times are ISO 8601 in UTC. The life of a page: docs/life-of-a-page.md.
-- Raise the version with every change and add migrations/N.sql: a database of another version
-- is brought to this one or refused, never misread.
PRAGMA user_version = 3;

CREATE TABLE IF NOT EXISTS page (
    id           INTEGER PRIMARY KEY,
    url          TEXT NOT NULL UNIQUE,            -- canonical URL
    site         TEXT NOT NULL,
    -- known: found, never fetched; live: answered with content; missing: was live, absent in
    -- one run; gone: tombstone; redirect, duplicate: leads to target; excluded: configuration
    -- says no; noindex: the page itself says no
    state        TEXT NOT NULL DEFAULT 'known',
    kind         TEXT NOT NULL DEFAULT '',        -- what extraction took it for: article, list …
    anchor       TEXT NOT NULL DEFAULT '',        -- text of the link that tells most of it
    parent       INTEGER REFERENCES page (id),    -- the page with that link
    target       INTEGER REFERENCES page (id),    -- where a redirect or canonical link leads
    min_depth    INTEGER,                         -- fewest links from a start URL ever seen
    first_seen   TEXT NOT NULL,
    last_fetched TEXT,                            -- last answer that says something of the page
    last_seen    TEXT,                            -- last answer with content, 304 included
    last_changed TEXT,                            -- last answer with another text
    stable_since TEXT,                            -- since when the text is as it is, as far as known
    next_due     TEXT,                            -- when to ask again; NULL: in every run
    status       INTEGER,                         -- of the last answer
    headers      TEXT,                            -- JSON list of pairs, of the last 200
    body         BLOB REFERENCES body (hash),
    text_hash    BLOB,                            -- over the text, or the links of a list
    lastmod      TEXT,                            -- what a sitemap claims now
    lastmod_seen TEXT,                            -- what it claimed when the page was last fetched
    misses       INTEGER NOT NULL DEFAULT 0,      -- runs in a row with evidence of absence
    missed_run   INTEGER,                         -- the last of them
    leaving      TEXT,                            -- state it takes when the run ends, if it may
    orphaned     TEXT,                            -- since when no page links here
    gone_since   TEXT,
    error        TEXT                             -- of the last attempt, also why a page is gone
                                                  -- or excluded; NULL when it went well
);
CREATE INDEX IF NOT EXISTS page_site ON page (site, state);
CREATE INDEX IF NOT EXISTS page_body ON page (body);  -- whether bytes are still of use
CREATE INDEX IF NOT EXISTS page_leaving ON page (site) WHERE leaving IS NOT NULL;

CREATE TABLE IF NOT EXISTS link (
    source INTEGER NOT NULL REFERENCES page (id),
    target INTEGER NOT NULL REFERENCES page (id),
    anchor TEXT NOT NULL,
    PRIMARY KEY (source, target)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS link_target ON link (target);

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
    column_name TEXT,                             -- the document's column, for the report
    published   TEXT,                             -- its day, for the report
    extraction  INTEGER NOT NULL,                 -- version of the code that read it; 0: imported
    problem     TEXT,                             -- why there is none, or only a part
    updated     TEXT NOT NULL,
    likeness    BLOB,                             -- what near-duplicates are found by
    parent      TEXT,                             -- URL of the page an attachment hangs on
    findings    TEXT,                             -- JSON list of masked personal data, parts' too
    options     TEXT NOT NULL DEFAULT ''          -- settings it was read under
);
CREATE INDEX IF NOT EXISTS document_fingerprint ON document (site, fingerprint);
CREATE INDEX IF NOT EXISTS document_findings ON document (site) WHERE findings IS NOT NULL;

-- The documents inside a page or file: those of a gazette issue.
CREATE TABLE IF NOT EXISTS part (
    page        INTEGER NOT NULL REFERENCES page (id),
    fragment    TEXT NOT NULL,                    -- of its URL; the rest is the page's
    site        TEXT NOT NULL,
    record      BLOB NOT NULL,                    -- as in document
    digest      TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    likeness    BLOB,
    PRIMARY KEY (page, fragment)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS run (
    id        INTEGER PRIMARY KEY,
    site      TEXT NOT NULL,
    is_full   INTEGER NOT NULL DEFAULT 0,         -- asks for every page again
    started   TEXT NOT NULL,
    finished  TEXT,                               -- NULL: can be continued
    requests  INTEGER NOT NULL DEFAULT 0,         -- to its hosts, robots.txt and retries included
    received  INTEGER NOT NULL DEFAULT 0,         -- bytes over the wire
    seconds   REAL NOT NULL DEFAULT 0,            -- at work, pauses left out
    report    TEXT,                               -- JSON object, when finished or paused
    removals  INTEGER,                            -- held back because they were too many
    confirmed TEXT                                -- when staff confirmed them
);
CREATE INDEX IF NOT EXISTS run_site ON run (site, finished);

CREATE TABLE IF NOT EXISTS frontier (
    run     INTEGER NOT NULL REFERENCES run (id),
    page    INTEGER NOT NULL REFERENCES page (id),
    depth   INTEGER NOT NULL,                     -- links from a start URL
    hops    INTEGER NOT NULL DEFAULT 0,           -- redirects that led here
    outcome TEXT,                                 -- NULL: not asked yet
    saved   INTEGER NOT NULL DEFAULT 0,           -- bytes that a 304 made unnecessary
    PRIMARY KEY (run, page)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS frontier_next ON frontier (run, depth, page) WHERE outcome IS NULL;

CREATE TABLE IF NOT EXISTS robots (
    origin  TEXT PRIMARY KEY,                     -- scheme://host[:port]
    fetched TEXT NOT NULL,
    status  INTEGER NOT NULL,
    body    BLOB NOT NULL
);

-- Origins that a site redirects to another one, page by page: http to https, www or not.
CREATE TABLE IF NOT EXISTS variant (
    site    TEXT NOT NULL,
    origin  TEXT NOT NULL,
    target  TEXT NOT NULL,
    seen    INTEGER NOT NULL DEFAULT 0,           -- redirects that show it
    PRIMARY KEY (site, origin)
) WITHOUT ROWID;

-- How often addresses of a pattern were asked for, and how often that was worth it.
CREATE TABLE IF NOT EXISTS budget (
    site     TEXT NOT NULL,
    pattern  TEXT NOT NULL,
    asked    INTEGER NOT NULL,
    fruitful INTEGER NOT NULL,
    seen     BLOB,                                -- signatures, 8 bytes each; NULL: trusted
    PRIMARY KEY (site, pattern)
) WITHOUT ROWID;

-- How often the lastmod of a site's sitemaps proved true.
CREATE TABLE IF NOT EXISTS claim (
    site          TEXT PRIMARY KEY,
    changed_true  INTEGER NOT NULL DEFAULT 0,     -- claimed a change, and the text had changed
    changed_false INTEGER NOT NULL DEFAULT 0,
    same_true     INTEGER NOT NULL DEFAULT 0,     -- claimed none, and there was none
    same_false    INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
