-- Your number stays yours: what must be true of lines.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: purses of lines
-- clauses: GTC-LIFE
-- quick
-- says: Every line has its own purse.
SELECT p.purse_id IS NOT NULL AS ok, format('purse %s', l.purse_id) AS which
FROM numbers.line l LEFT JOIN money.purse p USING (purse_id)

-- check: one line
-- clauses: GTC-LIFE
-- says: No number, SIM or purse has two lines.
SELECT numbers = lines AND sims = lines AND purses = lines AS ok, 'all lines' AS which
FROM (
    SELECT count(*) AS lines, count(DISTINCT msisdn) AS numbers, count(DISTINCT imsi) AS sims,
           count(DISTINCT purse_id) AS purses
    FROM numbers.line
) counted

-- check: use after a loss report
-- clauses: GTC-LOST
-- says: Nothing that began after a loss or theft was reported was charged.
SELECT e.contra_micros <= 0 OR coalesce(
           to_timestamp((e.explanation::jsonb ->> 'began')::bigint / 1000.0), e.at) < l.lost_at
       AS ok, format('purse %s entry %s', e.purse_id, e.seq) AS which
FROM numbers.line l JOIN money.entry e USING (purse_id)
WHERE l.lost_at IS NOT NULL AND e.kind IN (1, 2, 8) AND e.at >= l.lost_at
