-- How a notice finds its way: what waits, and every attempt with its proof.

-- What is to be looked at again, and when: the oldest of the most urgent first.  A row comes with its
-- notice and goes with its end, so the table is as small as what is under way.
CREATE TABLE notices.due (
    notice_id bigint NOT NULL,
    urgency smallint NOT NULL,
    medium text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    tries smallint NOT NULL DEFAULT 0,
    CONSTRAINT due_pkey PRIMARY KEY (notice_id),
    CONSTRAINT due_urgency_is_known CHECK (urgency BETWEEN 0 AND 2),
    CONSTRAINT due_medium_is_known CHECK (medium IN ('sms', 'email')),
    CONSTRAINT due_tries_can_be_numbered CHECK (tries BETWEEN 0 AND 999)
) WITH (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05
);

CREATE INDEX due_next ON notices.due (medium, urgency, due_at, notice_id);

-- Whatever is told waits, whoever tells it: what is not in the queue would be lost.
-- Urgency: 0 now; 1 within the hour; 2 to many at once, so that nothing waits behind a million.
CREATE FUNCTION notices.awaits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO notices.due (notice_id, urgency, medium, due_at)
    SELECT notice_id,
           CASE split_part(kind, '.', 1)
               WHEN 'marketing' THEN 2 WHEN 'tariff' THEN 2 WHEN 'privacy' THEN 2 WHEN 'terms' THEN 2
               WHEN 'lifecycle' THEN 1 WHEN 'usage' THEN 1 WHEN 'expiry' THEN 1
               ELSE 0
           END,
           'sms', at
    FROM told WHERE sent_at IS NULL AND dropped_at IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER notice_awaits AFTER INSERT ON notices.notice
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION notices.awaits();

-- What ends with its period waits for nothing any more (PRV-KEEP).
CREATE FUNCTION notices.waits_no_more() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM notices.due d USING ended e WHERE d.notice_id = e.notice_id;
    RETURN NULL;
END $$;

CREATE TRIGGER notice_waits_no_more AFTER DELETE ON notices.notice
    REFERENCING OLD TABLE AS ended FOR EACH STATEMENT EXECUTE FUNCTION notices.waits_no_more();

-- An attempt.  It is written, and committed, before anything leaves: so nothing leaves unrecorded.
-- Its number is a thousand times that of its notice, and the attempt: one index finds both.
CREATE TABLE notices.delivery (
    delivery_id bigint NOT NULL,
    notice_id bigint GENERATED ALWAYS AS (delivery_id / 1000) STORED,
    medium text COLLATE "C" NOT NULL,
    via text COLLATE "C" NOT NULL,
    sent_to text COLLATE "C" NOT NULL,
    person_id bigint,
    receipts boolean NOT NULL,
    handing_at timestamptz NOT NULL,
    handed_at timestamptz,
    reference text COLLATE "C",
    ended_at timestamptz,
    ended text COLLATE "C",
    reason text,
    CONSTRAINT delivery_pkey PRIMARY KEY (delivery_id),
    CONSTRAINT delivery_of_a_notice FOREIGN KEY (notice_id) REFERENCES notices.notice (notice_id),
    CONSTRAINT delivery_is_numbered_from_one CHECK (delivery_id % 1000 > 0),
    CONSTRAINT delivery_medium_is_known CHECK (medium IN ('sms', 'email')),
    CONSTRAINT delivery_via_is_a_name CHECK (via ~ '^[a-z0-9][a-z0-9.-]{0,39}$'),
    CONSTRAINT delivery_is_handed_after_it_was_decided CHECK (handed_at >= handing_at),
    CONSTRAINT delivery_ends_after_it_was_decided CHECK (ended_at >= handing_at),
    CONSTRAINT delivery_is_called_something_once_handed
        CHECK (reference IS NULL OR handed_at IS NOT NULL),
    CONSTRAINT delivery_ends_at_an_instant CHECK ((ended IS NULL) = (ended_at IS NULL)),
    -- Only what was taken can be answered for, and only what was not taken can be refused.
    CONSTRAINT delivery_end_fits CHECK (
        CASE WHEN handed_at IS NULL THEN ended IN ('refused', 'unreachable', 'returned')
             ELSE ended IN ('delivered', 'failed', 'expired') END),
    CONSTRAINT delivery_is_answered_by_who_answers
        CHECK (receipts OR ended IN ('refused', 'unreachable', 'returned', 'failed'))
) WITH (fillfactor = 70);

