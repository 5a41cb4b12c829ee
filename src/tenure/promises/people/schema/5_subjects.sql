-- Everybody else of whom something is known: visitors, candidates, partners and the rest, as the pack
-- declares their kinds.  Rows are the same for all; what may stand in them is declared, and checked.

-- PRV-KINDS, PRV-OPTION: what the pack declares.  A declaration that was used stays when it is not
-- current any more, so that what was stored under it keeps its meaning.
CREATE TABLE people.kind (
    kind text NOT NULL,
    third_party boolean NOT NULL,
    registered boolean NOT NULL,
    CONSTRAINT kind_pkey PRIMARY KEY (kind, third_party, registered),
    CONSTRAINT kind_is_a_word CHECK (kind ~ '^[a-z][a-z0-9-]{0,39}$')
);

CREATE TABLE people.declared (
    kind text NOT NULL,
    item text NOT NULL,
    form text NOT NULL,
    many boolean NOT NULL,
    of_another boolean NOT NULL,
    -- PRV-SEC: its category is health, union, pay, a picture of a body: nobody keeps it in clear.
    sensitive boolean NOT NULL,
    CONSTRAINT declared_pkey PRIMARY KEY (kind, item, form, many, of_another),
    CONSTRAINT declared_as_it_is_kept UNIQUE (kind, item, form, many, of_another, sensitive),
    CONSTRAINT declared_item_is_a_word CHECK (item ~ '^[a-z][a-z0-9-]{0,39}$'),
    CONSTRAINT declared_form_is_known CHECK (form IN (
        'text', 'date', 'instant', 'whole', 'email', 'phone', 'country', 'choice', 'yes-no',
        'document', 'file', 'passage'
    ))
);

CREATE TABLE people.subject (
    subject_id bigint NOT NULL,
    kind text NOT NULL,
    third_party boolean NOT NULL,
    registered boolean NOT NULL,
    person_id bigint,
    occasion text NOT NULL,
    since timestamptz NOT NULL,
    -- PRV-THIRD: who named them, and said that they agree.
    named_by text,
    represented_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT subject_pkey PRIMARY KEY (subject_id),
    CONSTRAINT subject_and_kind UNIQUE (subject_id, kind, registered),
    CONSTRAINT subject_and_person UNIQUE (subject_id, person_id),
    CONSTRAINT subject_of_a_declared_kind FOREIGN KEY (kind, third_party, registered)
        REFERENCES people.kind (kind, third_party, registered),
    CONSTRAINT subject_is_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT subject_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT subject_registered_has_a_profile CHECK (registered = (person_id IS NOT NULL)),
    CONSTRAINT subject_of_another_agreed CHECK (
        third_party = (named_by IS NOT NULL) AND (named_by IS NULL) = (represented_at IS NULL)
    ),
    CONSTRAINT subject_represented_when_entered CHECK (represented_at <= since),
    CONSTRAINT subject_named_by_somebody CHECK (named_by ~ '^(person|subject) [0-9]{1,16}$')
);

CREATE UNIQUE INDEX subject_one_of_a_kind_per_person ON people.subject (person_id, kind);

