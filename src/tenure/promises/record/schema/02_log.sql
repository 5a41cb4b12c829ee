-- The log over the leaves: a tree that only grows (RFC 6962), kept in tiles, seen by witnesses.

-- Leaves are committed in another order than they are numbered, and numbers have gaps.  So each leaf
-- waits here, from the statement that writes it until the sequencer has given it its place.
CREATE TABLE record.unsequenced (
    leaf_seq bigint NOT NULL,
    CONSTRAINT unsequenced_pkey PRIMARY KEY (leaf_seq),
    CONSTRAINT unsequenced_is_a_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

COMMENT ON TABLE record.unsequenced IS 'Leaves that wait for their place in the log.';

-- One log at a time is open.  A log that cannot go on is closed, and a successor begins by saying so.
CREATE TABLE record.log (
    log_id integer NOT NULL,
    origin text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    successor_id integer,
    CONSTRAINT log_pkey PRIMARY KEY (log_id),
    CONSTRAINT log_origin_is_its_own UNIQUE (origin),
    CONSTRAINT log_successor_is_a_log FOREIGN KEY (successor_id) REFERENCES record.log (log_id)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT log_has_a_successor_once_closed CHECK ((closed_at IS NULL) = (successor_id IS NULL)),
    CONSTRAINT log_succeeds_later CHECK (successor_id > log_id),
    -- C2SP signed-note: the origin is the name in the log's keys.
    CONSTRAINT log_origin_is_a_key_name CHECK (origin <> '' AND origin !~ '[+[:space:]]')
);

CREATE UNIQUE INDEX log_open_is_one ON record.log ((true)) WHERE closed_at IS NULL;

-- What a log signs with, as others verify it.  The signing keys are in files outside the database.
CREATE TABLE record.log_key (
    log_id integer NOT NULL,
    vkey text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    CONSTRAINT log_key_pkey PRIMARY KEY (log_id, vkey),
    CONSTRAINT log_key_of_a_log FOREIGN KEY (log_id) REFERENCES record.log (log_id)
);

-- Each place of a log has one leaf.  A leaf has one place, and one more only in a successor when its
-- log died before the witnesses had seen it there.
CREATE TABLE record.place (
    log_id integer NOT NULL,
    index bigint NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT place_pkey PRIMARY KEY (log_id, index),
    CONSTRAINT place_of_a_leaf_is_one UNIQUE (leaf_seq, log_id),
    CONSTRAINT place_has_a_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT place_of_a_log FOREIGN KEY (log_id) REFERENCES record.log (log_id),
    CONSTRAINT place_counts_from_zero CHECK (index >= 0)
);

-- C2SP tlog-tiles: up to 256 hashes of one level; the last of each level grows until it is full.
CREATE TABLE record.tile (
    log_id integer NOT NULL,
    level smallint NOT NULL,
    number bigint NOT NULL,
    hashes bytea STORAGE EXTERNAL NOT NULL,
    CONSTRAINT tile_pkey PRIMARY KEY (log_id, level, number),
    CONSTRAINT tile_of_a_log FOREIGN KEY (log_id) REFERENCES record.log (log_id),
    CONSTRAINT tile_has_whole_hashes
        CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0)
);

-- Only what the witnesses have cosigned is here: an unseen checkpoint proves nothing to anybody.
CREATE TABLE record.checkpoint (
    log_id integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT checkpoint_pkey PRIMARY KEY (log_id, size),
    CONSTRAINT checkpoint_of_a_log FOREIGN KEY (log_id) REFERENCES record.log (log_id),
    CONSTRAINT checkpoint_is_of_something CHECK (size > 0 AND octet_length(root) = 32)
);

COMMENT ON TABLE record.checkpoint IS 'Signed states of the log, each with its cosignatures (C2SP).';

-- Who may do what.  Nothing that was published can be changed by the application.
GRANT SELECT, INSERT, DELETE ON record.unsequenced TO tenure_app;
GRANT SELECT, INSERT, UPDATE (closed_at, successor_id) ON record.log TO tenure_app;
GRANT SELECT, INSERT, UPDATE (until) ON record.log_key TO tenure_app;
GRANT SELECT, INSERT ON record.place TO tenure_app;
GRANT SELECT, INSERT, UPDATE (hashes) ON record.tile TO tenure_app;
GRANT SELECT, INSERT ON record.checkpoint TO tenure_app;
GRANT SELECT ON record.unsequenced, record.log, record.log_key, record.place, record.tile,
    record.checkpoint TO tenure_regulator;
