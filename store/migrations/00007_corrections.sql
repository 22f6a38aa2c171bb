-- +goose Up

-- What an interviewer replaced after he had submitted his assessment: the mark as
-- it stood, with its revision; 0 is "there was none". It holds free words, and goes
-- when the assessment is erased.
CREATE TABLE corrections (
    session     TEXT    NOT NULL,
    offer       INTEGER NOT NULL,
    interviewer TEXT    NOT NULL,
    item        TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    at          INTEGER NOT NULL, -- when it was replaced; nanoseconds since 1970 in UTC
    rating      INTEGER NOT NULL,
    note        TEXT    NOT NULL,
    PRIMARY KEY (session, offer, interviewer, item, revision),
    FOREIGN KEY (session, offer, interviewer, item)
        REFERENCES assessments (session, offer, interviewer, item) ON DELETE CASCADE
) STRICT;
