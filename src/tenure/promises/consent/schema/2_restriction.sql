-- What is kept and used for nothing.

-- PRV-RIGHTS: what is held of somebody is kept and used for nothing, since they said why.  Who stands
-- here is contacted by no offer, seen by no role of a purpose, and shown to nobody of ours but for the
-- case itself.  It ends only after they were told that it will (GDPR article 18(3)).
CREATE TABLE consent.restriction (
    restriction_id uuid NOT NULL,
    person_id bigint NOT NULL,
    ground text NOT NULL,
    case_ref text NOT NULL,
    since timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    told_at timestamptz,
    told_by text,
    until_at timestamptz,
    lifted_leaf_seq bigint,
    CONSTRAINT restriction_pkey PRIMARY KEY (restriction_id),
    CONSTRAINT restriction_ground_is_known CHECK (ground IN (
        'damage-or-distress', 'accuracy', 'unlawful', 'claim', 'objection'
    )),
    CONSTRAINT restriction_case_is_an_id CHECK (case_ref ~ '^[0-9A-Za-z][0-9A-Za-z .:/_-]{0,99}$'),
    CONSTRAINT restriction_told_by_a_notice_or_a_letter
        CHECK (told_by ~ '^(notice [0-9]{1,18}|letter [0-9A-Za-z .:/_-]{1,90})$'),
    CONSTRAINT restriction_lifted_after_they_were_told CHECK (
        num_nulls(told_at, told_by, until_at, lifted_leaf_seq) IN (0, 4)
        AND told_at >= since AND until_at > told_at
    ),
    CONSTRAINT restriction_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT restriction_lifted_with_its_leaf
        FOREIGN KEY (lifted_leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX restriction_by_person ON consent.restriction (person_id);
-- Asked for the same reason twice, it is one restriction.
CREATE UNIQUE INDEX restriction_one_of_a_ground ON consent.restriction (person_id, ground)
    WHERE until_at IS NULL;

CREATE FUNCTION consent.is_restricted(person bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM consent.restriction r WHERE r.person_id = person AND r.until_at IS NULL
    )
$$;

-- What a tool of marketing may ask: may I?  Not who said no, nor when, nor to what else.
CREATE FUNCTION consent.may(person_id_ bigint, purpose_ text, medium_ text, at_ timestamptz)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((
        SELECT word = 'given' AND at <= at_ AND (until_at IS NULL OR at_ < until_at)
               AND meaning = (SELECT max(meaning) FROM consent.text WHERE document = 'purpose/' || purpose_)
        FROM consent.event
        WHERE person_id = person_id_ AND purpose = purpose_ AND medium = medium_
        ORDER BY seq DESC LIMIT 1
    ), false) AND NOT consent.is_restricted(person_id_)
$$;

-- Restricted and lifted here alone; each names what it misses, and each has its leaf.
CREATE FUNCTION consent.restrict(
    restriction uuid, person bigint, because text, by_case text, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        people.leaf_tells(proof, 'consent.restricted', moment, jsonb_build_object('person', person::text)),
        'restriction_has_its_leaf'
    );
    INSERT INTO consent.restriction (restriction_id, person_id, ground, case_ref, since, leaf_seq)
    VALUES (restriction, person, because, by_case, moment, proof);
END $$;

-- A notice has left, or nothing more is tried for it, before the restriction ends; or a letter did.
CREATE FUNCTION consent.lift(
    restriction uuid, by_ text, told timestamptz, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known consent.restriction;
BEGIN
    SELECT r.* INTO known FROM consent.restriction r
    WHERE r.restriction_id = restriction AND r.until_at IS NULL FOR UPDATE;
    PERFORM people.demand(FOUND, 'restriction_is_lifted_once', 'unique_violation');
    PERFORM people.demand(
        by_ LIKE 'letter %' OR EXISTS (
            SELECT FROM notices.notice n
            WHERE 'notice ' || n.notice_id = by_ AND n.person_id = known.person_id
              AND n.kind = 'privacy.lifting' AND n.at >= known.since
              AND coalesce(n.sent_at, n.dropped_at) <= told
        ), 'restriction_lifted_after_they_were_told'
    );
    PERFORM people.demand(
        people.leaf_tells(
            proof, 'consent.restriction_lifted', moment, jsonb_build_object('person', known.person_id::text)
        ), 'restriction_lifted_with_its_leaf'
    );
    UPDATE consent.restriction r
    SET told_at = told, told_by = by_, until_at = moment, lifted_leaf_seq = proof
    WHERE r.restriction_id = restriction;
END $$;

-- Whether the one that a look is about (a number, or ``person 7``) is restricted now.
CREATE FUNCTION consent.restricts_looks_at(about text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM consent.restriction r
        WHERE r.until_at IS NULL AND r.person_id = CASE
            WHEN about ~ '^person [0-9]{1,18}$' THEN substr(about, 8)::bigint
            ELSE (SELECT t.holder_id FROM numbers.tenure t WHERE t.msisdn = about AND upper_inf(t.during))
        END
    );
END $$;

-- Nobody of ours looks at somebody restricted, but for the case of their right, for a lawful order,
-- or where somebody is in danger, which is loud.
CREATE FUNCTION consent.look_leaves_restricted_alone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        NEW.purpose IN ('privacy', 'legal-order', 'break-glass') OR NOT EXISTS (
            SELECT FROM record.opening o
            WHERE o.leaf_seq = NEW.leaf_seq AND o.field = 'msisdn'
              AND consent.restricts_looks_at(o.value)
        ), 'look_leaves_restricted_alone'
    );
    RETURN NEW;
END $$;

CREATE TRIGGER look_leaves_restricted_alone BEFORE INSERT ON staff.look
    FOR EACH ROW EXECUTE FUNCTION consent.look_leaves_restricted_alone();

-- Who may do what.
REVOKE ALL ON FUNCTION
    consent.is_restricted, consent.may, consent.restrict, consent.lift, consent.restricts_looks_at,
    consent.look_leaves_restricted_alone
    FROM PUBLIC;
GRANT SELECT ON consent.restriction TO tenure_app, tenure_privacy;
GRANT EXECUTE ON FUNCTION consent.restrict, consent.lift, consent.restricts_looks_at TO tenure_app;
GRANT EXECUTE ON FUNCTION consent.may TO tenure_app, tenure_marketing;
