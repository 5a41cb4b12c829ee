-- The price you were shown is the price you pay: what must be true of every priced unit.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: prices in force
-- clauses: GTC-CHANGE
-- says: No unit was charged by a version of the prices that was not yet in force.
SELECT (run ->> 1)::bigint = 0 OR (v.effective_from IS NOT NULL AND e.at >= v.effective_from)
       AS ok, format('purse %s entry %s', e.purse_id, e.seq) AS which
FROM money.entry e
CROSS JOIN jsonb_array_elements(e.explanation::jsonb -> 'runs') run
LEFT JOIN unnest(:versions::text[], :effective::timestamptz[])
       AS v (version, effective_from) ON v.version = split_part(run ->> 4, '/', 1)
WHERE e.kind IN (1, 2, 8)

-- check: notice
-- clauses: GTC-CHANGE
-- quick
-- says: Every version of the prices was published at least so many days before it is in force.
SELECT effective_from >= published_at + :notice_days * interval '1 day'
       OR effective_from = (SELECT min(one) FROM unnest(:effective::timestamptz[]) one)
       AS ok, 'version ' || version AS which
FROM unnest(:versions::text[], :effective::timestamptz[], :published::timestamptz[])
     AS v (version, effective_from, published_at)
