-- The doors of what leaves: who is picked, what the roles of purposes see meanwhile, and the log.

-- The pack becomes what the database enforces.  Only the owner may.  What left by a version stays
-- as it was, so that a changed agreement needs another version.
CREATE FUNCTION privacy.publish_agreements(given jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE privacy.agreement SET is_listed = false WHERE is_listed;
    INSERT INTO privacy.agreement
    SELECT g.recipient, g.version, g.class, g.basis, g.country, g.is_abroad, g.measure,
           g.is_confidential, g.purpose, g.consent, g.consent_media, g.fields, g.ends_at, true
    FROM jsonb_populate_recordset(NULL::privacy.agreement, given) AS g
    -- A version by which nothing left yet may still be written otherwise.
    ON CONFLICT (recipient, version) DO UPDATE
    SET class = excluded.class, basis = excluded.basis, country = excluded.country,
        is_abroad = excluded.is_abroad, measure = excluded.measure,
        is_confidential = excluded.is_confidential, purpose = excluded.purpose,
        consent = excluded.consent, consent_media = excluded.consent_media, fields = excluded.fields
    WHERE NOT EXISTS (
        SELECT FROM privacy.disclosure d
        WHERE (d.recipient, d.agreement) = (agreement.recipient, agreement.version)
    );
    UPDATE privacy.agreement a SET is_listed = true, ends_at = g.ends_at
    FROM jsonb_populate_recordset(NULL::privacy.agreement, given) AS g
    WHERE (a.recipient, a.version) = (g.recipient, g.version)
      AND (a.class, a.basis, a.country, a.is_abroad, a.measure, a.is_confidential, a.purpose, a.consent,
           a.consent_media, a.fields)
        = (g.class, g.basis, g.country, g.is_abroad, g.measure, g.is_confidential, g.purpose, g.consent,
           g.consent_media, g.fields);
    INSERT INTO privacy.recipient
    SELECT g.recipient, g.deliver, g.keys FROM jsonb_populate_recordset(NULL::privacy.recipient, given) AS g
    ON CONFLICT (recipient) DO UPDATE SET deliver = excluded.deliver, keys = excluded.keys;
    PERFORM people.demand(
        (SELECT count(*) FROM privacy.agreement WHERE is_listed) = jsonb_array_length(given),
        'agreement_of_a_version_is_one'
    );
END $$;

-- Picks those of whom something may leave, and lets the role of the purpose see them, and only them,
-- until this transaction ends.  ``persons`` NULL is everybody who holds a number.
CREATE FUNCTION privacy.pick(
    disclosure uuid, recipient_ text, version_ text, persons bigint[], secret bytea, moment timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    by_ privacy.agreement;
    many bigint;
BEGIN
    SELECT a.* INTO by_ FROM privacy.agreement a
    WHERE a.recipient = recipient_ AND a.version = version_ AND a.is_listed
      AND (a.ends_at IS NULL OR moment < a.ends_at);
    PERFORM people.demand(FOUND, 'disclosure_by_an_agreement');
    PERFORM people.demand(persons IS NOT NULL OR by_.basis = 'law', 'disclosure_of_everybody_is_law');
    INSERT INTO privacy.disclosing
    VALUES (pg_current_xact_id(), disclosure, by_.basis, by_.consent, by_.consent_media, moment);
    INSERT INTO privacy.disclosed (disclosure_id, person_id, reference)
    SELECT disclosure, p.person_id,
           substr(sha256(secret || convert_to(p.person_id::text, 'UTF8')), 1, 16)
    FROM (
        SELECT DISTINCT t.holder_id AS person_id FROM numbers.tenure t
        WHERE persons IS NULL AND t.during @> moment
        UNION
        SELECT one FROM unnest(persons) AS one
    ) AS p
    WHERE (by_.basis IN ('law', 'order') OR NOT consent.is_restricted(p.person_id))
      AND (by_.basis <> 'consent' OR EXISTS (
          SELECT FROM unnest(by_.consent_media) AS m (medium)
          WHERE consent.may(p.person_id, by_.consent, m.medium, moment)
      ));
    GET DIAGNOSTICS many = ROW_COUNT;
    IF many = 0 THEN
        DELETE FROM privacy.disclosing s WHERE s.disclosure_id = disclosure;
    END IF;
    RETURN many;
END $$;

-- Whether somebody is among those whom this transaction discloses; outside of one nobody is.  It
-- says nothing about anybody else, so that a role can find out nothing with it.
CREATE FUNCTION privacy.is_picked(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM privacy.disclosing s
        JOIN privacy.disclosed d ON d.disclosure_id = s.disclosure_id AND d.person_id = person
        WHERE s.transaction_id = pg_current_xact_id_if_assigned()
    )
$$;

-- Of those picked: whose data rests, and who agrees to the purpose of the agreement.
CREATE FUNCTION privacy.is_at_rest(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT privacy.is_picked(person) AND consent.is_restricted(person)
$$;

CREATE FUNCTION privacy.agrees(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM privacy.disclosing s
        JOIN privacy.disclosed d ON d.disclosure_id = s.disclosure_id AND d.person_id = person
        CROSS JOIN LATERAL unnest(s.consent_media) AS m (medium)
        WHERE s.transaction_id = pg_current_xact_id_if_assigned()
          AND consent.may(person, s.consent, m.medium, s.at)
    )
$$;

-- Those picked, in their order, some at a time.
CREATE FUNCTION privacy.picked(after bigint, most integer) RETURNS TABLE (person_id bigint, reference bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.person_id, d.reference
    FROM privacy.disclosing s JOIN privacy.disclosed d ON d.disclosure_id = s.disclosure_id
    WHERE s.transaction_id = pg_current_xact_id_if_assigned() AND d.person_id > after
    ORDER BY d.person_id LIMIT most
$$;

-- Writes down what leaves, before it does; and what two others agreed to, where an authority asks.
CREATE FUNCTION privacy.disclose(
    disclosure uuid, recipient_ text, version_ text, chosen text[], order_ jsonb, report_ text, period_ text,
    payload bytea, clerk text, proof bigint, moment timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    by_ privacy.agreement;
    many bigint;
    asked bytea;
BEGIN
    SELECT a.* INTO STRICT by_ FROM privacy.agreement a
    WHERE a.recipient = recipient_ AND a.version = version_;
    DELETE FROM privacy.disclosing s
    WHERE s.transaction_id = pg_current_xact_id_if_assigned() AND s.disclosure_id = disclosure;
    PERFORM people.demand(FOUND, 'disclosure_of_those_picked');
    SELECT count(*) INTO many FROM privacy.disclosed d WHERE d.disclosure_id = disclosure;
    IF by_.basis = 'order' THEN
        PERFORM people.demand(order_ IS NOT NULL, 'disclosure_by_order_has_its_document');
        asked := sha256(convert_to(order_ ->> 'body', 'UTF8'));
        PERFORM people.demand(
            (SELECT count(*) >= 2 FROM staff.approvers(asked, moment, '-infinity')),
            'disclosure_approved_by_two_others'
        );
        -- What they signed is exactly this: whom, what, by which document, to whom.
        PERFORM people.demand(
            (order_ ->> 'body')::jsonb @> jsonb_build_object(
                'recipient', recipient_, 'agreement', version_, 'fields', to_jsonb(chosen),
                'order', order_ ->> 'reference', 'order_sha256', order_ ->> 'sha256'
            ) AND NOT EXISTS (
                SELECT FROM privacy.disclosed d
                WHERE d.disclosure_id = disclosure
                  AND NOT (order_ ->> 'body')::jsonb -> 'persons' @> to_jsonb(d.person_id)
            ), 'disclosure_of_what_was_approved'
        );
    END IF;
    PERFORM people.demand(
        tariffs.leaf_says(proof, 'privacy.disclosed', jsonb_build_object(
            'recipient', recipient_, 'agreement', version_, 'basis', by_.basis,
            'country', by_.country, 'measure', by_.measure, 'fields', to_jsonb(chosen),
            'subjects', many, 'payload', encode(payload, 'hex')
        )), 'disclosure_has_its_leaf'
    );
    INSERT INTO privacy.disclosure VALUES (
        disclosure, recipient_, version_, by_.class, by_.basis, by_.country, by_.measure, by_.purpose,
        by_.fields, chosen, order_ ->> 'reference', order_ ->> 'sha256', asked, report_, period_, many,
        payload, moment, clerk, proof
    );
    RETURN many;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION
    privacy.publish_agreements, privacy.pick, privacy.is_picked, privacy.is_at_rest, privacy.agrees,
    privacy.picked, privacy.disclose
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.pick, privacy.disclose TO tenure_app;
GRANT EXECUTE ON FUNCTION privacy.is_picked, privacy.picked TO tenure_service, tenure_partner, tenure_authority;
GRANT EXECUTE ON FUNCTION privacy.is_at_rest TO tenure_service, tenure_partner;
GRANT EXECUTE ON FUNCTION privacy.agrees TO tenure_partner;
GRANT USAGE ON SCHEMA privacy, people, numbers, money, consent
    TO tenure_service, tenure_partner, tenure_authority;
