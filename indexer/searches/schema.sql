PRAGMA user_version = 1;

-- A query counts once in ten minutes, however often and by whomever it was asked: `slots` is
-- in how many of the day's 144 slots it was asked, `slot` the last of them.
CREATE TABLE searches (
    query TEXT NOT NULL,
    day   TEXT NOT NULL, -- YYYY-MM-DD in UTC+8
    slots INTEGER NOT NULL,
    slot  INTEGER NOT NULL,
    PRIMARY KEY (query, day)
) WITHOUT ROWID;

CREATE INDEX searches_by_day ON searches (day);
