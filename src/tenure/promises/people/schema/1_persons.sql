-- We know you by as little as we need.

CREATE SCHEMA people;

COMMENT ON SCHEMA people IS 'We know you by as little as we need.';

-- What the database itself enforces of the pack: one row, or none before the first start.  `digest` is
-- of all that was published, so that one look says whether it is still so.
CREATE TABLE people.figures (
    one boolean NOT NULL DEFAULT true,
    adult_years integer NOT NULL,
    time_zone text NOT NULL,
    passkey_age_ms bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT figures_are_one_row PRIMARY KEY (one),
    CONSTRAINT figures_one_is_true CHECK (one),
    CONSTRAINT figures_of_some_age CHECK (adult_years BETWEEN 1 AND 30 AND passkey_age_ms >= 0),
    CONSTRAINT figures_digest_is_sha256 CHECK (octet_length(digest) = 32)
);

-- Names what is missing by the name of a constraint, as an index or a check would.
CREATE FUNCTION people.demand(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ') USING ERRCODE = condition, CONSTRAINT = named;
    END IF;
END $$;

-- Whether a leaf tells of this act about these people, whose commitments open to what is said here.
CREATE FUNCTION people.leaf_tells(proof bigint, told text, moment timestamptz, about jsonb)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM record.leaf l
        WHERE l.seq = proof AND l.kind = told AND l.at = moment
          AND NOT EXISTS (
              SELECT FROM jsonb_each_text(about) AS wanted
              WHERE NOT EXISTS (
                  SELECT FROM record.opening o
                  WHERE o.leaf_seq = l.seq AND o.field = wanted.key AND o.value = wanted.value
                    AND l.body::jsonb -> 'commitments' ->> o.field
                        = encode(sha256(o.salt || convert_to(o.value, 'UTF8')), 'hex')
              )
          )
    )
$$;

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

-- PRV-MINOR: the first instant of the birthday by the operator's clocks: a function of the date, which
-- nobody sweeps.  Who was born on 29 February has it on the 28th when there is no such day.
CREATE FUNCTION people.comes_of_age_at(born date) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (born + make_interval(years => f.adult_years)) AT TIME ZONE f.time_zone
    FROM people.figures f
$$;

-- Whether somebody is of age at a moment; who is not known is not.
CREATE FUNCTION people.of_age(person bigint, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((
        SELECT people.comes_of_age_at(p.born_on) <= moment
        FROM people.person p WHERE p.person_id = person
    ), false)
$$;

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

CREATE INDEX guardian_by_guardian ON people.guardian (guardian_id);

-- Who answers for somebody at a moment: nobody, from the instant on at which they are of age.
CREATE FUNCTION people.guardians_of(ward bigint, moment timestamptz) RETURNS SETOF people.guardian
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT g.* FROM people.guardian g
    WHERE g.ward_id = ward AND g.since <= moment AND (g.until IS NULL OR moment < g.until)
      AND NOT people.of_age(ward, moment)
$$;

CREATE FUNCTION people.answers_for(guardian bigint, ward bigint, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM people.guardians_of(ward, moment) g WHERE g.guardian_id = guardian)
$$;

-- The rules say it kindly before: a minor's guardian is somebody of age.
CREATE FUNCTION people.guardian_fits() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(people.of_age(NEW.guardian_id, NEW.since), 'guardian_is_of_age');
    PERFORM people.demand(NOT people.of_age(NEW.ward_id, NEW.since), 'guardian_of_a_minor');
    RETURN NEW;
END $$;

CREATE TRIGGER guardian_fits BEFORE INSERT ON people.guardian
    FOR EACH ROW EXECUTE FUNCTION people.guardian_fits();

-- That a new adult was told so, once for a birthday, however often a clock runs.
CREATE TABLE people.adulthood (
    person_id bigint NOT NULL,
    came_of_age_at timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT adulthood_told_once PRIMARY KEY (person_id, came_of_age_at),
    CONSTRAINT adulthood_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT adulthood_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT adulthood_never_early CHECK (told_at >= came_of_age_at)
);

-- Who may do what.
GRANT USAGE ON SCHEMA people TO tenure_app, tenure_privacy;
REVOKE ALL ON FUNCTION
    people.demand, people.leaf_tells, people.comes_of_age_at, people.of_age, people.guardians_of,
    people.answers_for, people.guardian_fits
    FROM PUBLIC;
-- A trigger runs with the rights of who inserts.
GRANT EXECUTE ON FUNCTION
    people.demand, people.comes_of_age_at, people.of_age, people.guardians_of, people.answers_for
    TO tenure_app;
GRANT SELECT ON people.figures TO tenure_app;
GRANT SELECT, INSERT ON people.adulthood TO tenure_app;
GRANT SELECT ON people.adulthood TO tenure_privacy;
-- The language is the person's own choice; nothing else of a profile is written here.
GRANT UPDATE (language) ON people.person TO tenure_app;
-- Whoever is on record as somebody's document or birthday stays it: the doors to a number ask for them.
GRANT SELECT, INSERT ON people.person TO tenure_app;
GRANT SELECT ON people.person, people.passkey, people.guardian TO tenure_privacy;
-- A key changes only in its counter, and ends; whose it is never changes.
GRANT SELECT, INSERT, UPDATE (sign_count, ended_at) ON people.passkey TO tenure_app;
GRANT SELECT, INSERT, UPDATE (until) ON people.guardian TO tenure_app;
