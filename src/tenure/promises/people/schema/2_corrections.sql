-- Who somebody is on record changes by one door, with the evidence that a registration needs.

-- INC-PROFILE, PRV-BIO: what was changed, as the witness signed it; the photo itself is not kept.
CREATE TABLE people.correction (
    leaf_seq bigint NOT NULL,
    person_id bigint NOT NULL,
    at timestamptz NOT NULL,
    body text NOT NULL,
    photo_ppm integer NOT NULL,
    photo_reference text NOT NULL,
    witness bigint NOT NULL,
    credential_id bytea NOT NULL,
    authenticator_data bytea NOT NULL,
    client_data_json bytea NOT NULL,
    signature bytea NOT NULL,
    own_credential_id bytea,
    own_authenticator_data bytea,
    own_client_data_json bytea,
    own_signature bytea,
    CONSTRAINT correction_has_its_leaf PRIMARY KEY (leaf_seq),
    CONSTRAINT correction_in_the_record FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT correction_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT correction_photo_matches CHECK (photo_ppm BETWEEN 950000 AND 1000000),
    CONSTRAINT correction_photo_has_a_reference CHECK (photo_reference <> ''),
    CONSTRAINT correction_by_an_own_key FOREIGN KEY (credential_id, witness)
        REFERENCES staff.passkey (credential_id, human_id),
    CONSTRAINT correction_signature_is_used_once UNIQUE (signature),
    -- WebAuthn section 5.8.1: what was signed says what it was asked to sign, in base64url.
    CONSTRAINT correction_signs_exactly_this CHECK (
        convert_from(client_data_json, 'UTF8')::jsonb ->> 'challenge' = rtrim(translate(
            encode(sha256(convert_to(body, 'UTF8')), 'base64'), '+/', '-_'), '=')
    ),
    CONSTRAINT correction_in_person CHECK (
        octet_length(authenticator_data) >= 37 AND get_byte(authenticator_data, 32) & 5 = 5
    ),
    -- Who cannot show the document on record signs with a passkey of their own.
    CONSTRAINT correction_signed_by_the_persons_key FOREIGN KEY (own_credential_id, person_id)
        REFERENCES people.passkey (credential_id, person_id),
    CONSTRAINT correction_own_signature_is_whole CHECK (
        num_nulls(own_credential_id, own_authenticator_data, own_client_data_json, own_signature)
        IN (0, 4)
    ),
    CONSTRAINT correction_own_signature_is_of_this CHECK (
        own_signature IS NULL
        OR convert_from(own_client_data_json, 'UTF8')::jsonb ->> 'challenge' = rtrim(translate(
            encode(sha256(convert_to(body, 'UTF8')), 'base64'), '+/', '-_'), '=')
           AND octet_length(own_authenticator_data) >= 37
           AND get_byte(own_authenticator_data, 32) & 5 = 5
    ),
    CONSTRAINT correction_body_is_of_this_person CHECK (
        body::jsonb ->> 'kind' = 'people.correction' AND body::jsonb ->> 'person' = person_id::text
        AND (body::jsonb ->> 'at')::bigint = (extract(epoch FROM at) * 1000)::bigint
    )
);

CREATE INDEX correction_by_person ON people.correction (person_id);

-- What of an identity can be corrected, and nothing else.
CREATE FUNCTION people.is_correctable(changes jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_typeof(changes) = 'object' AND changes <> '{}'
       AND (changes - 'name' - 'born_on' - 'document_kind' - 'document_number') = '{}'
       AND (changes ? 'document_kind') = (changes ? 'document_number')
$$;

-- The one door: looks at the evidence itself, then changes exactly what was signed.  `seen` is the
-- document that was shown, as KIND:NUMBER.
CREATE FUNCTION people.correct(given people.correction, seen text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known people.person;
    changes jsonb := given.body::jsonb -> 'changes';
BEGIN
    SELECT p.* INTO known FROM people.person p WHERE p.person_id = given.person_id FOR UPDATE;
    PERFORM people.demand(FOUND, 'correction_of_a_person');
    PERFORM people.demand(people.is_correctable(changes), 'correction_of_an_identity');
    PERFORM people.demand(
        NOT EXISTS (SELECT FROM people.merge m WHERE m.duplicate_id = given.person_id),
        'correction_not_of_a_duplicate'
    );
    IF given.own_credential_id IS NULL THEN
        PERFORM people.demand(
            seen = known.document_kind || ':' || known.document_number,
            'correction_shows_the_document_on_record'
        );
    ELSE
        PERFORM people.demand(EXISTS (
            SELECT FROM people.passkey k, people.figures f
            WHERE k.credential_id = given.own_credential_id AND k.person_id = given.person_id
              AND k.added_at + f.passkey_age_ms * interval '1 millisecond' <= given.at
              AND (k.ended_at IS NULL OR given.at < k.ended_at)
        ), 'correction_not_by_a_fresh_passkey');
        PERFORM people.demand(seen = coalesce(
            (changes ->> 'document_kind') || ':' || (changes ->> 'document_number'),
            known.document_kind || ':' || known.document_number
        ), 'correction_shows_the_new_document');
    END IF;
    PERFORM people.demand(EXISTS (
        SELECT FROM staff.human h
        WHERE h.human_id = given.witness AND h.suspended_at IS NULL
          AND (h.document_kind, h.document_number)
              IS DISTINCT FROM (known.document_kind, known.document_number)
    ), 'correction_seen_by_somebody_else');
    PERFORM people.demand(people.leaf_tells(
        given.leaf_seq, 'people.corrected', given.at,
        jsonb_build_object('person', given.person_id::text, 'body', given.body)
    ), 'correction_leaf_says_so');

    INSERT INTO people.correction SELECT given.*;
    UPDATE people.person p
    SET name = coalesce(changes ->> 'name', p.name),
        born_on = coalesce((changes ->> 'born_on')::date, p.born_on),
        document_kind = coalesce(changes ->> 'document_kind', p.document_kind),
        document_number = coalesce(changes ->> 'document_number', p.document_number)
    WHERE p.person_id = given.person_id;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION people.is_correctable, people.correct FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people.correct TO tenure_app;
GRANT SELECT ON people.correction TO tenure_app, tenure_privacy;
