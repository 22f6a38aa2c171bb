-- What a complete quick interview needs of its people and letters.

-- +goose Up
ALTER TABLE people ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN notice INTEGER NOT NULL DEFAULT 0; -- version of the privacy notice; 0 none

-- The recruiter's words in a notice: a row of texts.
ALTER TABLE outbox ADD COLUMN text TEXT NOT NULL DEFAULT '';
