-- Exports of what is held about somebody: jobs that a kill cannot double, and packages that end.

CREATE TABLE privacy.export (
    export_id uuid NOT NULL,
    -- Whom it is about: exactly one of the three.
    person_id bigint,
    subject_id bigint,
    human_id bigint,
    scope text NOT NULL,
    language text NOT NULL,
    case_id uuid,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    -- The key of the package: for the subject's passphrase, and for as long as it is written for us.
    salt bytea NOT NULL,
    nonce bytea NOT NULL,
    sealed_key bytea NOT NULL,
    working_key bytea,
    file text NOT NULL,
    pins jsonb NOT NULL,
    position jsonb NOT NULL,
    frames bigint NOT NULL DEFAULT 0,
    finished_at timestamptz,
    until_at timestamptz,
    leaf_seq bigint,
    fetched_at timestamptz,
    destroyed_at timestamptz,
    CONSTRAINT export_pkey PRIMARY KEY (export_id),
    CONSTRAINT export_about_one CHECK (num_nonnulls(person_id, subject_id, human_id) = 1),
    CONSTRAINT export_scope_is_known CHECK (scope IN ('copy', 'know')),
    -- PRV-SEC: one of ours needs a case; only somebody themselves needs none.
    CONSTRAINT export_by_ours_has_a_case CHECK (case_id IS NOT NULL OR asked_by = '<page>'),
    CONSTRAINT export_keys_are_sealed CHECK (
        octet_length(salt) = 16 AND octet_length(nonce) = 12 AND octet_length(sealed_key) = 48
        AND octet_length(working_key) = 60
    ),
    CONSTRAINT export_only_grows CHECK (frames >= 0),
    -- Once it is complete, nobody but who has the passphrase can open it; and it is in the record.
    CONSTRAINT export_complete_is_nobody_elses CHECK (
        (finished_at IS NULL AND until_at IS NULL AND leaf_seq IS NULL)
        OR (finished_at IS NOT NULL AND until_at IS NOT NULL AND leaf_seq IS NOT NULL
            AND working_key IS NULL AND until_at > finished_at)
    ),
    CONSTRAINT export_fetched_when_complete CHECK (fetched_at IS NULL OR fetched_at >= finished_at),
    CONSTRAINT export_destroyed_for_good CHECK (destroyed_at IS NULL OR working_key IS NULL),
    CONSTRAINT export_for_a_case FOREIGN KEY (case_id) REFERENCES privacy.rights_case (case_id),
    CONSTRAINT export_is_in_the_record FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- The same is not written twice at the same time.
CREATE UNIQUE INDEX export_one_under_way
    ON privacy.export (
        coalesce(person_id, -1), coalesce(subject_id, -1), coalesce(human_id, -1), scope,
        coalesce(case_id, '00000000-0000-0000-0000-000000000000')
    ) WHERE finished_at IS NULL AND destroyed_at IS NULL;
CREATE INDEX export_of_person ON privacy.export (person_id, asked_at);
CREATE INDEX export_to_destroy ON privacy.export (until_at) WHERE destroyed_at IS NULL;

-- A job goes forward, is finished once, is fetched once and is destroyed for good.
CREATE FUNCTION privacy.export_goes_forward() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.frames < OLD.frames
        OR (OLD.finished_at IS NOT NULL AND NEW.finished_at IS DISTINCT FROM OLD.finished_at)
        OR (OLD.until_at IS NOT NULL AND NEW.until_at IS DISTINCT FROM OLD.until_at)
        OR (OLD.fetched_at IS NOT NULL AND NEW.fetched_at IS DISTINCT FROM OLD.fetched_at)
        OR (OLD.destroyed_at IS NOT NULL AND NEW IS DISTINCT FROM OLD)
    THEN
        RAISE EXCEPTION 'an export goes forward only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'export_goes_forward';
    END IF;
    RETURN NEW;
END $$;

-- PRV-RIGHTS: a case is answered with what it asks, neither less nor more.
CREATE FUNCTION privacy.export_is_what_was_asked() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.case_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM privacy.rights_case c
        WHERE c.case_id = NEW.case_id
          AND NEW.scope = CASE c.right_name
            WHEN 'copy' THEN 'copy' WHEN 'know' THEN 'know' WHEN 'disclosed' THEN 'know'
          END
    ) THEN
        RAISE EXCEPTION 'a package is what its case asks'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'export_is_what_was_asked';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER export_is_what_was_asked BEFORE INSERT ON privacy.export
    FOR EACH ROW EXECUTE FUNCTION privacy.export_is_what_was_asked();
CREATE TRIGGER export_goes_forward BEFORE UPDATE ON privacy.export
    FOR EACH ROW EXECUTE FUNCTION privacy.export_goes_forward();

-- Who may do what.
GRANT SELECT, INSERT,
    UPDATE (position, frames, working_key, finished_at, until_at, leaf_seq, fetched_at, destroyed_at)
    ON privacy.export TO tenure_app;
GRANT SELECT (export_id, person_id, subject_id, human_id, scope, language, case_id, asked_by, asked_at, frames,
    finished_at, until_at, fetched_at, destroyed_at) ON privacy.export TO tenure_privacy;
REVOKE ALL ON FUNCTION privacy.export_goes_forward(), privacy.export_is_what_was_asked() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.export_goes_forward(), privacy.export_is_what_was_asked() TO tenure_app;
