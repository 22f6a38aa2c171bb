-- What a recruiter has saved and not published. It holds words and names of
-- interviewers, so a row goes as soon as it is published or discarded.

-- +goose Up

-- session may be one that does not exist yet: a copy without a date.
CREATE TABLE drafts (
    session      TEXT    NOT NULL PRIMARY KEY,
    organisation TEXT    NOT NULL,
    owner        TEXT    NOT NULL,
    form         TEXT    NOT NULL, -- JSON, as it was typed
    version      INTEGER NOT NULL, -- the session's change it was filled in from; 0 for a new one
    revision     INTEGER NOT NULL CHECK (revision > 0), -- raised by each save
    author       TEXT    NOT NULL, -- who saved it last
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_of ON drafts (organisation, session);