CREATE TABLE people.item (
    subject_id bigint NOT NULL,
    kind text NOT NULL,
    registered boolean NOT NULL,
    -- The subject's own, so that an item is found by whose profile it goes with, and sealed with their key.
    person_id bigint,
    item text NOT NULL,
    form text NOT NULL,
    many boolean NOT NULL,
    of_another boolean NOT NULL,
    sensitive boolean NOT NULL,
    place smallint NOT NULL,
    value text,
    -- PRV-SEC: the value, under the key of whose it is, which is kept apart from this database.
    sealed bytea,
    occasion text NOT NULL,
    -- PRV-THIRD: whoever gave it says that the other person agrees, such as a friend with their number.
    represented boolean NOT NULL,
    since timestamptz NOT NULL,
    ended_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT item_pkey PRIMARY KEY (subject_id, item, place, since),
    CONSTRAINT item_of_a_subject FOREIGN KEY (subject_id, kind, registered)
        REFERENCES people.subject (subject_id, kind, registered),
    CONSTRAINT item_of_their_profile FOREIGN KEY (subject_id, person_id)
        REFERENCES people.subject (subject_id, person_id),
    CONSTRAINT item_registered_has_a_profile CHECK (registered = (person_id IS NOT NULL)),
    -- What becomes sensitive by a later pack is refused as long as a value of it stands in clear.
    CONSTRAINT item_as_it_is_declared FOREIGN KEY (kind, item, form, many, of_another, sensitive)
        REFERENCES people.declared (kind, item, form, many, of_another, sensitive) ON UPDATE CASCADE,
    CONSTRAINT item_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT item_one_unless_many CHECK (place >= 0 AND (many OR place = 0)),
    CONSTRAINT item_of_another_agreed CHECK (NOT of_another OR represented),
    CONSTRAINT item_ends_later CHECK (ended_at >= since),
    CONSTRAINT item_is_clear_or_sealed CHECK (num_nonnulls(value, sealed) = 1),
    CONSTRAINT item_sensitive_is_sealed CHECK (NOT sensitive OR sealed IS NOT NULL),
    CONSTRAINT item_sealed_is_an_envelope CHECK (octet_length(sealed) >= 45 AND get_byte(sealed, 0) = 1),
    CONSTRAINT item_value_has_its_form CHECK (value IS NULL OR CASE form
        WHEN 'text' THEN value <> '' AND length(value) <= 2000 AND value !~ '[\x01-\x08\x0B-\x1F\x7F]'
        WHEN 'date' THEN value ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
        WHEN 'instant' THEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?\+00:00$'
        WHEN 'whole' THEN value ~ '^-?[0-9]{1,18}$'
        WHEN 'email' THEN value ~ '^[^[:space:]@<>",;]{1,64}@[^[:space:]@<>",;]{1,255}$'
        WHEN 'phone' THEN value ~ '^[1-9][0-9]{6,14}$'
        WHEN 'country' THEN value ~ '^[A-Z]{2}$'
        WHEN 'choice' THEN value ~ '^[a-z][a-z0-9-]{0,39}$'
        WHEN 'yes-no' THEN value IN ('yes', 'no')
        WHEN 'document' THEN value ~ '^[a-z][a-z-]{1,29}:[0-9A-Za-z][0-9A-Za-z /.-]{0,39}$'
        WHEN 'file' THEN value ~ '^[^[:space:]/]{1,200} [0-9a-f]{64}$'
        WHEN 'passage' THEN value ~ '^[0-9T:.+-]{25,29} [0-9a-z-]{1,40}$'
        ELSE false
    END)
);

CREATE UNIQUE INDEX item_one_at_a_time ON people.item (subject_id, item, place)
    WHERE ended_at IS NULL;
CREATE INDEX item_of_a_person ON people.item (person_id) WHERE person_id IS NOT NULL;

-- The pack becomes what the database enforces.  Only the owner may.
CREATE FUNCTION people.publish(given jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM people.figures;
    INSERT INTO people.figures (adult_years, time_zone, passkey_age_ms, digest)
    VALUES ((given ->> 'adult_years')::integer, given ->> 'time_zone',
            (given ->> 'passkey_age_ms')::bigint, sha256(convert_to(given::text, 'UTF8')));
    INSERT INTO people.kind
    SELECT k ->> 'kind', (k ->> 'third_party')::boolean, (k ->> 'registered')::boolean
    FROM jsonb_array_elements(given -> 'kinds') AS k
    ON CONFLICT DO NOTHING;
    -- An item is sensitive or not, in whatever form it was ever declared.
    UPDATE people.declared d SET sensitive = (i ->> 'sensitive')::boolean
    FROM jsonb_array_elements(given -> 'kinds') AS k, jsonb_array_elements(k -> 'items') AS i
    WHERE (d.kind, d.item) = (k ->> 'kind', i ->> 'item')
      AND d.sensitive <> (i ->> 'sensitive')::boolean;
    INSERT INTO people.declared
    SELECT k ->> 'kind', i ->> 'item', i ->> 'form', (i ->> 'many')::boolean, (i ->> 'of_another')::boolean,
           (i ->> 'sensitive')::boolean
    FROM jsonb_array_elements(given -> 'kinds') AS k, jsonb_array_elements(k -> 'items') AS i
    ON CONFLICT DO NOTHING;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION people.publish FROM PUBLIC;
GRANT SELECT ON people.kind, people.declared TO tenure_app;
-- What was given is not rewritten: a new value ends the one before.
GRANT SELECT, INSERT ON people.subject TO tenure_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON people.item TO tenure_app;
GRANT SELECT ON people.subject, people.item TO tenure_privacy;
