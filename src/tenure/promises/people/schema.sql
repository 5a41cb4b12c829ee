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

-- Who may do what.
GRANT USAGE ON SCHEMA people TO tenure_app, tenure_privacy;
GRANT SELECT, INSERT, UPDATE, DELETE ON people.person TO tenure_app;
GRANT SELECT ON people.person TO tenure_privacy;
