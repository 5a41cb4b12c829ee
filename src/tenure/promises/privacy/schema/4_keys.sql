-- Which keys have ended: the keys themselves are in a store of their own, apart from the database.

-- A sealed value: which key it needs, a nonce, and what only that key opens at that place (values/sealing).
CREATE DOMAIN privacy.sealed AS bytea
    CONSTRAINT sealed_is_an_envelope CHECK (octet_length(VALUE) >= 45 AND get_byte(VALUE, 0) = 1);

-- PRV-KEEP: all keys of a mark that are older than the number have ended, wherever they turn up again.
-- The mark is an HMAC of whose and of which class, which only the key store can compute.  It is written in
-- the transaction that erases; the keys are destroyed after its commit, and the destruction is noted.
CREATE TABLE privacy.fence (
    mark bytea NOT NULL,
    number bigint NOT NULL,
    class text NOT NULL,
    asked_at timestamptz NOT NULL,
    raised_at timestamptz,
    keys integer,
    leaf_seq bigint NOT NULL,
    CONSTRAINT fence_pkey PRIMARY KEY (mark, number),
    CONSTRAINT fence_mark_is_a_mark CHECK (octet_length(mark) = 32),
    CONSTRAINT fence_number_is_positive CHECK (number > 0),
    CONSTRAINT fence_is_told FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT fence_is_raised_with_a_count CHECK ((raised_at IS NULL) = (keys IS NULL) AND keys >= 0)
);

COMMENT ON TABLE privacy.fence IS 'Keys that have ended, under marks that only the key store can read.';

CREATE INDEX fence_waits ON privacy.fence (number) WHERE raised_at IS NULL;

-- What was destroyed stays destroyed: a fence is raised once, and never goes.
CREATE FUNCTION privacy.fence_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.raised_at IS NOT NULL
        OR (NEW.mark, NEW.number, NEW.class, NEW.asked_at, NEW.leaf_seq)
            IS DISTINCT FROM (OLD.mark, OLD.number, OLD.class, OLD.asked_at, OLD.leaf_seq)
    THEN
        RAISE EXCEPTION 'a key that ended stays ended'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'fence_stays';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER fence_stays BEFORE UPDATE OR DELETE ON privacy.fence
    FOR EACH ROW EXECUTE FUNCTION privacy.fence_stays();

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.fence_stays() FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE (raised_at, keys) ON privacy.fence TO tenure_app;
GRANT SELECT ON privacy.fence TO tenure_privacy, tenure_regulator;
GRANT USAGE ON SCHEMA privacy TO tenure_regulator;
