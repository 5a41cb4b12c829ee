-- The doors by which a month of usage is rewritten: made beside, compared, and put in its place.

-- The same entries without whom they were with and why they cost what they did.
CREATE FUNCTION privacy.without_details(was text, next text, held bigint[], since date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.%I
        SELECT purse_id, seq, at, kind, account, funds_micros, grants_micros, owed_micros, tax_micros,
               overrun_micros, contra_micros, funds_after_micros, reference,
               CASE WHEN ends THEN '' ELSE party END,
               CASE WHEN ends AND NOT starts_with(explanation, '{"ended"')
                    THEN '{"ended":"' || %L || '","route":"'
                         || split_part(split_part(explanation, '"route":"', 2), '"', 1) || '"}'
                    ELSE explanation END
        FROM (SELECT *, kind IN (1, 2, 3, 8) AND NOT purse_id = ANY (%L::bigint[]) AS ends
              FROM money.%I) e
    $sql$, next, since, held, was);
END $$;

-- Totals by day, account and route.  A cell with too few purses is merged with the other such cells
-- of its day and account, these of the month and account, and these of the month; if even then
-- too few are left, they join the smallest cell there is.
CREATE FUNCTION privacy.total_usage(
    was text, month_ date, run_ smallint, held bigint[], few integer, zone text
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.usage_total
        WITH usage AS NOT MATERIALIZED (
            SELECT purse_id, (at AT TIME ZONE %L)::date AS day, account,
                   CASE kind WHEN 3 THEN 'refund'
                        ELSE split_part(split_part(explanation, '"route":"', 2), '"', 1)
                   END COLLATE "C" AS route,
                   funds_micros AS f, grants_micros AS g, owed_micros AS o, tax_micros AS t,
                   overrun_micros AS v, contra_micros AS c
            FROM money.%I WHERE kind IN (1, 2, 3, 8) AND NOT purse_id = ANY (%L::bigint[])
        ), cell AS MATERIALIZED (
            SELECT day, account, route, count(*) AS n, count(DISTINCT purse_id) AS p, sum(f) AS f,
                   sum(g) AS g, sum(o) AS o, sum(t) AS t, sum(v) AS v, sum(c) AS c
            FROM usage GROUP BY day, account, route
        ), few_of_day AS MATERIALIZED (
            SELECT purse_id, day, account, count(*) AS n, sum(u.f) AS f, sum(u.g) AS g,
                   sum(u.o) AS o, sum(u.t) AS t, sum(u.v) AS v, sum(u.c) AS c
            FROM usage u JOIN (SELECT day, account, route FROM cell WHERE p < %5$s) s
                 USING (day, account, route)
            GROUP BY purse_id, day, account
        ), by_day AS MATERIALIZED (
            SELECT day, account, sum(n) AS n, count(*) AS p, sum(f) AS f, sum(g) AS g, sum(o) AS o,
                   sum(t) AS t, sum(v) AS v, sum(c) AS c
            FROM few_of_day GROUP BY day, account
        ), few_of_month AS MATERIALIZED (
            SELECT purse_id, account, sum(u.n) AS n, sum(u.f) AS f, sum(u.g) AS g, sum(u.o) AS o,
                   sum(u.t) AS t, sum(u.v) AS v, sum(u.c) AS c
            FROM few_of_day u JOIN (SELECT day, account FROM by_day WHERE p < %5$s) s
                 USING (day, account)
            GROUP BY purse_id, account
        ), by_month AS MATERIALIZED (
            SELECT account, sum(n) AS n, count(*) AS p, sum(f) AS f, sum(g) AS g, sum(o) AS o,
                   sum(t) AS t, sum(v) AS v, sum(c) AS c
            FROM few_of_month GROUP BY account
        ), rest AS MATERIALIZED (
            SELECT sum(u.n) AS n, count(DISTINCT purse_id) AS p, sum(u.f) AS f, sum(u.g) AS g,
                   sum(u.o) AS o, sum(u.t) AS t, sum(u.v) AS v, sum(u.c) AS c
            FROM few_of_month u JOIN (SELECT account FROM by_month WHERE p < %5$s) s USING (account)
        ), shown AS MATERIALIZED (
            SELECT *, row_number() OVER (ORDER BY p, n, day, account, route) AS place FROM (
                SELECT day, account, route, n, p, f, g, o, t, v, c FROM cell WHERE p >= %5$s
                UNION ALL SELECT day, account, '', n, p, f, g, o, t, v, c FROM by_day WHERE p >= %5$s
                UNION ALL SELECT NULL, account, '', n, p, f, g, o, t, v, c FROM by_month WHERE p >= %5$s
            ) enough
        ), taken AS MATERIALIZED (
            SELECT s.place FROM shown s, rest WHERE s.place = 1 AND rest.p BETWEEN 1 AND %5$s - 1
        ), merged AS (
            SELECT n, p, f, g, o, t, v, c FROM rest WHERE p > 0
            UNION ALL
            SELECT n, p, f, g, o, t, v, c FROM shown WHERE place IN (SELECT place FROM taken)
        )
        SELECT %4$L::date, %6$L::smallint, day, account, route, n, p, %5$s, f, g, o, t, v, c
        FROM shown WHERE place NOT IN (SELECT place FROM taken)
        UNION ALL
        SELECT %4$L::date, %6$L::smallint, NULL, 0::smallint, '', sum(n), max(p), %5$s, sum(f), sum(g),
               sum(o), sum(t), sum(v), sum(c)
        FROM merged HAVING sum(n) > 0
    $sql$, zone, was, held, month_, few, run_);
