-- The last stage of a month: when the books need it no longer, one entry for each purse opens what follows.

-- Each purse that goes, with all that its entries of the month came to; its opening is dated as told.
CREATE FUNCTION privacy.books_opened(was text, opened text, held bigint[], opens timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        CREATE TABLE money.%I AS
        SELECT purse_id, max(seq) AS seq, min(seq) AS first_seq, %L::timestamptz AS at,
               sum(funds_micros)::bigint AS funds_micros, sum(grants_micros)::bigint AS grants_micros,
               sum(owed_micros)::bigint AS owed_micros, sum(tax_micros)::bigint AS tax_micros,
               sum(overrun_micros)::bigint AS overrun_micros, sum(contra_micros)::bigint AS contra_micros,
               (array_agg(funds_after_micros ORDER BY seq DESC))[1] AS funds_after_micros,
               sum(CASE WHEN kind = 14 THEN (explanation::jsonb ->> 'entries')::bigint ELSE 1 END) AS entries
        FROM money.%I WHERE NOT purse_id = ANY (%L::bigint[]) GROUP BY purse_id
    $sql$, opened, opens, was, held);
END $$;

-- What is held of the month stays; of every other purse one entry opens the next month there is.  Returns
-- entries and legs of both, as they stand in the books then.
CREATE FUNCTION privacy.books_carried(was text, next text, held bigint[], month_ date, since date)
RETURNS bigint[] LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    opened text := was || '_opened';
    opens timestamptz;
    stays bigint[];
    moved bigint[];
    broken bigint;
BEGIN
    SELECT min(u.month)::timestamp AT TIME ZONE 'UTC' INTO opens
    FROM privacy.usage_months() u WHERE u.month > month_;
    PERFORM people.demand(opens IS NOT NULL, 'books_open_a_month_that_follows');
    EXECUTE format('INSERT INTO money.%I SELECT * FROM money.%I WHERE purse_id = ANY ($1)', next, was)
        USING held;
    stays := privacy.usage_legs(next, 'true');
    PERFORM privacy.books_opened(was, opened, held, opens);
    -- Every balance can be explained: what was before the month, and what came of it, is what there was.
    EXECUTE format($sql$
        SELECT count(*) FROM money.%I o
        WHERE o.funds_after_micros <> o.funds_micros + coalesce((
            SELECT e.funds_after_micros FROM money.entry e
            WHERE e.purse_id = o.purse_id AND e.seq < o.first_seq AND e.at < %L
            ORDER BY e.seq DESC LIMIT 1), 0)
    $sql$, opened, opens) INTO broken;
    PERFORM people.demand(broken = 0, 'books_open_with_the_balance');
    EXECUTE format($sql$
        INSERT INTO money.entry
        SELECT purse_id, seq, at, 14, 19, funds_micros, grants_micros, owed_micros, tax_micros,
               overrun_micros, contra_micros, funds_after_micros, 'opening', '',
               '{"ended":"' || %L || '","entries":' || entries || ',"opening":"' || %L || '"}'
        FROM money.%I
    $sql$, since, to_char(month_, 'YYYY-MM'), opened);
    EXECUTE format($sql$
        SELECT ARRAY[coalesce(sum((e.explanation::jsonb ->> 'entries')::bigint), 0),
                     coalesce(sum(e.funds_micros), 0), coalesce(sum(e.grants_micros), 0),
                     coalesce(sum(e.owed_micros), 0), coalesce(sum(e.tax_micros), 0),
                     coalesce(sum(e.overrun_micros), 0), coalesce(sum(e.contra_micros), 0)]::bigint[]
        FROM money.%I o JOIN money.entry e ON e.purse_id = o.purse_id AND e.seq = o.seq
        WHERE e.at = %L AND e.kind = 14
    $sql$, opened, opens) INTO moved;
    EXECUTE format('DROP TABLE money.%I', opened);
    RETURN (SELECT array_agg(s.leg + m.leg ORDER BY s.nth)
            FROM unnest(stays) WITH ORDINALITY AS s (leg, nth)
            JOIN unnest(moved) WITH ORDINALITY AS m (leg, nth) USING (nth));
END $$;

-- Totals by account of all that ends of a month.  An account with too few purses is told with the other
-- such; if even they are too few, they join the smallest that is told.
CREATE FUNCTION privacy.total_books(was text, month_ date, run_ smallint, held bigint[], few integer)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.usage_total
        WITH goes AS NOT MATERIALIZED (
            SELECT * FROM money.%1$I WHERE NOT purse_id = ANY (%2$L::bigint[])
        ), crowd AS MATERIALIZED (
            SELECT account, count(DISTINCT purse_id) AS p FROM goes GROUP BY account
        ), rest AS MATERIALIZED (
            SELECT count(DISTINCT purse_id) AS p FROM goes
            WHERE account IN (SELECT account FROM crowd WHERE p < %3$s)
        ), merged AS MATERIALIZED (
            SELECT account FROM crowd WHERE p < %3$s
            UNION ALL
            (SELECT c.account FROM crowd c, rest WHERE rest.p BETWEEN 1 AND %3$s - 1 AND c.p >= %3$s
             ORDER BY c.p, c.account LIMIT 1)
        )
        SELECT %4$L::date, %5$L::smallint, NULL::date,
               (CASE WHEN account IN (SELECT account FROM merged) THEN 0 ELSE account END)::smallint AS told,
               '', count(*), count(DISTINCT purse_id), %3$s, sum(funds_micros), sum(grants_micros),
               sum(owed_micros), sum(tax_micros), sum(overrun_micros), sum(contra_micros)
        FROM goes GROUP BY told
    $sql$, was, held, few, month_, run_);
END $$;

-- The finer totals of a month end with its books; those of its whole stay.
CREATE FUNCTION privacy.totals_dropped(month_ date) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM money.usage_account a USING money.usage_ended e
    WHERE a.month = month_ AND e.month = month_ AND e.run = a.run AND e.stage = 'totals';
    DELETE FROM money.usage_total t USING money.usage_ended e
    WHERE t.month = month_ AND e.month = month_ AND e.run = t.run AND e.stage = 'totals';
$$;

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.books_opened, privacy.books_carried, privacy.total_books, privacy.totals_dropped FROM PUBLIC;
