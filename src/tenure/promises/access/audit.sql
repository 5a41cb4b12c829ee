-- Your service is cut only for a reason you are told: what must be true of measures and of lines.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: every measure was told
-- clauses: GTC-ABUSE GTC-TRAFFIC GTC-ILLEGAL
-- quick
-- says: The notice of every measure is about its number, of its kind, and of its instant.
SELECT n.msisdn = m.msisdn AND n.at = m.decided_at AND n.facts ->> 'reason' = m.reason
       AND n.kind = CASE WHEN m.clause = 'GTC-TRAFFIC' THEN 'access.traffic'
                         WHEN m.kind = 'restriction' THEN 'access.restricted'
                         WHEN m.kind = 'suspension' THEN 'access.suspended'
                         ELSE 'access.terminated' END
       AS ok, format('measure %s', m.measure_id) AS which
FROM access.measure m LEFT JOIN notices.notice n USING (notice_id)

-- check: every end was told
-- clauses: GTC-ABUSE
-- quick
-- says: What was lifted was told to its subscriber.
SELECT n.msisdn = m.msisdn AND n.at = m.lifted_at AND n.kind = 'access.ended'
       AS ok, format('measure %s', m.measure_id) AS which
FROM access.measure m LEFT JOIN notices.notice n ON n.notice_id = m.lifted_notice_id
WHERE m.lifted_at IS NOT NULL

-- check: nobody is cut without a measure
-- clauses: GTC-ABUSE GTC-ILLEGAL
-- quick
-- says: A line is suspended exactly as long as a suspension or termination of its holder is open.
SELECT l.suspended = (m.purse_id IS NOT NULL) AS ok, format('purse %s', l.purse_id) AS which
FROM numbers.line l LEFT JOIN (
    SELECT DISTINCT purse_id FROM access.measure
    WHERE kind IN ('suspension', 'termination') AND lifted_at IS NULL
) m USING (purse_id)
WHERE l.suspended OR m.purse_id IS NOT NULL

-- check: nobody is restricted without a measure
-- clauses: GTC-TRAFFIC GTC-ABUSE
-- says: Until when a line may not use a service is what its open measures come to.
SELECT l.restricted_until[place.nth] = m.ends_at AS ok, format('purse %s', l.purse_id) AS which
FROM numbers.line l CROSS JOIN generate_series(1, 5) AS place (nth)
LEFT JOIN LATERAL (
    SELECT max(ends_at) AS ends_at FROM access.measure m
    WHERE m.purse_id = l.purse_id AND m.lifted_at IS NULL
      AND m.services & (1 << (place.nth - 1)) <> 0
) m ON true
WHERE l.restricted_until[place.nth] IS NOT NULL

-- check: groups are whole
-- clauses: GTC-TRAFFIC
-- says: A group has as many measures as it has lines, all on its clause.
SELECT g.lines = count(m.measure_id) AND bool_and(m.clause = 'GTC-TRAFFIC')
       AS ok, format('group %s', g.group_id) AS which
FROM access.traffic_group g LEFT JOIN access.measure m USING (group_id)
GROUP BY g.group_id

-- check: measures are recorded
-- clauses: GTC-ABUSE GTC-TRAFFIC GTC-ILLEGAL
-- quick
-- says: The leaf of every measure tells of it, at its instant.
SELECT f.at = m.decided_at AND f.kind = CASE
           WHEN m.group_id IS NOT NULL THEN 'access.group_restricted'
           WHEN m.kind = 'restriction' THEN 'access.restricted'
           WHEN m.kind = 'suspension' THEN 'access.suspended'
           ELSE 'access.terminated' END
       AS ok, format('measure %s', m.measure_id) AS which
FROM access.measure m LEFT JOIN record.leaf f ON f.seq = m.leaf_seq
