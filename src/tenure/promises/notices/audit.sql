-- You hear it from us: what must be true of notices.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: notices reach their own
-- clauses: GTC-LANG
-- says: Every text went to whoever it was for: nobody else held the number when it was sent.
SELECT n.person_id IS NOT DISTINCT FROM t.holder_id AS ok, format('notice %s', n.notice_id) AS which
FROM notices.notice n
LEFT JOIN numbers.tenure t ON t.msisdn = n.msisdn AND t.during @> n.sent_at
WHERE n.sent_at IS NOT NULL AND n.channel = 'number'
