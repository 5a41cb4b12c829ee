-- You hear it from us before it costs you.

CREATE SCHEMA notices;

COMMENT ON SCHEMA notices IS 'You hear it from us before it costs you.';

-- What somebody is told, in the transaction of what it tells of.  The words are made when it is
-- sent, in the language that was chosen; here stand the kind and the facts.  `sent_at` is when it
-- was first handed over; `dropped` says why nothing more is tried, and both may be there.
CREATE TABLE notices.notice (
    notice_id bigint GENERATED ALWAYS AS IDENTITY,
    msisdn text COLLATE "C" NOT NULL,
    person_id bigint,
    language text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    facts jsonb NOT NULL,
    at timestamptz NOT NULL,
    sent_at timestamptz,
    dropped_at timestamptz,
    dropped text,
    CONSTRAINT notice_pkey PRIMARY KEY (notice_id),
    CONSTRAINT notice_channel_is_known CHECK (channel IN ('number', 'person', 'network')),
    CONSTRAINT notice_for_a_person_names_one CHECK (channel <> 'person' OR person_id IS NOT NULL),
    CONSTRAINT notice_is_dropped_for_a_reason CHECK ((dropped_at IS NULL) = (dropped IS NULL)),
    CONSTRAINT notice_reason_is_known
        CHECK (dropped IN ('changed hands', 'out of service', 'no other channel', 'no consent',
                           'too many', 'no longer true', 'too late', 'uncertain', 'undelivered')),
    -- What left and was not dropped for that may have arrived: only what never left is too late.
    CONSTRAINT notice_is_too_late_only_unsent CHECK (dropped <> 'too late' OR sent_at IS NULL),
    CONSTRAINT notice_is_sent_after_it_was_told CHECK (sent_at >= at)
) WITH (fillfactor = 85);  -- what is sent soon after it was told is updated on its page

CREATE INDEX notice_by_number ON notices.notice (msisdn, notice_id);

-- That a notice was sent is proof of it: neither the fact nor its end is changed afterwards.
CREATE FUNCTION notices.stays_as_it_is() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a notice that was sent or dropped stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_ends_once';
END $$;

CREATE TRIGGER notice_ends_once BEFORE UPDATE ON notices.notice
    FOR EACH ROW WHEN (
        OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at
        OR OLD.dropped_at IS NOT NULL
           AND (NEW.dropped_at, NEW.dropped) IS DISTINCT FROM (OLD.dropped_at, OLD.dropped)
    )
    EXECUTE FUNCTION notices.stays_as_it_is();

-- Who may do what.
GRANT USAGE ON SCHEMA notices TO tenure_app, tenure_privacy;
-- Nothing is written as sent: first it is told, and then it goes out.
GRANT SELECT, INSERT (msisdn, person_id, language, kind, channel, facts, at) ON notices.notice TO tenure_app;
GRANT UPDATE (sent_at, dropped_at, dropped) ON notices.notice TO tenure_app;
GRANT SELECT ON notices.notice TO tenure_privacy;
REVOKE ALL ON FUNCTION notices.stays_as_it_is() FROM PUBLIC;
