-- The one door by which what is held about people ends.  It trusts no rule of the application: period,
-- hold and ledger are looked at here, row by row, in the statement that ends the row.

CREATE FUNCTION privacy.insist(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ') USING ERRCODE = condition, CONSTRAINT = named;
    END IF;
END $$;

-- When the relation with somebody was over; NULL while it lasts, and long ago for who is not there.
CREATE FUNCTION privacy.over_at(kind text, whom bigint) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE kind
        WHEN 'person' THEN (
            SELECT CASE WHEN bool_or(upper_inf(h.during)) OR EXISTS (
                       SELECT FROM people.guardian g JOIN numbers.tenure w ON w.holder_id = g.ward_id
                       WHERE g.guardian_id = whom AND g.until IS NULL AND upper_inf(w.during)
                   ) THEN NULL
                   ELSE coalesce(
                       greatest(max(upper(h.during)),
                                (SELECT p.since FROM people.person p WHERE p.person_id = whom)),
                       '-infinity') END
            FROM numbers.tenure h WHERE h.holder_id = whom
        )
        WHEN 'subject' THEN (
            SELECT CASE WHEN s.person_id IS NOT NULL THEN privacy.over_at('person', s.person_id)
                   ELSE greatest(s.since, (
                       SELECT max(i.since) FROM people.item i WHERE i.subject_id = whom
                   )) END
            FROM (SELECT) AS one LEFT JOIN people.subject s ON s.subject_id = whom
        )
        ELSE (
            SELECT CASE WHEN h.human_id IS NULL THEN '-infinity' ELSE h.suspended_at END
            FROM (SELECT) AS one LEFT JOIN staff.human h ON h.human_id = whom
        )
    END
$$;

-- From when on the time of a row counts; NULL while what it tells, or somebody's relation, lasts.  That
-- one of ours had a hand in it keeps nothing of a subscriber's: only where all are ours, ours count.
CREATE FUNCTION privacy.begins(starts text, since timestamptz, kinds text[], whoms bigint[])
RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN starts = 'row' OR count(w.whom) = 0 THEN since
        WHEN bool_or(w.whom IS NOT NULL AND privacy.over_at(w.kind, w.whom) IS NULL) THEN NULL
        ELSE nullif(greatest(since, max(privacy.over_at(w.kind, w.whom))), '-infinity')
    END
    FROM unnest(kinds, whoms) AS w (kind, whom)
    WHERE w.kind <> 'human' OR NOT kinds && ARRAY['person', 'subject']
$$;

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

-- Everybody of whom anything may be held back: once for a statement, so that nobody else is asked about.
CREATE FUNCTION privacy.held_whoms(moment timestamptz) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT whom), '{}') FROM (
        SELECT h.whom FROM privacy.hold h WHERE h.released_at IS NULL
        UNION ALL
        SELECT t.holder_id FROM numbers.hold h JOIN numbers.tenure t ON t.msisdn = h.msisdn
        WHERE h.until IS NULL OR moment < h.until
        UNION ALL
        SELECT w.whom FROM numbers.request r, unnest(ARRAY[r.from_holder, r.to_holder]) AS w (whom)
        WHERE r.ended_at IS NULL
    ) AS someone WHERE whom IS NOT NULL
$$;

