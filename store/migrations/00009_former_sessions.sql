-- +goose Up

-- Sessions that were called off and whose day has another one since. They still name
-- people, and are found here when somebody is erased.
CREATE TABLE former_sessions (
    session TEXT NOT NULL PRIMARY KEY,
    round   TEXT NOT NULL REFERENCES rounds (id)
) STRICT, WITHOUT ROWID;
