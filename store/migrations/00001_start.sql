-- Times are nanoseconds since 1970 in UTC; 0 is "no time".
-- What names a person or holds free words is in people, texts, assessments,
-- recruiters and nowhere else, so that it can be erased there.

-- +goose Up

-- One row for each session: the head of its stream.
CREATE TABLE sessions (
    id           TEXT    NOT NULL PRIMARY KEY,
    organisation TEXT    NOT NULL,
    owner        TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    due          INTEGER -- the state's next deadline
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (organisation, created);
CREATE INDEX sessions_due ON sessions (due) WHERE due IS NOT NULL;

-- The journal. Its key is the fence: of two writers of one version one loses.
CREATE TABLE events (
    stream  TEXT    NOT NULL REFERENCES sessions (id),
    version INTEGER NOT NULL CHECK (version > 0),
    at      INTEGER NOT NULL,
    role    TEXT    NOT NULL, -- who made it happen
    actor   TEXT    NOT NULL,
    command TEXT    NOT NULL,
    name    TEXT    NOT NULL, -- "session.created/1": see codec.go
    payload TEXT    NOT NULL, -- JSON
    PRIMARY KEY (stream, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    session   TEXT NOT NULL REFERENCES sessions (id),
    id        TEXT NOT NULL,
    role      TEXT NOT NULL,
    name      TEXT NOT NULL,
    email     TEXT NOT NULL, -- as written
    email_key TEXT NOT NULL, -- as compared
    language  TEXT NOT NULL,
    PRIMARY KEY (session, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX people_place ON people (session, email_key)
    WHERE role = 'candidate' AND email_key <> '';

CREATE TABLE texts (
    session TEXT NOT NULL REFERENCES sessions (id),
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (session, id)
) STRICT;

CREATE TABLE assessments (
    session     TEXT    NOT NULL REFERENCES sessions (id),
    offer       INTEGER NOT NULL,
    interviewer TEXT    NOT NULL,
    item        TEXT    NOT NULL,
    rating      INTEGER NOT NULL,
    note        TEXT    NOT NULL,
    revision    INTEGER NOT NULL CHECK (revision > 0),
    PRIMARY KEY (session, offer, interviewer, item)
) STRICT;

-- Letters: what to whom; never the words.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session    TEXT    NOT NULL REFERENCES sessions (id),
    kind       TEXT    NOT NULL,
    person     TEXT    NOT NULL,
    created    INTEGER NOT NULL,
    message_id TEXT    NOT NULL UNIQUE,
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    attempts   INTEGER NOT NULL,
    next       INTEGER NOT NULL, -- not before
    done       INTEGER NOT NULL, -- when sent or given up
    cause      TEXT    NOT NULL  -- of the last failure, without personal data
) STRICT;
CREATE INDEX outbox_pending ON outbox (next, id) WHERE state = 'pending';
CREATE INDEX outbox_of ON outbox (session, id);

CREATE TABLE organisations (
    id   TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recruiters (
    id           TEXT NOT NULL PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (id),
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    email_key    TEXT NOT NULL UNIQUE,
    language     TEXT NOT NULL,
    password     TEXT NOT NULL -- argon2id in PHC form
) STRICT, WITHOUT ROWID;

-- Browsers that are signed in.
CREATE TABLE logins (
    token  BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of the cookie
    data   BLOB    NOT NULL,
    expiry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX logins_expiry ON logins (expiry);

-- The link of the first start: at most one row.
CREATE TABLE setup (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    token   TEXT    NOT NULL, -- hash of the link's secret
    expires INTEGER NOT NULL
) STRICT;
