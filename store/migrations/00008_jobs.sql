-- Jobs, those who applied for them, rounds of interviews and their times. Who is
-- named here: applicants (name, address, telephone), and messages, which are words
-- to one of them. Everything else is identifiers and times; jobs.text is public.

-- +goose Up

CREATE TABLE jobs (
    id           TEXT    NOT NULL PRIMARY KEY,
    organisation TEXT    NOT NULL,
    owner        TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    text         TEXT    NOT NULL, -- Markdown
    contact      TEXT    NOT NULL,
    zone         TEXT    NOT NULL, -- IANA name
    created      INTEGER NOT NULL,
    closed       INTEGER NOT NULL,
    revision     INTEGER NOT NULL CHECK (revision > 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_of ON jobs (organisation, created);

CREATE TABLE applicants (
    id        TEXT    NOT NULL PRIMARY KEY,
    job       TEXT    NOT NULL REFERENCES jobs (id),
    name      TEXT    NOT NULL,
    email     TEXT    NOT NULL, -- as written
    email_key TEXT    NOT NULL, -- as compared
    phone     TEXT    NOT NULL,
    language  TEXT    NOT NULL,
    added     INTEGER NOT NULL,
    removed   INTEGER NOT NULL,
    erased    INTEGER NOT NULL -- 1: only that there was somebody is known
) STRICT, WITHOUT ROWID;
CREATE INDEX applicants_of ON applicants (job, added, id);
CREATE UNIQUE INDEX applicants_place ON applicants (job, email_key) WHERE email_key <> '';

CREATE TABLE rounds (
    id        TEXT    NOT NULL PRIMARY KEY,
    job       TEXT    NOT NULL REFERENCES jobs (id),
    number    INTEGER NOT NULL CHECK (number > 0),
    name      TEXT    NOT NULL,
    length    INTEGER NOT NULL, -- this and the next ones: nanoseconds
    pause     INTEGER NOT NULL,
    day_from  INTEGER NOT NULL, -- since midnight on the clock
    day_until INTEGER NOT NULL,
    cut_off   INTEGER NOT NULL,
    seats     INTEGER NOT NULL,
    created   INTEGER NOT NULL,
    closed    INTEGER NOT NULL,
    revision  INTEGER NOT NULL CHECK (revision > 0),
    UNIQUE (job, number)
) STRICT, WITHOUT ROWID;

-- settled is the revision that the session of a video day knows; behind it since.
CREATE TABLE days (
    round    TEXT    NOT NULL REFERENCES rounds (id),
    date     TEXT    NOT NULL, -- "2026-12-01"
    video    INTEGER NOT NULL,
    address  TEXT    NOT NULL,
    session  TEXT    NOT NULL, -- '' before it is made
    dropped  INTEGER NOT NULL, -- not in the plan any more since; 0: it is
    revision INTEGER NOT NULL CHECK (revision > 0),
    settled  INTEGER NOT NULL,
    behind   INTEGER NOT NULL,
    PRIMARY KEY (round, date)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX days_session ON days (session) WHERE session <> '';
CREATE INDEX days_behind ON days (behind) WHERE revision > settled;

CREATE TABLE slots (
    id      TEXT    NOT NULL PRIMARY KEY,
    round   TEXT    NOT NULL,
    date    TEXT    NOT NULL,
    start   INTEGER NOT NULL,
    length  INTEGER NOT NULL,
    seats   INTEGER NOT NULL CHECK (seats > 0),
    removed INTEGER NOT NULL,
    FOREIGN KEY (round, date) REFERENCES days (round, date)
) STRICT, WITHOUT ROWID;
CREATE INDEX slots_of ON slots (round, date);
CREATE UNIQUE INDEX slots_start ON slots (round, start) WHERE removed = 0;

-- departed: taken out of the round; the row stays for what his calendar has of it.
CREATE TABLE entries (
    round     TEXT    NOT NULL REFERENCES rounds (id),
    applicant TEXT    NOT NULL REFERENCES applicants (id),
    added     INTEGER NOT NULL,
    invited   INTEGER NOT NULL,
    opened    INTEGER NOT NULL,
    reminded  INTEGER NOT NULL,
    none_fits INTEGER NOT NULL,
    departed  INTEGER NOT NULL,
    PRIMARY KEY (round, applicant)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_of ON entries (applicant);

-- One row for each calendar entry, for good. UNIQUE (slot, seat) is the fence: of
-- two who want one seat one loses, whatever anybody read before.
CREATE TABLE bookings (
    round     TEXT    NOT NULL,
    applicant TEXT    NOT NULL,
    uid       TEXT    NOT NULL UNIQUE,
    sequence  INTEGER NOT NULL,
    slot      TEXT    REFERENCES slots (id), -- NULL: cancelled
    seat      INTEGER CHECK (seat > 0),
    was       TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    role      TEXT    NOT NULL, -- who made it
    PRIMARY KEY (round, applicant),
    UNIQUE (slot, seat),
    FOREIGN KEY (round, applicant) REFERENCES entries (round, applicant),
    CHECK ((slot IS NULL) = (seat IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id        TEXT    NOT NULL PRIMARY KEY,
    round     TEXT    NOT NULL REFERENCES rounds (id),
    applicant TEXT    NOT NULL REFERENCES applicants (id),
    kind      TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    language  TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    author    TEXT    NOT NULL
) STRICT;
CREATE INDEX messages_to ON messages (applicant, at);
CREATE INDEX messages_of ON messages (round, at);

-- Letters about rounds: what to whom; never the words. As outbox, which is about
-- sessions.
CREATE TABLE round_outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    round      TEXT    NOT NULL REFERENCES rounds (id),
    applicant  TEXT    NOT NULL REFERENCES applicants (id),
    kind       TEXT    NOT NULL,
    message    TEXT    NOT NULL, -- whose words it carries; '' none
    created    INTEGER NOT NULL,
    message_id TEXT    NOT NULL UNIQUE,
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    attempts   INTEGER NOT NULL,
    next       INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    cause      TEXT    NOT NULL
) STRICT;
CREATE INDEX round_outbox_pending ON round_outbox (next, id) WHERE state = 'pending';
CREATE INDEX round_outbox_of ON round_outbox (round, id);
CREATE INDEX round_outbox_to ON round_outbox (applicant, id);

ALTER TABLE receipts ADD COLUMN jobs INTEGER NOT NULL DEFAULT 0; -- that something was erased of
