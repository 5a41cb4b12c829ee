-- What you paid in is yours to use, for as long as you were told.

CREATE SCHEMA topups;

COMMENT ON SCHEMA topups IS 'What you paid in is yours to use, for as long as you were told.';

CREATE SEQUENCE topups.batch_number;
CREATE SEQUENCE topups.serial_number;

CREATE TABLE topups.batch (
    batch_id bigint NOT NULL,
    amount_micros bigint NOT NULL,
    active_days integer NOT NULL,
    vouchers integer NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    issued_by text NOT NULL,
    -- Which key the PINs were hashed with: the start of the key's own hash, never the key.
    key_id text NOT NULL,
    CONSTRAINT batch_pkey PRIMARY KEY (batch_id),
    CONSTRAINT batch_has_value CHECK (amount_micros > 0 AND active_days > 0 AND vouchers > 0),
    CONSTRAINT batch_ends_after_its_start CHECK (expires_at > issued_at)
);

-- The PIN itself is nowhere: only its HMAC under a key that is kept outside the database.
CREATE TABLE topups.voucher (
    serial bigint NOT NULL,
    batch_id bigint NOT NULL,
    pin_hash bytea NOT NULL,
    amount_micros bigint NOT NULL,
    active_days integer NOT NULL,
    expires_at timestamptz NOT NULL,
    blocked_at timestamptz,
    used_at timestamptz,
    used_purse_id bigint,
    used_seq bigint,
    CONSTRAINT voucher_pkey PRIMARY KEY (serial),
    CONSTRAINT voucher_of_a_batch FOREIGN KEY (batch_id) REFERENCES topups.batch (batch_id),
    CONSTRAINT voucher_one_per_pin UNIQUE (pin_hash),
    -- One entry of one purse uses one voucher, and a voucher has room for one use only.
    CONSTRAINT voucher_used_by_one_entry UNIQUE (used_purse_id, used_seq),
    CONSTRAINT voucher_used_wholly_or_not CHECK (
        (used_at IS NULL) = (used_purse_id IS NULL) AND (used_at IS NULL) = (used_seq IS NULL)
    ),
    CONSTRAINT voucher_used_before_its_end CHECK (used_at < expires_at),
    CONSTRAINT voucher_blocked_or_used CHECK (blocked_at IS NULL OR used_at IS NULL),
    CONSTRAINT voucher_has_value CHECK (amount_micros > 0 AND active_days > 0)
) WITH (fillfactor = 80);

CREATE INDEX voucher_by_batch ON topups.voucher (batch_id);

-- A request to top up or to buy, and what it was answered; the key is the client's.
CREATE TABLE topups.answered (
    purse_id bigint NOT NULL,
    key text NOT NULL,
    at timestamptz NOT NULL,
    digest bytea NOT NULL,
    answer bytea NOT NULL,
    CONSTRAINT answered_once PRIMARY KEY (purse_id, key),
    CONSTRAINT answered_key_is_short CHECK (char_length(key) BETWEEN 1 AND 128)
);

-- Wrong PINs in a row.  Whether a line is locked is computed from this and the instant asked for.
CREATE TABLE topups.wrong_pins (
    purse_id bigint NOT NULL,
    in_a_row integer NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT wrong_pins_pkey PRIMARY KEY (purse_id),
    CONSTRAINT wrong_pins_counted CHECK (in_a_row >= 0)
);

-- Who may do what.
GRANT USAGE ON SCHEMA topups TO tenure_app;
GRANT USAGE ON SEQUENCE topups.batch_number, topups.serial_number TO tenure_app;
GRANT SELECT, INSERT ON topups.batch, topups.answered TO tenure_app;
-- What a voucher is worth cannot be changed once it is printed.
GRANT SELECT, INSERT, UPDATE (blocked_at, used_at, used_purse_id, used_seq)
    ON topups.voucher TO tenure_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON topups.wrong_pins TO tenure_app;
