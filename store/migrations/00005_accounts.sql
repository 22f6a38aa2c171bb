-- Colleagues: more recruiters of an organisation, and what is asked for by letter.
-- Who is named here: recruiters, and in tickets the address of somebody invited,
-- which is emptied when the ticket is used and removed soon after it expired.

-- +goose Up

ALTER TABLE recruiters ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;   -- since when; 0: not
ALTER TABLE recruiters ADD COLUMN generation INTEGER NOT NULL DEFAULT 0; -- of his logins; raising it ends them all
ALTER TABLE organisations ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;  -- 1: everybody with an account sees every session

-- One letter asked for with a link that works once. The link is derived from the
-- id with the key that lies outside the database, so it is not in here.
CREATE TABLE tickets (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL CHECK (kind IN ('join', 'known', 'reset', 'nobody')),
    organisation TEXT    NOT NULL, -- '' where it does not matter
    asker        TEXT    NOT NULL, -- the recruiter who invites; '' for a reset
    recruiter    TEXT    NOT NULL, -- whose account it is about; '' while there is none
    email        TEXT    NOT NULL,
    email_key    TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    used         INTEGER NOT NULL  -- when used or taken back; 0: not yet
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_of ON tickets (organisation, created);
CREATE INDEX tickets_to ON tickets (email_key, created);

-- Letters about accounts: which ticket; never the words. As outbox, which is
-- about sessions.
CREATE TABLE account_outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket     TEXT    NOT NULL UNIQUE REFERENCES tickets (id) ON DELETE CASCADE,
    created    INTEGER NOT NULL,
    message_id TEXT    NOT NULL UNIQUE,
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    attempts   INTEGER NOT NULL,
    next       INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    cause      TEXT    NOT NULL
) STRICT;
CREATE INDEX account_outbox_pending ON account_outbox (next, id) WHERE state = 'pending';
