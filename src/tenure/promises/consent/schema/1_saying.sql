-- Nothing beyond the service without your yes.

CREATE SCHEMA consent;

COMMENT ON SCHEMA consent IS 'Nothing beyond the service without your yes.';

-- Every text that was ever published or shown before a question, in every language: general-terms,
-- privacy-notice, and purpose/NAME for the words of a purpose.  None of them is ever changed.
CREATE TABLE consent.text (
    document text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    sha256 text NOT NULL,
    body text NOT NULL,
    meaning integer,
    published_at timestamptz,
    effective_from timestamptz,
    kept_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT text_of_a_version_is_one PRIMARY KEY (document, version, language),
    CONSTRAINT text_as_it_was_shown UNIQUE (document, version, language, sha256),
    CONSTRAINT text_and_meaning UNIQUE (document, version, language, sha256, meaning),
    CONSTRAINT text_hash_is_of_its_body
        CHECK (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    CONSTRAINT text_is_not_empty CHECK (btrim(body, E' \t\r\n') <> ''),
    CONSTRAINT text_document_is_known
        CHECK (document IN ('general-terms', 'privacy-notice') OR document ~ '^purpose/[a-z][a-z0-9-]{1,39}$'),
    -- A purpose that does not say what it is cannot be asked for.
    CONSTRAINT text_purpose_says_something CHECK (
        document !~ '(/|-)(other|others|misc|miscellaneous|any|all|general|legitimate|various)(-|$)'
        OR document = 'general-terms'
    ),
    CONSTRAINT text_of_a_purpose_has_a_meaning CHECK ((document LIKE 'purpose/%') = (meaning IS NOT NULL)),
    CONSTRAINT text_of_a_document_is_published CHECK (
        (document LIKE 'purpose/%') = (published_at IS NULL)
        AND (published_at IS NULL) = (effective_from IS NULL)
        AND effective_from >= published_at
    ),
    CONSTRAINT text_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- One word of somebody about one purpose by one medium.  Each names the word before it, and the key
-- of that word carries what it was and when: so the checks below need no trigger, and what was said
-- is one chain.  The person is a number only: what somebody refused outlives their profile.
CREATE TABLE consent.event (
    record_id uuid NOT NULL,
    person_id bigint NOT NULL,
    purpose text NOT NULL,
    medium text NOT NULL,
    seq integer NOT NULL,
    word text NOT NULL,
    at timestamptz NOT NULL,
    until_at timestamptz,
    by_person_id bigint NOT NULL,
    way text NOT NULL,
    language text NOT NULL,
    evidence text NOT NULL,
    meaning integer,
    purpose_version text,
    purpose_sha256 text,
    notice_version text,
    notice_sha256 text,
    after_seq integer,
    after_word text,
    after_at timestamptz,
    leaf_seq bigint NOT NULL,
    -- Columns of their own, so that the texts are found by foreign keys.
    purpose_document text GENERATED ALWAYS AS ('purpose/' || purpose) STORED,
    notice_document text GENERATED ALWAYS AS ('privacy-notice') STORED,
    CONSTRAINT event_pkey PRIMARY KEY (record_id),
    CONSTRAINT event_one_at_a_time UNIQUE (person_id, purpose, medium, seq),
    CONSTRAINT event_as_it_was UNIQUE (person_id, purpose, medium, seq, word, at),
    CONSTRAINT event_follows_the_one_before
        FOREIGN KEY (person_id, purpose, medium, after_seq, after_word, after_at)
        REFERENCES consent.event (person_id, purpose, medium, seq, word, at),
    CONSTRAINT event_counts_up CHECK (
        seq = coalesce(after_seq, 0) + 1 AND (after_seq IS NULL) = (seq = 1)
        AND (after_seq IS NULL) = (after_word IS NULL) AND (after_seq IS NULL) = (after_at IS NULL)
    ),
    CONSTRAINT event_word_is_known CHECK (word IN ('given', 'refused', 'withdrawn')),
    -- PRV-RIGHTS: only what was given is withdrawn, and a refusal is the first word there is.
    CONSTRAINT event_withdraws_what_was_given CHECK (word <> 'withdrawn' OR (after_word = 'given') IS TRUE),
    CONSTRAINT event_refuses_what_was_not_given CHECK (word <> 'refused' OR after_seq IS NULL),
    CONSTRAINT event_is_not_before_the_last CHECK (at >= after_at),
    -- Of a yes and a no of the same instant the no counts, whichever came first.
    CONSTRAINT event_gives_after_a_no
        CHECK (word <> 'given' OR after_word IS NULL OR after_word = 'given' OR at > after_at),
    CONSTRAINT event_purpose_says_something CHECK (
        purpose !~ '(^|-)(other|others|misc|miscellaneous|any|all|general|legitimate|various)(-|$)'
    ),
    CONSTRAINT event_medium_is_known CHECK (medium IN ('sms', 'call', 'email', 'app', 'none')),
    CONSTRAINT event_way_is_known
        CHECK (way IN ('app', 'ussd', 'short-code', 'shop', 'e-mail', 'care', 'web')),
    CONSTRAINT event_evidence_is_an_id CHECK (evidence ~ '^[ -~]{0,200}$'),
    -- A yes is to texts that could be read; a no needs none.
    CONSTRAINT event_yes_is_to_texts CHECK (
        (word = 'given') = (meaning IS NOT NULL)
        AND num_nulls(meaning, purpose_version, purpose_sha256, notice_version, notice_sha256) IN (0, 5)
    ),
    CONSTRAINT event_no_has_no_end CHECK (until_at IS NULL OR (word = 'given' AND until_at > at)),
    CONSTRAINT event_to_the_words_of_the_purpose
        FOREIGN KEY (purpose_document, purpose_version, language, purpose_sha256, meaning)
        REFERENCES consent.text (document, version, language, sha256, meaning),
    CONSTRAINT event_to_the_notice
        FOREIGN KEY (notice_document, notice_version, language, notice_sha256)
        REFERENCES consent.text (document, version, language, sha256),
    CONSTRAINT event_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

COMMENT ON TABLE consent.event IS 'What somebody said; how they stand is the last word, computed.';

-- GTC-ACCEPT: which version binds whom, how, and since when.
CREATE TABLE consent.acceptance (
    acceptance_id uuid NOT NULL,
    person_id bigint NOT NULL,
    document text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    sha256 text NOT NULL,
    manner text NOT NULL,
    way text NOT NULL,
    evidence text NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT acceptance_pkey PRIMARY KEY (acceptance_id),
    -- Using the service every day accepts it once.
    CONSTRAINT acceptance_is_one_a_manner UNIQUE (person_id, document, version, manner),
    CONSTRAINT acceptance_of_what_was_published FOREIGN KEY (document, version, language, sha256)
        REFERENCES consent.text (document, version, language, sha256),
    CONSTRAINT acceptance_is_of_a_document CHECK (document IN ('general-terms', 'privacy-notice')),
    CONSTRAINT acceptance_manner_is_published
        CHECK (manner IN ('activation', 'use', 'signature', 'click')),
    CONSTRAINT acceptance_way_is_known
        CHECK (way IN ('app', 'ussd', 'short-code', 'shop', 'e-mail', 'care', 'web')),
    CONSTRAINT acceptance_evidence_is_an_id CHECK (evidence ~ '^[ -~]{0,200}$'),
    CONSTRAINT acceptance_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- PRV-ACK: the notice could be read, and what was given is true.  Nobody consents by it.
CREATE TABLE consent.acknowledgement (
    acknowledgement_id uuid NOT NULL,
    person_id bigint NOT NULL,
    document text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    sha256 text NOT NULL,
    occasion text NOT NULL,
    way text NOT NULL,
    evidence text NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT acknowledgement_pkey PRIMARY KEY (acknowledgement_id),
    CONSTRAINT acknowledgement_of_what_was_published FOREIGN KEY (document, version, language, sha256)
        REFERENCES consent.text (document, version, language, sha256),
    CONSTRAINT acknowledgement_is_of_a_notice CHECK (document = 'privacy-notice'),
    CONSTRAINT acknowledgement_way_is_known
        CHECK (way IN ('app', 'ussd', 'short-code', 'shop', 'e-mail', 'care', 'web')),
    CONSTRAINT acknowledgement_says_when CHECK (occasion ~ '^[a-z][a-z0-9 .,:_-]{0,99}$'),
    CONSTRAINT acknowledgement_evidence_is_an_id CHECK (evidence ~ '^[ -~]{0,200}$'),
    CONSTRAINT acknowledgement_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX acknowledgement_by_person ON consent.acknowledgement (person_id, at);

-- PRV-THIRD: who gave another person's data states to have that person's consent.
CREATE TABLE consent.representation (
    representation_id uuid NOT NULL,
    supplier_id bigint NOT NULL,
    about text NOT NULL,
    occasion text NOT NULL,
    way text NOT NULL,
    language text NOT NULL,
    evidence text NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT representation_pkey PRIMARY KEY (representation_id),
    CONSTRAINT representation_names_no_data CHECK (
        about ~ '^[a-z][a-z0-9 .,:_-]{0,99}$' AND occasion ~ '^[a-z][a-z0-9 .,:_-]{0,99}$'
    ),
    CONSTRAINT representation_way_is_known
        CHECK (way IN ('app', 'ussd', 'short-code', 'shop', 'e-mail', 'care', 'web')),
    CONSTRAINT representation_evidence_is_an_id CHECK (evidence ~ '^[ -~]{0,200}$'),
    CONSTRAINT representation_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX representation_by_supplier ON consent.representation (supplier_id, at);

-- What was said stays said, whoever asks: not even the owner's own statement changes it.
-- It ends with its period, by the one door of privacy (privacy.end_rows); the texts never do.
CREATE FUNCTION consent.stays_said() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what somebody said is never changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stays_said';
END $$;

CREATE TRIGGER text_stays_said BEFORE UPDATE OR DELETE ON consent.text
    FOR EACH ROW EXECUTE FUNCTION consent.stays_said();
CREATE TRIGGER event_stays_said BEFORE UPDATE OR DELETE ON consent.event
    FOR EACH ROW WHEN (current_setting('tenure.ending', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION consent.stays_said();
CREATE TRIGGER acceptance_stays_said BEFORE UPDATE OR DELETE ON consent.acceptance
    FOR EACH ROW WHEN (current_setting('tenure.ending', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION consent.stays_said();
CREATE TRIGGER acknowledgement_stays_said BEFORE UPDATE OR DELETE ON consent.acknowledgement
    FOR EACH ROW WHEN (current_setting('tenure.ending', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION consent.stays_said();
CREATE TRIGGER representation_stays_said BEFORE UPDATE OR DELETE ON consent.representation
    FOR EACH ROW WHEN (current_setting('tenure.ending', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION consent.stays_said();

-- Who may do what.
REVOKE ALL ON FUNCTION consent.stays_said() FROM PUBLIC;
GRANT USAGE ON SCHEMA consent TO tenure_app, tenure_privacy, tenure_marketing;
GRANT SELECT, INSERT ON consent.text, consent.acceptance, consent.acknowledgement, consent.representation TO tenure_app;
GRANT SELECT, INSERT ON consent.event TO tenure_app;
GRANT SELECT ON consent.text, consent.event, consent.acceptance, consent.acknowledgement, consent.representation
    TO tenure_privacy;
