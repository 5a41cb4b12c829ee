-- You never pay for what you did not use: the answers of one-off requests, kept for their repeats.
-- Sessions ride in the purse's own row (money.purse.sessions), entries in money.entry.
CREATE SCHEMA charging;

CREATE TABLE charging.answered (
    key      bytea       NOT NULL,
    purse_id bigint      NOT NULL,
    digest   bytea       NOT NULL,
    answer   bytea       NOT NULL,
    drawn    bytea       NOT NULL,
    at       timestamptz NOT NULL,
    -- Whatever the rules say, one key has one effect.
    CONSTRAINT answered_once PRIMARY KEY (key)
);

-- What somebody was told went down, once: of a grant, or of the funds since their last top-up (KH-USAGE).
CREATE TABLE charging.told (
    purse_id bigint      NOT NULL,
    kind     text        NOT NULL,
    mark     bigint      NOT NULL,
    at       timestamptz NOT NULL,
    CONSTRAINT told_once PRIMARY KEY (purse_id, kind, mark),
    CONSTRAINT told_kind_is_known CHECK (kind IN ('usage.most', 'usage.all', 'usage.low'))
);

-- Who may do what.
GRANT USAGE ON SCHEMA charging TO tenure_app;
GRANT SELECT, INSERT ON charging.answered, charging.told TO tenure_app;
