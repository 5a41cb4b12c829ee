-- Two rows of one human become one, by four eyes.  Nobody's tenure is rewritten.

CREATE TABLE people.merge_request (
    request_hash bytea NOT NULL,
    body text NOT NULL,
    duplicate_id bigint NOT NULL,
    survivor_id bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT merge_request_pkey PRIMARY KEY (request_hash),
    CONSTRAINT merge_request_of_whom UNIQUE (request_hash, duplicate_id, survivor_id),
    CONSTRAINT merge_request_was_asked FOREIGN KEY (request_hash)
        REFERENCES staff.request (request_hash),
    CONSTRAINT merge_request_of_a_person FOREIGN KEY (duplicate_id)
        REFERENCES people.person (person_id),
    CONSTRAINT merge_request_into_a_person FOREIGN KEY (survivor_id)
        REFERENCES people.person (person_id),
    CONSTRAINT merge_request_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT merge_request_of_two CHECK (duplicate_id <> survivor_id),
    -- What is approved is the hash of exactly this.
    CONSTRAINT merge_request_hash_is_of_its_body CHECK (
        request_hash = sha256(convert_to(body, 'UTF8'))
        AND body::jsonb ->> 'kind' = 'people.merge'
        AND body::jsonb ->> 'duplicate' = duplicate_id::text
        AND body::jsonb ->> 'survivor' = survivor_id::text
    )
);

-- A duplicate leads to whom it is.  Its past tenures stay in its name, and are found from the survivor.
CREATE TABLE people.merge (
    duplicate_id bigint NOT NULL,
    survivor_id bigint NOT NULL,
    request_hash bytea NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT merge_once PRIMARY KEY (duplicate_id),
    CONSTRAINT merge_as_it_was_asked FOREIGN KEY (request_hash, duplicate_id, survivor_id)
        REFERENCES people.merge_request (request_hash, duplicate_id, survivor_id),
    CONSTRAINT merge_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT merge_of_two CHECK (duplicate_id <> survivor_id)
);

CREATE INDEX merge_by_survivor ON people.merge (survivor_id);

-- Who somebody is by now: themselves, or whoever their row was merged into, however often.
CREATE FUNCTION people.survivor_of(person bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT person AS person_id, 0 AS step
        UNION ALL
        SELECT m.survivor_id, c.step + 1 FROM chain c JOIN people.merge m ON m.duplicate_id = c.person_id
    )
    SELECT person_id FROM chain ORDER BY step DESC LIMIT 1
$$;

-- The one door.  Two humans who did not ask, and are neither of the two, approved exactly this.
CREATE FUNCTION people.merge_into(asked bytea, moment timestamptz, proof bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r people.merge_request;
    apart bigint;
BEGIN
    SELECT q.* INTO r FROM people.merge_request q WHERE q.request_hash = asked;
    PERFORM people.demand(FOUND, 'merge_as_it_was_asked');
    -- In one order, so that two merges of the same people wait for each other.
    PERFORM FROM people.person p
    WHERE p.person_id IN (r.duplicate_id, r.survivor_id) ORDER BY p.person_id FOR UPDATE;
    PERFORM people.demand(NOT EXISTS (
        SELECT FROM people.merge m WHERE m.duplicate_id IN (r.duplicate_id, r.survivor_id)
    ), 'merge_once', 'serialization_failure');
    SELECT count(*) INTO apart
    FROM staff.approvers(asked, moment, r.asked_at) AS approver (human_id)
    JOIN staff.request q ON q.request_hash = asked AND q.requested_by <> approver.human_id
    JOIN staff.human h ON h.human_id = approver.human_id
    WHERE NOT EXISTS (
        SELECT FROM people.person p
        WHERE p.person_id IN (r.duplicate_id, r.survivor_id)
          AND (p.document_kind, p.document_number) = (h.document_kind, h.document_number)
    );
    PERFORM people.demand(apart >= 2, 'merge_needs_two_others');
    PERFORM people.demand(people.leaf_tells(
        proof, 'people.merged', moment,
        jsonb_build_object('duplicate', r.duplicate_id::text, 'survivor', r.survivor_id::text)
    ), 'merge_leaf_says_so');

    INSERT INTO people.merge (duplicate_id, survivor_id, request_hash, at, leaf_seq)
    VALUES (r.duplicate_id, r.survivor_id, asked, moment, proof);
    -- What the duplicate could prove or answer for, it no longer can: the survivor does it anew.
    UPDATE people.passkey SET ended_at = greatest(moment, added_at)
    WHERE person_id = r.duplicate_id AND ended_at IS NULL;
    UPDATE people.guardian SET until = greatest(moment, since + interval '1 millisecond')
    WHERE r.duplicate_id IN (ward_id, guardian_id) AND (until IS NULL OR moment < until);
    UPDATE people.contact SET ended_at = greatest(moment, verified_at)
    WHERE person_id = r.duplicate_id AND ended_at IS NULL;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION people.survivor_of, people.merge_into FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people.survivor_of, people.merge_into TO tenure_app;
GRANT SELECT, INSERT ON people.merge_request TO tenure_app;
GRANT SELECT ON people.merge TO tenure_app;
GRANT SELECT ON people.merge_request, people.merge TO tenure_privacy;
