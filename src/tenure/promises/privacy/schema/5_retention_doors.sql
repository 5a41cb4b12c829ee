-- What holds a row back, how a hold ends, and how the owner publishes what the doors do.

CREATE FUNCTION privacy.insist(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ') USING ERRCODE = condition, CONSTRAINT = named;
    END IF;
END $$;

-- Whether a hold counts: asked and approved, or asked and still open for a second pair of eyes.
CREATE FUNCTION privacy.hold_counts(h privacy.hold, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.released_at IS NULL AND h.asked_at <= moment AND (
        EXISTS (SELECT FROM staff.approvers(h.request_hash, moment, h.asked_at))
        OR moment < (SELECT q.until_at FROM staff.request q WHERE q.request_hash = h.request_hash)
    )
$$;

-- Whether a row is held back: by a legal hold that covers it, or by what is open about a number.
CREATE FUNCTION privacy.is_held(
    kinds text[], whoms bigint[], kept text, since timestamptz, moment timestamptz
) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM unnest(kinds, whoms) AS w (kind, whom)
        JOIN privacy.hold h ON h.kind = w.kind AND h.whom = w.whom AND h.released_at IS NULL
        WHERE (h.keeps = '{}' OR kept = ANY (h.keeps)) AND (since IS NULL OR h.during @> since)
          AND privacy.hold_counts(h, moment)
    ) OR EXISTS (
        SELECT FROM privacy.keeping k, unnest(kinds, whoms) AS w (kind, whom)
        WHERE k.keep = kept AND k.kind = '' AND k.disputed AND w.kind = 'person'
          AND (EXISTS (
                  SELECT FROM numbers.tenure t JOIN numbers.hold h ON h.msisdn = t.msisdn
                  WHERE t.holder_id = w.whom AND (h.until IS NULL OR moment < h.until)
                    AND t.during && tstzrange(h.since, NULL)
              ) OR EXISTS (
                  SELECT FROM numbers.request r
                  WHERE w.whom IN (r.from_holder, r.to_holder) AND r.ended_at IS NULL
              ))
    )
$$;

-- A hold ends by four eyes, and what it postponed is looked at again from the same instant on.
CREATE FUNCTION privacy.release_hold(
    held uuid, asked bytea, moment timestamptz, proof bigint
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    h privacy.hold;
    waiting bigint;
BEGIN
    SELECT x.* INTO h FROM privacy.hold x WHERE x.hold_id = held FOR UPDATE;
    PERFORM privacy.insist(FOUND, 'release_of_a_hold');
    PERFORM privacy.insist(h.released_at IS NULL, 'release_once', 'serialization_failure');
    PERFORM privacy.insist(EXISTS (
        SELECT FROM staff.request q, staff.approvers(asked, moment, q.requested_at)
        WHERE q.request_hash = asked AND q.kind = 'privacy.release'
          AND q.requested_at <= moment
    ), 'release_needs_another_pair_of_eyes');
    UPDATE privacy.hold
    SET released_at = moment, release_hash = asked, release_leaf_seq = proof WHERE hold_id = held;
    UPDATE privacy.again a SET next_at = moment
    FROM privacy.erasure e
    WHERE e.entry_id = a.entry_id AND EXISTS (
        SELECT FROM privacy.deferred d WHERE d.entry_id = a.entry_id AND d.ground = 'held'
    );
    GET DIAGNOSTICS waiting = ROW_COUNT;
    PERFORM pg_notify('tenure_erasure', '');
    RETURN waiting;
END $$;

-- The pack and the register become what the database does.  Only the owner may.
CREATE FUNCTION privacy.publish_plan(given jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM privacy.keeping;
    DELETE FROM privacy.step;
    DELETE FROM privacy.plan;
    INSERT INTO privacy.keeping
    SELECT * FROM jsonb_populate_recordset(NULL::privacy.keeping, given -> 'keeps');
    INSERT INTO privacy.step
    SELECT * FROM jsonb_populate_recordset(NULL::privacy.step, given -> 'steps');
    INSERT INTO privacy.plan (digest, late_ms)
    VALUES (sha256(convert_to(given::text, 'UTF8')), (given ->> 'late_ms')::bigint);
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION
    privacy.insist, privacy.hold_counts, privacy.is_held, privacy.release_hold, privacy.publish_plan
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.release_hold TO tenure_app;
