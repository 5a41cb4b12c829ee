-- One message to many people: who is meant is planned here, slim and resumable, and released to
-- notices.notice a few thousand at a time, so that nothing more urgent waits behind a million.

CREATE TABLE notices.campaign (
    campaign_id bigint GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL,
    kind text NOT NULL,
    audience jsonb NOT NULL,
    facts jsonb NOT NULL,
    prevailing text NOT NULL,
    until_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    cursor text COLLATE "C" NOT NULL DEFAULT '',
    runs integer NOT NULL DEFAULT 0,
    run_ended_at timestamptz,
    paused_at timestamptz,
    cancelled_at timestamptz,
    asked text,
    request_hash bytea,
    CONSTRAINT campaign_pkey PRIMARY KEY (campaign_id),
    CONSTRAINT campaign_is_opened_once UNIQUE (key),
    CONSTRAINT campaign_ends_later CHECK (until_at > opened_at),
    CONSTRAINT campaign_says_something_to_everybody CHECK (facts ? prevailing),
    CONSTRAINT campaign_run_ends_once_it_ran CHECK ((runs > 0) = (run_ended_at IS NOT NULL)),
    CONSTRAINT campaign_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    -- INC-STAFF, PRV-UPDATE: nobody tells everybody of new terms or a new privacy notice alone, and
    -- what was approved is exactly this version.  (Prices have the same in tariffs.version.)
    CONSTRAINT campaign_of_a_document_was_asked CHECK (
        num_nulls(asked, request_hash) = CASE WHEN kind IN ('terms.change', 'privacy.change')
                                              THEN 0 ELSE 2 END
    ),
    CONSTRAINT campaign_approval_is_of_what_was_asked
        CHECK (request_hash = sha256(convert_to(asked, 'UTF8'))),
    CONSTRAINT campaign_is_what_was_asked CHECK (
        asked IS NULL OR (
            asked::jsonb ->> 'kind' = 'document.publish'
            AND key = (asked::jsonb ->> 'document') || ' ' || (asked::jsonb ->> 'operator')
                      || ' ' || (asked::jsonb ->> 'version')
            AND kind = CASE asked::jsonb ->> 'document' WHEN 'general-terms' THEN 'terms.change'
                                                        WHEN 'privacy-notice' THEN 'privacy.change'
                       END
        ) IS TRUE
    ),
    CONSTRAINT campaign_approval_is_used_once UNIQUE (request_hash)
);

-- Who approved is a human other than who asked (staff.approval), and is not suspended now.
CREATE FUNCTION notices.campaign_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM staff.approvers(NEW.request_hash, NEW.opened_at, '-infinity')
    ) THEN
        RAISE EXCEPTION 'campaign approved by another human' USING ERRCODE = 'check_violation',
            SCHEMA = 'notices', TABLE = 'campaign',
            CONSTRAINT = 'campaign_approved_by_another_human';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaign_approved_by_another_human BEFORE INSERT ON notices.campaign
    FOR EACH ROW WHEN (NEW.request_hash IS NOT NULL) EXECUTE FUNCTION notices.campaign_approved();

-- Who is meant, once: by the number (`per` is the number), or by the person (`per` is empty).
-- person_id is 0 for a line that nobody holds; whoever gets the number later is somebody else.
CREATE TABLE notices.recipient (
    campaign_id bigint NOT NULL,
    per text COLLATE "C" NOT NULL,
    person_id bigint NOT NULL,
    msisdn text COLLATE "C" NOT NULL,
    language text NOT NULL,
    notice_id bigint,
    CONSTRAINT recipient_is_told_once PRIMARY KEY (campaign_id, per, person_id),
    CONSTRAINT recipient_of_a_campaign FOREIGN KEY (campaign_id)
        REFERENCES notices.campaign (campaign_id),
    CONSTRAINT recipient_is_told_by_a_notice FOREIGN KEY (notice_id)
        REFERENCES notices.notice (notice_id),
    CONSTRAINT recipient_per_number_or_person CHECK (per IN ('', msisdn)),
    CONSTRAINT recipient_per_person_is_somebody CHECK (per <> '' OR person_id > 0)
);

CREATE INDEX recipient_planned ON notices.recipient (campaign_id, msisdn) WHERE notice_id IS NULL;
CREATE UNIQUE INDEX recipient_has_a_notice_of_its_own ON notices.recipient (notice_id)
    WHERE notice_id IS NOT NULL;

-- Whoever was told by a notice stays told by that one, and what was said stays what was said.
CREATE FUNCTION notices.stays_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'who was told stays told'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'recipient_stays_told';
END $$;

CREATE TRIGGER recipient_stays_told BEFORE UPDATE ON notices.recipient
    FOR EACH ROW WHEN (OLD.notice_id IS NOT NULL) EXECUTE FUNCTION notices.stays_told();

-- Who may do what: what is said and to whom is not changed; only how far it is.
GRANT SELECT, INSERT (key, kind, audience, facts, prevailing, until_at, opened_at, leaf_seq, asked,
              request_hash)
    ON notices.campaign TO tenure_app;
GRANT UPDATE (cursor, runs, run_ended_at, paused_at, cancelled_at) ON notices.campaign TO tenure_app;
GRANT SELECT, INSERT (campaign_id, per, person_id, msisdn, language), UPDATE (notice_id)
    ON notices.recipient TO tenure_app;
GRANT SELECT ON notices.campaign, notices.recipient TO tenure_privacy;
GRANT SELECT ON notices.campaign TO tenure_regulator;
GRANT USAGE ON SCHEMA notices TO tenure_regulator;
REVOKE ALL ON FUNCTION notices.stays_told(), notices.campaign_approved() FROM PUBLIC;
