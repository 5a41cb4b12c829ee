-- PRV-WHO, PRV-XFER: what left to whom, by which agreement, of whom.  Nothing leaves that is not here.

-- What the pack says of somebody named.  Another set of fields is another version; the tuple that
-- disclosures refer to never changes, and nothing goes abroad without a measure.
CREATE TABLE privacy.agreement (
    recipient text NOT NULL,
    version text NOT NULL,
    class text NOT NULL,
    basis text NOT NULL,
    country text NOT NULL,
    is_abroad boolean NOT NULL,
    measure text NOT NULL,
    is_confidential boolean NOT NULL,
    purpose text NOT NULL,
    consent text NOT NULL,
    consent_media text[] NOT NULL,
    fields text[] NOT NULL,
    ends_at timestamptz,
    -- In the pack that was published last.
    is_listed boolean NOT NULL,
    CONSTRAINT agreement_pkey PRIMARY KEY (recipient, version),
    CONSTRAINT agreement_as_it_is_disclosed_by
        UNIQUE (recipient, version, class, basis, country, measure, purpose, fields),
    CONSTRAINT agreement_basis_is_known CHECK (basis IN ('contract', 'consent', 'law', 'order')),
    CONSTRAINT agreement_measure_is_known
        CHECK (measure IN ('none', 'adequacy', 'safeguards', 'consent')),
    CONSTRAINT agreement_abroad_has_a_measure CHECK (is_abroad = (measure <> 'none')),
    CONSTRAINT agreement_consent_protects_where_it_is_the_basis
        CHECK (measure <> 'consent' OR basis = 'consent'),
    -- WEB-SHARE: only to who keeps it to themselves, or by law.
    CONSTRAINT agreement_is_confidential_or_law CHECK (
        is_confidential OR class = 'authorities'
    ),
    CONSTRAINT agreement_law_is_for_authorities
        CHECK ((class = 'authorities') = (basis IN ('law', 'order'))),
    CONSTRAINT agreement_consent_is_named
        CHECK ((basis = 'consent') = (consent <> '' AND cardinality(consent_media) > 0)),
    CONSTRAINT agreement_gives_something CHECK (cardinality(fields) > 0)
);

-- Where somebody named hears of changes (GDPR article 19), and the Ed25519 keys by which it answers,
-- each the x of a JWK (RFC 8037).  Whoever left the pack and was given something is told all the same.
CREATE TABLE privacy.recipient (
    recipient text NOT NULL,
    deliver text NOT NULL,
    keys text[] NOT NULL,
    CONSTRAINT recipient_pkey PRIMARY KEY (recipient),
    CONSTRAINT recipient_hears_and_answers
        CHECK ((deliver = '') = (cardinality(keys) = 0) AND deliver ~ '^(|file|https?://.+)$'),
    CONSTRAINT recipient_key_is_of_32_octets
        CHECK (array_to_string(keys, ' ', '?') ~ '^([A-Za-z0-9_-]{43}( |$))*$')
);

-- One time that something left.  The agreement's fields ride with the key, so that a field beside
-- them cannot be written down as disclosed, by whoever writes it.
CREATE TABLE privacy.disclosure (
    disclosure_id uuid NOT NULL,
    recipient text NOT NULL,
    agreement text NOT NULL,
    class text NOT NULL,
    basis text NOT NULL,
    country text NOT NULL,
    measure text NOT NULL,
    purpose text NOT NULL,
    agreed text[] NOT NULL,
    fields text[] NOT NULL,
    order_ref text,
    order_sha256 text,
    request_hash bytea,
    report text,
    period text,
    subjects integer NOT NULL,
    payload_sha256 bytea NOT NULL,
    at timestamptz NOT NULL,
    login text NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT disclosure_pkey PRIMARY KEY (disclosure_id),
    CONSTRAINT disclosure_by_an_agreement
        FOREIGN KEY (recipient, agreement, class, basis, country, measure, purpose, agreed)
        REFERENCES privacy.agreement (recipient, version, class, basis, country, measure, purpose, fields),
    CONSTRAINT disclosure_only_of_what_was_agreed CHECK (fields <@ agreed AND cardinality(fields) > 0),
    -- An authority shows its document, and two others of ours agreed to exactly this.
    CONSTRAINT disclosure_by_order_has_its_document CHECK (
        num_nulls(order_ref, order_sha256, request_hash) = CASE basis WHEN 'order' THEN 0 ELSE 3 END
        AND order_ref <> '' AND order_sha256 ~ '^[0-9a-f]{64}$'
    ),
    CONSTRAINT disclosure_of_what_was_asked
        FOREIGN KEY (request_hash) REFERENCES staff.request (request_hash),
    CONSTRAINT disclosure_once_an_order UNIQUE (request_hash),
    CONSTRAINT disclosure_report_has_a_period
        CHECK ((report IS NULL) = (period IS NULL) AND (report IS NULL OR basis = 'law')),
    CONSTRAINT disclosure_report_once_a_period UNIQUE (recipient, report, period),
    CONSTRAINT disclosure_hash_is_sha256 CHECK (octet_length(payload_sha256) = 32),
    CONSTRAINT disclosure_is_of_somebody CHECK (subjects > 0),
    CONSTRAINT disclosure_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX disclosure_by_time ON privacy.disclosure (at);

-- Of whom it was.  By the reference the recipient knows them, and by nothing else of ours.
CREATE TABLE privacy.disclosed (
    disclosure_id uuid NOT NULL,
    person_id bigint NOT NULL,
    reference bytea NOT NULL,
    CONSTRAINT disclosed_pkey PRIMARY KEY (disclosure_id, person_id),
    -- Those of whom something is about to leave are picked before the rest of it is known.
    CONSTRAINT disclosed_is_on_record FOREIGN KEY (disclosure_id)
        REFERENCES privacy.disclosure (disclosure_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT disclosed_reference_has_its_length CHECK (octet_length(reference) = 16)
);

CREATE INDEX disclosed_by_person ON privacy.disclosed (person_id);

-- What a transaction is disclosing just now: gone before it ends, and nobody else's to see.
CREATE TABLE privacy.disclosing (
    transaction_id xid8 NOT NULL,
    disclosure_id uuid NOT NULL,
    basis text NOT NULL,
    consent text NOT NULL,
    consent_media text[] NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT disclosing_one_at_a_time PRIMARY KEY (transaction_id)
);

-- Who may do what.
GRANT SELECT ON privacy.agreement, privacy.recipient, privacy.disclosure, privacy.disclosed
    TO tenure_app, tenure_privacy;
GRANT SELECT ON privacy.disclosing TO tenure_app;
