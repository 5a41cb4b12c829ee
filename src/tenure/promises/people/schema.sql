-- We know you by as little as we need.

CREATE SCHEMA people;

COMMENT ON SCHEMA people IS 'We know you by as little as we need.';

CREATE TABLE people.person (
    person_id bigint NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    born_on date,
    document_kind text,
    document_number text,
    since timestamptz NOT NULL,
    CONSTRAINT person_pkey PRIMARY KEY (person_id),
    CONSTRAINT person_document_kind_is_known
        CHECK (document_kind IN ('national-id', 'passport', 'monk-id', 'family-book')),
    CONSTRAINT person_document_has_kind_and_number
        CHECK ((document_kind IS NULL) = (document_number IS NULL)),
    -- One person is one row, whatever counter they came to.
    CONSTRAINT person_one_per_document UNIQUE (document_kind, document_number)
);

-- A key that only its owner has.  What it signed can be verified by anybody, with the leaf.
CREATE TABLE people.passkey (
    credential_id bytea NOT NULL,
    person_id bigint NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    added_at timestamptz NOT NULL,
    ended_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT passkey_is_one_persons PRIMARY KEY (credential_id),
    CONSTRAINT passkey_and_person UNIQUE (credential_id, person_id),
    CONSTRAINT passkey_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT passkey_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT passkey_has_a_form CHECK (
        octet_length(credential_id) BETWEEN 16 AND 1023 AND octet_length(public_key) BETWEEN 32 AND 2048
    ),
    CONSTRAINT passkey_counts_up CHECK (sign_count >= 0),
    CONSTRAINT passkey_ends_later CHECK (ended_at >= added_at)
);

CREATE INDEX passkey_by_person ON people.passkey (person_id);

-- PRV-MINOR: who answers for a minor.
CREATE TABLE people.guardian (
    ward_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT guardian_pkey PRIMARY KEY (ward_id, guardian_id, since),
    CONSTRAINT guardian_of_a_person FOREIGN KEY (ward_id) REFERENCES people.person (person_id),
    CONSTRAINT guardian_is_a_person FOREIGN KEY (guardian_id) REFERENCES people.person (person_id),
    CONSTRAINT guardian_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT guardian_never_of_oneself CHECK (ward_id <> guardian_id),
    CONSTRAINT guardian_ends_later CHECK (until > since)
);

-- Who may do what.
GRANT USAGE ON SCHEMA people TO tenure_app, tenure_privacy;
-- Whoever is on record as somebody's document or birthday stays it: the doors to a number ask for them.
GRANT SELECT, INSERT ON people.person TO tenure_app;
GRANT SELECT ON people.person, people.passkey, people.guardian TO tenure_privacy;
-- A key changes only in its counter, and ends; whose it is never changes.
GRANT SELECT, INSERT, UPDATE (sign_count, ended_at) ON people.passkey TO tenure_app;
GRANT SELECT, INSERT, UPDATE (until) ON people.guardian TO tenure_app;
