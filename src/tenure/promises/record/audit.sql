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
