-- What we did can be proved, and cannot be unsaid.

CREATE SCHEMA record;

COMMENT ON SCHEMA record IS 'What we did can be proved, and cannot be unsaid.';

-- A leaf is written in the transaction of the change it tells of.  It is never changed: the
-- application may only add, and the sequencer gives it its place in the log afterwards.
CREATE TABLE record.leaf (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    leaf_hash bytea NOT NULL,
    CONSTRAINT leaf_pkey PRIMARY KEY (seq),
    CONSTRAINT leaf_kind_is_a_name CHECK (kind ~ '^[a-z]+(\.[a-z_]+)+$'),
    -- RFC 6962 section 2.1: an edited body no longer fits its hash, whoever edits it.
    CONSTRAINT leaf_hash_is_of_its_body
        CHECK (leaf_hash = sha256('\x00'::bytea || convert_to(body, 'UTF8')))
);

COMMENT ON TABLE record.leaf IS 'Canonical JSON (RFC 8785) of what was done, without personal data.';

-- What a commitment in a leaf stands for.  Deleting the row is what erasure means for the record:
-- the leaf stays, and nobody can tell any more whom it was about.
CREATE TABLE record.opening (
    leaf_seq bigint NOT NULL,
    field text NOT NULL,
    salt bytea NOT NULL,
    value text NOT NULL,
    CONSTRAINT opening_pkey PRIMARY KEY (leaf_seq, field),
    CONSTRAINT opening_of_a_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT opening_salt_is_long CHECK (octet_length(salt) = 32)
);

CREATE INDEX opening_by_value ON record.opening (field, value);

-- Who may do what.
GRANT USAGE ON SCHEMA record TO tenure_app, tenure_regulator;
-- Nothing is unsaid: a leaf is added, and only the opening that ties it to somebody can go.
GRANT SELECT, INSERT ON record.leaf TO tenure_app;
GRANT SELECT, INSERT, DELETE ON record.opening TO tenure_app;
GRANT SELECT ON record.leaf TO tenure_regulator;