-- A notice that ends takes its deliveries along.
CREATE INDEX delivery_by_notice ON notices.delivery (notice_id);
CREATE INDEX delivery_by_reference ON notices.delivery (via, reference)
    WHERE reference IS NOT NULL;
-- Only what counts towards "so many for one person": person_id is empty otherwise.
CREATE INDEX delivery_counted ON notices.delivery (person_id, handing_at)
    WHERE person_id IS NOT NULL;

-- The proof stays: what was sent, where, when, and what came back, each is written once.
CREATE FUNCTION notices.delivery_stays_as_it_was() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was sent, and what came back, stays as it was'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_stays_as_it_was';
END $$;

CREATE TRIGGER delivery_stays_as_it_was BEFORE UPDATE ON notices.delivery
    FOR EACH ROW WHEN (
        (NEW.delivery_id, NEW.medium, NEW.via, NEW.sent_to, NEW.person_id, NEW.receipts,
         NEW.handing_at)
        IS DISTINCT FROM
        (OLD.delivery_id, OLD.medium, OLD.via, OLD.sent_to, OLD.person_id, OLD.receipts,
         OLD.handing_at)
        OR OLD.handed_at IS NOT NULL
           AND (NEW.handed_at, NEW.reference) IS DISTINCT FROM (OLD.handed_at, OLD.reference)
        OR OLD.ended_at IS NOT NULL
           AND (NEW.ended_at, NEW.ended, NEW.reason, NEW.handed_at)
               IS DISTINCT FROM (OLD.ended_at, OLD.ended, OLD.reason, OLD.handed_at)
    )
    EXECUTE FUNCTION notices.delivery_stays_as_it_was();

-- GTC-MKT: no offer leaves without the standing consent of the person who holds the number now.
-- The rules have looked, in the same transaction; the database looks again.  Whoever holds the number
-- holds it until this is committed.  A holder who changed since the rules looked is no mistake but a
-- race: whoever sends looks again.
CREATE FUNCTION notices.offers_have_consent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM handing h JOIN notices.notice n USING (notice_id)
        WHERE n.kind LIKE 'marketing.%'
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM handing h JOIN notices.notice n USING (notice_id)
        JOIN numbers.tenure t ON t.msisdn = n.msisdn AND upper_inf(t.during)
        WHERE n.kind LIKE 'marketing.%' ORDER BY n.msisdn FOR SHARE OF t;
    IF EXISTS (
        SELECT FROM handing h JOIN notices.notice n USING (notice_id)
        LEFT JOIN numbers.tenure t ON t.msisdn = n.msisdn AND upper_inf(t.during)
        WHERE n.kind LIKE 'marketing.%' AND t.holder_id IS DISTINCT FROM n.person_id
    ) THEN
        RAISE EXCEPTION 'the number of an offer has another holder by now'
            USING ERRCODE = 'serialization_failure',
                CONSTRAINT = 'delivery_of_an_offer_reaches_its_person';
    END IF;
    IF EXISTS (
        SELECT FROM handing h JOIN notices.notice n USING (notice_id)
        WHERE n.kind LIKE 'marketing.%'
          AND NOT (n.person_id IS NOT NULL AND n.channel = 'number'
                   AND (h.medium <> 'sms' OR h.sent_to = n.msisdn)
                   AND coalesce(consent.may(n.person_id, n.facts ->> 'purpose', h.medium,
                                            h.handing_at), false))
    ) THEN
        RAISE EXCEPTION 'an offer needs the standing consent of who holds the number'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_of_an_offer_has_consent';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER delivery_of_an_offer_has_consent AFTER INSERT ON notices.delivery
    REFERENCING NEW TABLE AS handing FOR EACH STATEMENT
    EXECUTE FUNCTION notices.offers_have_consent();

-- Who may do what: an attempt is added, and learns what became of it; it is never taken away.
GRANT SELECT, DELETE, UPDATE (medium, due_at, tries) ON notices.due TO tenure_app;
GRANT SELECT,
    INSERT (delivery_id, medium, via, sent_to, person_id, receipts, handing_at),
    UPDATE (handed_at, reference, ended_at, ended, reason)
    ON notices.delivery TO tenure_app;
GRANT SELECT ON notices.due, notices.delivery TO tenure_privacy;
REVOKE ALL ON FUNCTION notices.awaits(), notices.waits_no_more(), notices.delivery_stays_as_it_was(),
    notices.offers_have_consent() FROM PUBLIC;
