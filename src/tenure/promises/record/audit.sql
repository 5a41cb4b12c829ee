-- What we did can be proved: what must be true of the record.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: leaves
-- clauses: GTC-LOST
-- quick
-- says: Every leaf has the hash of its body (RFC 6962).
SELECT leaf_hash = sha256('\x00'::bytea || convert_to(body, 'UTF8'))
       AS ok, format('leaf %s', seq) AS which
FROM record.leaf

-- check: loss reports
-- clauses: GTC-LOST
-- says: There are at least as many recorded loss reports as lines that are reported lost.
SELECT lost <= reported AS ok, 'all loss reports' AS which
FROM (
    SELECT (SELECT count(*) FROM numbers.line WHERE lost_at <> since) AS lost,
           (SELECT count(*) FROM record.leaf WHERE kind = 'numbers.lost') AS reported
) counted

-- check: places
-- clauses: INC-REGULATOR
-- says: Every leaf has its place in a log, or waits for one.
SELECT EXISTS (SELECT FROM record.place WHERE place.leaf_seq = leaf.seq)
       OR EXISTS (SELECT FROM record.unsequenced WHERE unsequenced.leaf_seq = leaf.seq)
       AS ok, format('leaf %s', seq) AS which
FROM record.leaf

-- check: dense places
-- clauses: INC-REGULATOR
-- says: The places of a log are counted from zero without a gap, and each has a leaf.
SELECT leaf.seq IS NOT NULL
       AND place.index = row_number() OVER (PARTITION BY place.log_id ORDER BY place.index) - 1
       AS ok, format('log %s place %s', place.log_id, place.index) AS which
FROM record.place LEFT JOIN record.leaf ON leaf.seq = place.leaf_seq

-- check: checkpoints
-- clauses: INC-REGULATOR
-- quick
-- says: No log is shorter than its newest published checkpoint.
SELECT size <= (SELECT coalesce(max(index) + 1, 0) FROM record.place
                WHERE place.log_id = newest.log_id)
       AS ok, format('log %s', log_id) AS which
FROM (SELECT log_id, max(size) AS size FROM record.checkpoint GROUP BY log_id) newest