END $$;

-- What stays: everything that is not usage, what is held, and for each run of usage between two of
-- these one entry that carries its sums, dated like what follows it, which tells nothing new.
CREATE FUNCTION privacy.carried_forward(was text, next text, held bigint[], month_ date, since date)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.%I
        SELECT * FROM money.%I
        WHERE NOT kind IN (1, 2, 3, 8) OR purse_id = ANY (%L::bigint[])
    $sql$, next, was, held);
    EXECUTE format($sql$
        INSERT INTO money.%I
        SELECT purse_id, max(seq), coalesce(max(follows) FILTER (WHERE last), %L::timestamptz), 14, 19,
               sum(funds_micros), sum(grants_micros), sum(owed_micros), sum(tax_micros),
               sum(overrun_micros), sum(contra_micros), max(funds_after_micros) FILTER (WHERE last),
               'carried', '', '{"ended":"' || %L || '","entries":' || count(*) || '}'
        FROM (
            SELECT *, count(*) FILTER (WHERE NOT goes) OVER line AS before,
                   lead(goes) OVER line IS NOT TRUE AS last, lead(at) OVER line AS follows
            FROM (
                SELECT purse_id, seq, at, funds_micros, grants_micros, owed_micros, tax_micros,
                       overrun_micros, contra_micros, funds_after_micros,
                       kind IN (1, 2, 3, 8) AND NOT purse_id = ANY (%L::bigint[]) AS goes
                FROM money.%I
            ) e
            WINDOW line AS (PARTITION BY purse_id ORDER BY seq, at)
        ) e
        WHERE goes GROUP BY purse_id, before
    $sql$, next, (month_ + interval '1 month') AT TIME ZONE 'UTC' - interval '1 millisecond', since,
        held, was);
END $$;

-- By account: what goes out of the entries, and what the totals tell.  Accounts of which anything was
-- merged with another one are compared together, under 0.
CREATE FUNCTION privacy.compare_accounts(
    was text, goes text, month_ date, run_ smallint, held bigint[]
)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.usage_account
        WITH gone AS MATERIALIZED (
            SELECT account, count(*) AS n, sum(funds_micros) AS f, sum(grants_micros) AS g,
                   sum(owed_micros) AS o, sum(tax_micros) AS t, sum(overrun_micros) AS v,
                   sum(contra_micros) AS c
            FROM money.%I WHERE %5$s AND NOT purse_id = ANY (%2$L::bigint[])
            GROUP BY account
        ), told AS MATERIALIZED (
            SELECT account, sum(entries) AS n, sum(funds_micros) AS f, sum(grants_micros) AS g,
                   sum(owed_micros) AS o, sum(tax_micros) AS t, sum(overrun_micros) AS v,
                   sum(contra_micros) AS c
            FROM money.usage_total WHERE month = %3$L AND run = %4$L GROUP BY account
        ), pooled AS (
            SELECT account FROM gone LEFT JOIN told USING (account)
            WHERE gone.n IS DISTINCT FROM told.n
            UNION ALL SELECT 0::smallint
        ), sides AS (
            SELECT CASE WHEN account IN (SELECT account FROM pooled) THEN 0 ELSE account END AS account,
                   side, sum(n) AS n, sum(f) AS f, sum(g) AS g, sum(o) AS o, sum(t) AS t, sum(v) AS v,
                   sum(c) AS c
            FROM (SELECT *, 'gone' AS side FROM gone UNION ALL SELECT *, 'told' FROM told) both_
            GROUP BY 1, 2
        )
        SELECT %3$L::date, %4$L::smallint, account,
               coalesce(max(ARRAY[n, f, g, o, t, v, c]) FILTER (WHERE side = 'gone'), '{}')::bigint[],
               coalesce(max(ARRAY[n, f, g, o, t, v, c]) FILTER (WHERE side = 'told'), '{}')::bigint[]
        FROM sides GROUP BY account
    $sql$, was, held, month_, run_, goes);
END $$;