-- The rows of a step with what decides about each: `r`.since, `w`.whoms, `k`'s period, `b`.begins.  Of
-- everybody, or of whom $1 names; $2 is the moment.
CREATE FUNCTION privacy.judging(s privacy.step, of_kind text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format(
        ' FROM %s t CROSS JOIN LATERAL (SELECT (%s)::timestamptz AS since) r'
        ' CROSS JOIN LATERAL (SELECT ARRAY[%s]::bigint[] AS whoms) w'
        ' CROSS JOIN LATERAL (SELECT m.* FROM privacy.keeping m WHERE m.keep = %L'
        '   AND m.kind IN (%s, '''') ORDER BY m.kind DESC LIMIT 1) k'
        ' CROSS JOIN LATERAL (SELECT privacy.begins(k.starts, r.since, %L, w.whoms) AS begins) b'
        ' WHERE (%s) AND (%s)',
        s.store, s.since, s.whoms, s.keep, s.of_kind, s.kinds,
        CASE WHEN of_kind IS NULL THEN '$1::bigint IS NULL' ELSE s.about ->> of_kind END, s.undone
    )
$$;

-- Whether a row of the step is held back, as SQL over the same.
CREATE FUNCTION privacy.holding(s privacy.step) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format(
        '(w.whoms && (SELECT privacy.held_whoms($2))'
        ' AND coalesce(privacy.is_held(%L, w.whoms, %L, r.since, $2), false))', s.kinds, s.keep
    )
$$;

-- Whether the period of a row is over: on request its minimum, for everybody its maximum.
CREATE FUNCTION privacy.over(s privacy.step, asked boolean) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN asked
        THEN 'k.minimum_ms = 0 OR b.begins + k.minimum_ms * interval ''1 millisecond'' <= $2'
        -- First what is cheap: no row begins before what it tells is over.
        ELSE format(
            '(r.since IS NULL OR r.since <= $2 - %s * interval ''1 millisecond'')'
            ' AND b.begins + k.maximum_ms * interval ''1 millisecond'' <= $2',
            (SELECT min(m.maximum_ms) FROM privacy.keeping m WHERE m.keep = s.keep)
        ) END
$$;

-- Ends at most so many rows of one step for one entry of the ledger; how many it were.
CREATE FUNCTION privacy.end_rows(entry uuid, nth_step integer, moment timestamptz, most integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e privacy.erasure;
    s privacy.step;
    due text;
    done bigint;
BEGIN
    SELECT x.* INTO e FROM privacy.erasure x WHERE x.entry_id = entry;
    PERFORM privacy.insist(
        FOUND AND e.written_in <> pg_current_xact_id() AND e.written_at <= moment,
        'erasure_is_in_the_ledger_before'
    );
    SELECT p.* INTO s FROM privacy.step p WHERE p.nth = nth_step;
    PERFORM privacy.insist(FOUND, 'erasure_follows_the_plan');
    IF e.whom IS NOT NULL AND NOT s.about ? e.kind THEN
        RETURN 0;
    END IF;
    due := format(
        'SELECT t.ctid %s AND (%s) AND NOT %s AND NOT %s %s %s LIMIT $3 FOR UPDATE OF t SKIP LOCKED',
        privacy.judging(s, e.kind), privacy.over(s, e.whom IS NOT NULL), s.needed,
        privacy.holding(s),
        -- No entry ends itself, however late it goes on: the next period ends it.
        CASE WHEN s.store IN ('privacy.erasure', 'privacy.ended', 'privacy.deferred', 'privacy.again')
            THEN format('AND t.entry_id <> %L', entry) ELSE '' END,
        s.after
    );
    -- What was said stays said, but for what ends here.
    PERFORM set_config('tenure.ending', 'yes', true);
    EXECUTE CASE s.act
        WHEN 'delete' THEN format('DELETE FROM %s WHERE ctid = ANY (ARRAY(%s))', s.store, due)
        ELSE format('UPDATE %s t SET %s WHERE ctid = ANY (ARRAY(%s))', s.store, s.emptied, due)
    END USING e.whom, moment, most;
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM set_config('tenure.ending', '', true);
    IF done > 0 THEN
        INSERT INTO privacy.ended AS x (entry_id, store, act, rows, last_at)
        VALUES (entry, s.store, s.act, done, moment)
        ON CONFLICT ON CONSTRAINT ended_pkey
        DO UPDATE SET rows = x.rows + excluded.rows, last_at = excluded.last_at;
    END IF;
    RETURN done;
END $$;

-- Whether anything of anybody has been kept for longer than it may, since so long before the moment.
CREATE FUNCTION privacy.any_due(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s privacy.step;
    found_one boolean;
BEGIN
    FOR s IN SELECT p.* FROM privacy.step p ORDER BY p.nth LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT %s AND (%s) AND NOT %s AND NOT %s)',
            privacy.judging(s, NULL), privacy.over(s, false), s.needed, privacy.holding(s)
        ) INTO found_one USING NULL::bigint, moment;
        IF found_one THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- How the rows of a step stand: of somebody (their period is the minimum), or of everybody (the maximum).
-- Grounds in this order: held, lasts, minimum, needed; '' for what can go.
CREATE FUNCTION privacy.judged(nth_step integer, of_kind text, whom bigint, moment timestamptz)
RETURNS TABLE (ground text, ends_at timestamptz, counted bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s privacy.step;
BEGIN
    SELECT p.* INTO s FROM privacy.step p WHERE p.nth = nth_step;
    IF of_kind IS NOT NULL AND NOT s.about ? of_kind THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT CASE WHEN held THEN ''held'' WHEN ends IS NULL THEN ''lasts'''
        '   WHEN ends > $2 THEN ''minimum'' WHEN needed THEN ''needed'' ELSE '''' END,'
        ' date_trunc(''month'', ends, ''UTC''), count(*)'
        ' FROM (SELECT %s AS held, %s AS needed,'
        '   CASE WHEN $1 IS NOT NULL AND k.minimum_ms = 0 THEN ''-infinity'''
        '   ELSE b.begins + CASE WHEN $1 IS NULL THEN k.maximum_ms ELSE k.minimum_ms END'
        '     * interval ''1 millisecond'' END AS ends %s) AS e GROUP BY 1, 2 ORDER BY 1, 2',
        privacy.holding(s), s.needed, privacy.judging(s, of_kind)
    ) USING whom, moment;
END $$;

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
    privacy.insist, privacy.over_at, privacy.begins, privacy.hold_counts, privacy.is_held,
    privacy.held_whoms,
    privacy.judging, privacy.holding, privacy.over, privacy.end_rows, privacy.any_due,
    privacy.judged, privacy.release_hold, privacy.publish_plan
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    privacy.end_rows, privacy.any_due, privacy.judged, privacy.release_hold TO tenure_app;
