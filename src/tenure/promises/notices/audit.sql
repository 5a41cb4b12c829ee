-- You hear it from us: what must be true of notices.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: notices reach their own
-- clauses: GTC-LANG
-- says: Every text went to whoever it was for: nobody else held the number when it was sent.
SELECT n.person_id IS NOT DISTINCT FROM t.holder_id AS ok, format('delivery %s', d.delivery_id) AS which
FROM notices.delivery d
JOIN notices.notice n USING (notice_id)
LEFT JOIN numbers.tenure t ON t.msisdn = n.msisdn AND t.during @> d.handing_at
WHERE n.channel = 'number'

-- check: nothing told is forgotten
-- clauses: GTC-LANG GTC-CHANGE INC-90
-- says: Whatever was told has left, waits to leave, or was dropped for a reason.
SELECT n.sent_at IS NOT NULL OR n.dropped_at IS NOT NULL OR q.notice_id IS NOT NULL AS ok,
       format('notice %s', n.notice_id) AS which
FROM notices.notice n LEFT JOIN notices.due q USING (notice_id)

-- check: what was sent is proven
-- clauses: GTC-LANG GTC-CHANGE INC-90
-- says: A notice counts as sent since its first attempt that a carrier took, and not without one.
SELECT n.sent_at IS NOT DISTINCT FROM greatest(n.at, d.handed_at) AS ok,
       format('notice %s', n.notice_id) AS which
FROM notices.notice n
JOIN (SELECT notice_id, min(handed_at) AS handed_at FROM notices.delivery GROUP BY notice_id) d
    USING (notice_id)
WHERE n.sent_at IS NOT NULL OR d.handed_at IS NOT NULL

-- check: a notice is sent once
-- clauses: GTC-MKT
-- says: What must not be told twice was taken by a carrier once, unless that carrier said it failed.
SELECT count(*) FILTER (WHERE d.handed_at IS NOT NULL AND d.ended IS DISTINCT FROM 'failed'
                              AND d.ended IS DISTINCT FROM 'expired') <= 1 AS ok,
       format('notice %s', d.notice_id) AS which
FROM notices.delivery d JOIN notices.notice n USING (notice_id)
WHERE n.kind LIKE 'marketing.%' OR n.kind LIKE 'usage.%'
GROUP BY d.notice_id

-- check: offers had consent
-- clauses: GTC-MKT
-- says: Every offer went to who held the number, and had agreed to its purpose when it left.
SELECT t.holder_id IS NOT NULL AND t.holder_id = n.person_id AND EXISTS (
           SELECT FROM consent.event e
           WHERE e.person_id = n.person_id AND e.purpose = n.facts ->> 'purpose'
             AND e.medium = d.medium AND e.at <= d.handing_at
             AND (e.until_at IS NULL OR d.handing_at < e.until_at)
             AND e.word = 'given' AND NOT EXISTS (
                 SELECT FROM consent.event l
                 WHERE l.person_id = e.person_id AND l.purpose = e.purpose AND l.medium = e.medium
                   AND l.seq > e.seq AND l.word <> 'given' AND l.at < d.handing_at)) AS ok,
       format('delivery %s', d.delivery_id) AS which
FROM notices.delivery d
JOIN notices.notice n USING (notice_id)
LEFT JOIN numbers.tenure t ON t.msisdn = n.msisdn AND t.during @> d.handing_at
WHERE n.kind LIKE 'marketing.%'
