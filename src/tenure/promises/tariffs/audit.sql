-- The price you were shown is the price you pay: what must be true of every priced unit.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: prices in force
-- clauses: GTC-CHANGE
-- says: No unit was charged by a version of the prices that was not yet in force by the record.
SELECT (run ->> 1)::bigint = 0 OR (v.effective_from IS NOT NULL AND e.at >= v.effective_from)
       AS ok, format('purse %s entry %s', e.purse_id, e.seq) AS which
FROM money.entry e
CROSS JOIN jsonb_array_elements(e.explanation::jsonb -> 'runs') run
LEFT JOIN (
    SELECT version, in_force_from AS effective_from FROM tariffs.version
    WHERE in_force_from IS NOT NULL AND withdrawn_at IS NULL
    UNION ALL
    -- Before the record of prices begins, the files of the pack are all there is.
    SELECT version, effective_from
    FROM unnest(:versions::text[], :effective::timestamptz[]) AS one (version, effective_from)
    WHERE NOT EXISTS (SELECT FROM tariffs.version)
) AS v ON v.version = split_part(run ->> 4, '/', 1)
WHERE e.kind IN (1, 2, 8)

-- check: everybody was told
-- clauses: GTC-CHANGE
-- says: Whoever was affected by a version that is in force had their notice for long enough before.
SELECT v.in_force_from IS NULL OR u.told IS NULL AS ok,
       format('version %s', v.version) AS which
FROM tariffs.version v
LEFT JOIN LATERAL (
    SELECT true AS told
    FROM tariffs.untold(v.operator, v.version, v.in_force_from - v.notice_ms * interval '1 ms')
    LIMIT 1
) AS u ON v.in_force_from IS NOT NULL AND NOT v.founding

-- check: published in time
-- clauses: GTC-CHANGE
-- quick
-- says: Every version was published at least so many days before it is in force, by two humans.
SELECT v.founding
       OR v.effective_from >= v.published_at + v.notice_ms * interval '1 ms'
       AND v.approved_by IS NOT NULL AND (v.in_force_from IS NULL OR v.in_force_from >= v.effective_from)
       AS ok, format('version %s', v.version) AS which
FROM tariffs.version v

-- check: notice
-- clauses: GTC-CHANGE
-- quick
-- says: Every version of the pack is published at least so many days before the day it names.
SELECT effective_from >= published_at + :notice_days * interval '1 day'
       OR effective_from = (SELECT min(one) FROM unnest(:effective::timestamptz[]) one)
       AS ok, 'version ' || version AS which
FROM unnest(:versions::text[], :effective::timestamptz[], :published::timestamptz[])
     AS v (version, effective_from, published_at)
