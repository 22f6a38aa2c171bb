-- Data protection: what is promised, who looked, what was erased. Free words are
-- in notices only, and those are the organisation's own and public.

-- +goose Up

-- What an organisation promises to those whose data it keeps. A change is a new
-- row; old ones stay, since people agreed to them. Version 1 is nextup's own text
-- with the usual times and has no row.
CREATE TABLE notices (
    organisation TEXT    NOT NULL REFERENCES organisations (id),
    version      INTEGER NOT NULL CHECK (version > 1),
    at           INTEGER NOT NULL,
    author       TEXT    NOT NULL, -- the recruiter
    contact      INTEGER NOT NULL CHECK (contact > 0), -- days after a session's end
    record       INTEGER NOT NULL CHECK (record > 0),
    log          INTEGER NOT NULL CHECK (log > 0),
    sv           TEXT    NOT NULL, -- Markdown; '' for none
    en           TEXT    NOT NULL,
    nb           TEXT    NOT NULL,
    PRIMARY KEY (organisation, version)
) STRICT, WITHOUT ROWID;

-- Who opened what names people.
CREATE TABLE accesses (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    session TEXT    NOT NULL REFERENCES sessions (id),
    role    TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    what    TEXT    NOT NULL
) STRICT;
CREATE INDEX accesses_of ON accesses (session, at);
CREATE INDEX accesses_at ON accesses (at);

-- What the daily purge did: numbers only.
CREATE TABLE receipts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    contacts INTEGER NOT NULL, -- people whose address, telephone and link ended
    people   INTEGER NOT NULL, -- people whose name ended
    texts    INTEGER NOT NULL,
    marks    INTEGER NOT NULL, -- ratings and notes
    letters  INTEGER NOT NULL,
    accesses INTEGER NOT NULL
) STRICT;