-- The totals of a run in one fixed order, hashed: what the leaf of the record says.
CREATE FUNCTION privacy.totals_sha256(month_ date, run_ smallint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(coalesce(string_agg(
        concat_ws('|', coalesce(day::text, ''), account, route, entries, purses, funds_micros,
                  grants_micros, owed_micros, tax_micros, overrun_micros, contra_micros) || E'\n',
        '' ORDER BY day NULLS LAST, account, route COLLATE "C"), ''), 'UTF8')), 'hex')
    FROM money.usage_total WHERE month = month_ AND run = run_
$$;

-- Writes the month anew beside itself, and shows by constraints that it came to the same.  Nothing is
-- replaced yet: the leaf comes first.  Returns the run.  While it works the month can be read, and
-- every other month be written.
CREATE FUNCTION privacy.end_usage(
    month_ date, stage_ text, least_days smallint, few smallint, zone text, moment timestamptz
) RETURNS smallint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was text := 'entry_' || to_char(month_, 'YYYY_MM');
    next text := was || '_next';
    since date := (moment AT TIME ZONE zone)::date;
    held bigint[] := privacy.usage_held(moment, privacy.month_of(month_));
    begins timestamptz := month_::timestamp AT TIME ZONE 'UTC';
    goes text := CASE stage_ WHEN 'books' THEN 'true' ELSE 'kind IN (1, 2, 3, 8)' END;
    made money.usage_ended;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('privacy.end_usage'));
    -- Sorts of a whole month; for this transaction alone.
    PERFORM set_config('work_mem', '256MB', true), set_config('maintenance_work_mem', '512MB', true);
    PERFORM money.open_month(begins);
    EXECUTE format('LOCK TABLE ONLY money.%I IN SHARE MODE', was);
    EXECUTE format(
        'SELECT count(*) < $2 FROM (SELECT DISTINCT purse_id FROM money.%I'
        ' WHERE %s AND NOT purse_id = ANY ($1) LIMIT $2) AS found', was, goes
    ) INTO made.few USING held, few;
    EXECUTE format('CREATE TABLE money.%I (LIKE money.entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', next);
    made.month := month_;
    made.run := 1 + coalesce((SELECT max(run) FROM money.usage_ended WHERE month = month_), 0);
    made.legs_before := privacy.usage_legs(was, 'true');
    IF stage_ = 'details' THEN
        PERFORM privacy.without_details(was, next, held, since);
        made.legs_after := privacy.usage_legs(next, 'true');
    ELSIF stage_ = 'totals' THEN
        PERFORM privacy.carried_forward(was, next, held, month_, since);
        made.legs_after := privacy.usage_legs(next, 'true');
    ELSE
        made.legs_after := privacy.books_carried(was, next, held, month_, since);
    END IF;
    -- The key of what is new serves to count what was held, and what stays besides.
    EXECUTE format('ALTER TABLE money.%I ADD PRIMARY KEY (purse_id, seq, at)', next);
    EXECUTE format('SELECT count(*) FROM money.%I WHERE %s AND purse_id = ANY ($1)', next, goes)
        INTO made.held USING held;
    EXECUTE format('SELECT count(*) FROM money.%I WHERE %s', was, goes) INTO made.ended;
    made.ended := made.ended - made.held;
    INSERT INTO money.usage_ended VALUES (
        month_, made.run, stage_, moment, few, false, least_days, made.ended, made.held, made.legs_before,
        made.legs_after, encode(sha256(''::bytea), 'hex'), NULL
    );
    IF stage_ = 'books' THEN
        PERFORM privacy.totals_dropped(month_);
    END IF;
    IF made.few THEN
        -- It was compared; but sums of so few would tell of each of them.
        UPDATE money.usage_ended
        SET few = true, legs_before = '{0,0,0,0,0,0,0}', legs_after = '{0,0,0,0,0,0,0}'
        WHERE month = month_ AND run = made.run;
    ELSIF stage_ = 'totals' THEN
        PERFORM privacy.total_usage(was, month_, made.run, held, few, zone);
        PERFORM privacy.compare_accounts(was, goes, month_, made.run, held);
    ELSIF stage_ = 'books' THEN
        PERFORM privacy.total_books(was, month_, made.run, held, few);
        PERFORM privacy.compare_accounts(was, goes, month_, made.run, held);
    END IF;
    UPDATE money.usage_ended SET totals_sha256 = privacy.totals_sha256(month_, made.run)
    WHERE month = month_ AND run = made.run;
    EXECUTE format('ANALYZE money.%I', next);
    EXECUTE format('ALTER TABLE money.%I ADD CONSTRAINT of_its_month CHECK (at >= %L AND at < %L)',
        next, begins, begins + interval '1 month');
    EXECUTE format(
        'CREATE TRIGGER usage_ends_on_arrival BEFORE INSERT ON money.%I'
        ' FOR EACH ROW EXECUTE FUNCTION privacy.usage_ends_on_arrival(%L)', next, since);
    RETURN made.run;
END $$;
