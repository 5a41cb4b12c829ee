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

-- Who may do what.
GRANT USAGE ON SCHEMA charging TO tenure_app;
GRANT SELECT, INSERT ON charging.answered TO tenure_app;
