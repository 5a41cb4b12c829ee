-- The one door by which what is held about people ends.  It trusts no rule of the application: period,
-- hold and ledger are looked at here, row by row, in the statement that ends the row.

-- Everybody of whom anything may be held back: once for a statement, so that nobody else is asked about.
CREATE FUNCTION privacy.held_whoms(moment timestamptz) RETURNS int8multirange
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(range_agg(int8range(whom, whom, '[]')), '{}') FROM (
        SELECT h.whom FROM privacy.hold h WHERE h.released_at IS NULL
        UNION
        SELECT t.holder_id FROM numbers.hold h JOIN numbers.tenure t ON t.msisdn = h.msisdn
        WHERE h.until IS NULL OR moment < h.until
        UNION
        SELECT w.whom FROM numbers.request r, unnest(ARRAY[r.from_holder, r.to_holder]) AS w (whom)
        WHERE r.ended_at IS NULL
    ) AS someone WHERE whom IS NOT NULL
$$;

-- When the relation with somebody was over, as SQL: NULL while it lasts, and long ago for who is not
-- there.  It is text, as the rest of the statement is, so that no function is called for each row.
CREATE FUNCTION privacy.person_over_at(whom text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format($sql$(
        SELECT CASE WHEN bool_or(upper_inf(held.during)) OR EXISTS (
                   SELECT FROM people.guardian g
                   JOIN numbers.tenure of_ward ON of_ward.holder_id = g.ward_id
                   WHERE g.guardian_id = %1$s AND g.until IS NULL AND upper_inf(of_ward.during)
               ) THEN NULL
               ELSE coalesce(
                   greatest(max(upper(held.during)),
                            (SELECT p.since FROM people.person p WHERE p.person_id = %1$s)),
                   '-infinity') END
        FROM numbers.tenure held WHERE held.holder_id = %1$s)$sql$, whom)
$$;

CREATE FUNCTION privacy.over_at(kind text, whom text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE kind
        WHEN 'person' THEN privacy.person_over_at(whom)
        WHEN 'subject' THEN format($sql$(
            SELECT CASE WHEN who.person_id IS NOT NULL THEN %2$s
                   ELSE greatest(who.since, (
                       SELECT max(i.since) FROM people.item i WHERE i.subject_id = %1$s
                   )) END
            FROM (SELECT) AS one LEFT JOIN people.subject who ON who.subject_id = %1$s)$sql$,
            whom, privacy.person_over_at('who.person_id'))
        ELSE format($sql$(
            SELECT CASE WHEN ours.human_id IS NULL THEN '-infinity' ELSE ours.suspended_at END
            FROM (SELECT) AS one LEFT JOIN staff.human ours ON ours.human_id = %1$s)$sql$, whom)
    END
$$;

-- From when on the time of a row counts, as SQL over `k`, `r`, `w` and `o`, where `o` has when each
-- relation was over: NULL while what it tells, or somebody's relation, lasts.  That one of ours had a
-- hand in it keeps nothing of a subscriber's: only where all are ours, ours count.
CREATE FUNCTION privacy.begins(kinds text[], OUT relations text, OUT begun text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(format(
               '(CASE WHEN k.starts <> ''row'' AND w.whoms[%1$s] IS NOT NULL THEN %2$s'
               ' ELSE ''-infinity'' END)::timestamptz AS o%1$s',
               nth, privacy.over_at(kind, format('w.whoms[%s]', nth))
           ), ', ' ORDER BY nth), '1'),
           CASE WHEN count(*) = 0 THEN 'r.since' ELSE format(
               'CASE WHEN k.starts = ''row'' OR num_nonnulls(%s) = 0 THEN r.since'
               ' WHEN num_nulls(%s) > 0 THEN NULL'
               ' ELSE nullif(greatest(r.since, %2$s), ''-infinity'') END',
               string_agg(format('w.whoms[%s]', nth), ', ' ORDER BY nth),
               string_agg(format('o.o%s', nth), ', ' ORDER BY nth)
           ) END
    FROM unnest(kinds) WITH ORDINALITY AS lead (kind, nth)
    WHERE kind <> 'human' OR NOT kinds && ARRAY['person', 'subject']
$$;

-- The rows of a step with what decides about each: `r`.since, `w`.whoms, `k`'s period, `b`.begins.  Of
-- everybody, or of whom $1 names; $2 is the moment.  What is `early` is asked first, and nothing more of
-- a row of which it is not true.
CREATE FUNCTION privacy.judging(s privacy.step, of_kind text, early text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format(
        ' FROM %s t CROSS JOIN LATERAL (SELECT (%s)::timestamptz AS since OFFSET 0) r'
        ' CROSS JOIN LATERAL (SELECT ARRAY[%s]::bigint[] AS whoms WHERE %s OFFSET 0) w'
        ' CROSS JOIN LATERAL (SELECT m.* FROM privacy.keeping m WHERE m.keep = %L'
        '   AND m.kind IN (%s, '''') ORDER BY m.kind DESC LIMIT 1) k'
        ' CROSS JOIN LATERAL (SELECT %s OFFSET 0) o'
        ' CROSS JOIN LATERAL (SELECT %s AS begins) b WHERE (%s) AND (%s)',
        s.store, s.since, s.whoms, early,
        s.keep, s.of_kind, said.relations, said.begun,
        CASE WHEN of_kind IS NULL THEN '$1::bigint IS NULL' ELSE s.about ->> of_kind END, s.undone
    ) FROM (SELECT EXISTS (
        SELECT FROM privacy.keeping m WHERE m.keep = s.keep AND m.starts <> 'row'
    )) AS counts (relation), privacy.begins(CASE WHEN relation THEN s.kinds ELSE '{}' END) AS said
$$;

-- Whether a row of the step is held back, as SQL over the same.
CREATE FUNCTION privacy.holding(s privacy.step) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format(
        '((%s) AND coalesce(privacy.is_held(%L, w.whoms, %L, r.since, $2), false))',
        coalesce(string_agg(format(
            '(SELECT privacy.held_whoms($2)) @> w.whoms[%s] IS TRUE', nth
        ), ' OR '), 'false'), s.kinds, s.keep
    ) FROM generate_series(1, cardinality(s.kinds)) AS nth
$$;

-- Whether the period of a row is over: on request its minimum, for everybody its maximum.
CREATE FUNCTION privacy.over(asked boolean) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN asked
        THEN 'k.minimum_ms = 0 OR b.begins + k.minimum_ms * interval ''1 millisecond'' <= $2'
        ELSE 'b.begins + k.maximum_ms * interval ''1 millisecond'' <= $2' END
$$;

-- What is cheap, and true of every row whose period is over: no row begins before what it tells is over.
CREATE FUNCTION privacy.early(s privacy.step, asked boolean) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN asked THEN 'true' ELSE (
        SELECT format('(%s r.since <= $2 - %s * interval ''1 millisecond'')',
                      CASE WHEN bool_or(m.starts <> 'row') THEN 'r.since IS NULL OR' END,
                      min(m.maximum_ms))
        FROM privacy.keeping m WHERE m.keep = s.keep
    ) END
$$;

-- Whether there is anything to look at: a statement over an empty table takes longer to plan than to run.
CREATE FUNCTION privacy.has_pages(store text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.relkind <> 'r' OR pg_relation_size(c.oid) > 0 FROM pg_class c WHERE c.oid = store::regclass
$$;

-- Ends at most so many rows of one step for one entry of the ledger: how many it were, and how many
-- pages the table has.  What ends of everybody is looked for in these pages alone: a table is gone
-- through once, and not from its beginning for each few thousand rows.
CREATE FUNCTION privacy.end_rows(
    entry uuid, nth_step integer, moment timestamptz, most integer, from_page bigint, until_page bigint,
    OUT done bigint, OUT pages bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e privacy.erasure;
    s privacy.step;
    due text;
BEGIN
    done := 0;
    pages := 0;
    SELECT x.* INTO e FROM privacy.erasure x WHERE x.entry_id = entry;
    PERFORM privacy.insist(
        FOUND AND e.written_in <> pg_current_xact_id() AND e.written_at <= moment,
        'erasure_is_in_the_ledger_before'
    );
    SELECT p.* INTO s FROM privacy.step p WHERE p.nth = nth_step;
    PERFORM privacy.insist(FOUND, 'erasure_follows_the_plan');
    IF e.whom IS NOT NULL AND NOT s.about ? e.kind OR NOT privacy.has_pages(s.store) THEN
        RETURN;
    END IF;
    due := format(
        'SELECT t.ctid %s AND (%s) AND NOT %s %s %s %s LIMIT $3 FOR UPDATE OF t SKIP LOCKED',
        privacy.judging(s, e.kind, format(
            '%s AND NOT %s', privacy.early(s, e.whom IS NOT NULL), s.needed
        )),
        privacy.over(e.whom IS NOT NULL), privacy.holding(s),
        -- No entry ends itself, however late it goes on: the next period ends it.
        CASE WHEN s.store IN ('privacy.erasure', 'privacy.ended', 'privacy.deferred', 'privacy.again')
            THEN format('AND t.entry_id <> %L', entry) ELSE '' END,
        CASE WHEN e.whom IS NULL
            THEN format('AND t.ctid >= ''(%s,0)'' AND t.ctid < ''(%s,0)''', from_page, until_page)
            ELSE '' END,
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
    IF e.whom IS NULL THEN
        pages := pg_relation_size(s.store::regclass) / current_setting('block_size')::integer;
    END IF;
    IF done > 0 THEN
        INSERT INTO privacy.ended AS x (entry_id, store, act, rows, last_at)
        VALUES (entry, s.store, s.act, done, moment)
        ON CONFLICT ON CONSTRAINT ended_pkey
        DO UPDATE SET rows = x.rows + excluded.rows, last_at = excluded.last_at;
    END IF;
END $$;

-- Whether anything of anybody has been kept for longer than it may, since so long before the moment.
CREATE FUNCTION privacy.any_due(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s privacy.step;
    found_one boolean;
BEGIN
    FOR s IN SELECT p.* FROM privacy.step p WHERE privacy.has_pages(p.store) ORDER BY p.nth LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT %s AND (%s) AND NOT %s)',
            privacy.judging(s, NULL, format('%s AND NOT %s', privacy.early(s, false), s.needed)),
            privacy.over(false), privacy.holding(s)
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
    IF of_kind IS NOT NULL AND NOT s.about ? of_kind OR NOT privacy.has_pages(s.store) THEN
        RETURN;
    END IF;
    -- Months and grounds of millions of rows are counted in memory; for this transaction alone.
    PERFORM set_config('work_mem', '64MB', true);
    RETURN QUERY EXECUTE format(
        'SELECT CASE WHEN held THEN ''held'' WHEN ends IS NULL THEN ''lasts'''
        '   WHEN ends > $2 THEN ''minimum'' WHEN needed THEN ''needed'' ELSE '''' END,'
        -- What has no minimum and stays for another reason has no end by itself.
        ' nullif(date_trunc(''month'', ends, ''UTC''), ''-infinity''), count(*)'
        ' FROM (SELECT %s AS held, %s AS needed,'
        '   CASE WHEN $1 IS NOT NULL AND k.minimum_ms = 0 THEN ''-infinity'''
        '   ELSE b.begins + CASE WHEN $1 IS NULL THEN k.maximum_ms ELSE k.minimum_ms END'
        '     * interval ''1 millisecond'' END AS ends %s) AS e GROUP BY 1, 2 ORDER BY 1, 2',
        privacy.holding(s), s.needed, privacy.judging(s, of_kind, 'true')
    ) USING whom, moment;
END $$;

-- What needs a row that ends is found by an index: PostgreSQL looks for it once for each row.
CREATE INDEX measure_ended_by_notice ON access.measure (lifted_notice_id)
    WHERE lifted_notice_id IS NOT NULL;
CREATE INDEX request_from_somebody ON numbers.request (from_holder);
CREATE INDEX request_to_somebody ON numbers.request (to_holder);
CREATE INDEX consent_by_somebody ON numbers.consent (person_id);
CREATE INDEX lock_of_somebody ON numbers.lock (person_id);

-- Who may do what.
REVOKE ALL ON FUNCTION
    privacy.held_whoms, privacy.person_over_at, privacy.over_at, privacy.begins, privacy.judging,
    privacy.holding, privacy.over, privacy.early, privacy.has_pages, privacy.end_rows, privacy.any_due, privacy.judged
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.end_rows, privacy.any_due, privacy.judged TO tenure_app;
