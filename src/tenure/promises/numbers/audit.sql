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
  AND NOT starts_with(e.explanation, '{"ended"')

-- check: what the database enforces
-- clauses: GTC-SIM ID-LINES PRV-MINOR
-- quick
-- says: The figures that the database enforces are those of the newest leaf about them.
SELECT to_jsonb(f) - 'one' = l.body::jsonb -> 'said' AS ok, format('leaf %s', l.seq) AS which
FROM numbers.figures f
JOIN record.leaf l ON l.seq = (SELECT max(seq) FROM record.leaf WHERE kind = 'numbers.figures')

-- check: holders and their lines
-- clauses: GTC-SIM
-- says: Whoever holds a number has its line, its purse and one SIM, which is the line's.
SELECT l.purse_id = t.purse_id AND b.imsi = l.imsi AND l.postpaid <> t.prepaid AS ok,
       format('leaf %s purse %s', t.leaf_seq, t.purse_id) AS which
FROM numbers.tenure t
LEFT JOIN numbers.line l USING (msisdn)
LEFT JOIN numbers.binding b ON b.msisdn = t.msisdn AND upper_inf(b.during)
WHERE upper_inf(t.during)

-- check: SIMs in use
-- clauses: GTC-SIM
-- says: A SIM in use is one of ours, alive, and its number is somebody's.
SELECT s.imsi = b.imsi AND s.died_at IS NULL AND t.msisdn IS NOT NULL AS ok,
       format('leaf %s', b.leaf_seq) AS which
FROM numbers.binding b
LEFT JOIN numbers.sim s USING (iccid)
LEFT JOIN numbers.tenure t ON t.msisdn = b.msisdn AND upper_inf(t.during)
WHERE upper_inf(b.during)

-- check: leaves of tenure
-- clauses: GTC-SIM
-- says: Every tenure that began without a request has a leaf of its kind, which is about its holder.
SELECT l.kind = CASE t.opened_as WHEN 'import' THEN 'numbers.taken_over' ELSE 'numbers.activated' END
       AND NOT EXISTS (
           SELECT FROM record.opening o
           WHERE o.leaf_seq = t.leaf_seq
             AND (o.field = 'holder' AND o.value <> t.holder_id::text
                  OR o.field = 'msisdn' AND o.value <> t.msisdn)
       ) AS ok, format('leaf %s', t.leaf_seq) AS which
FROM numbers.tenure t LEFT JOIN record.leaf l ON l.seq = t.leaf_seq
WHERE t.opened_as IN ('first-sale', 'import')

-- check: numbers per person
-- clauses: ID-LINES
-- says: Nobody holds more prepaid numbers than the market allows.
SELECT f.prepaid_numbers_max = 0 OR count(*) <= f.prepaid_numbers_max AS ok,
       format('person %s', t.holder_id) AS which
FROM numbers.tenure t CROSS JOIN numbers.figures f
WHERE t.prepaid AND upper_inf(t.during)
GROUP BY t.holder_id, f.prepaid_numbers_max

-- check: minors
-- clauses: PRV-MINOR
-- says: Whoever was sold a number was of age, or a guardian answered for them.
SELECT people.comes_of_age_at(p.born_on) <= lower(t.during)
       OR EXISTS (
           SELECT FROM people.guardian g
           WHERE g.ward_id = t.holder_id AND g.since <= lower(t.during)
             AND (g.until IS NULL OR lower(t.during) < g.until)
       ) AS ok, format('leaf %s', t.leaf_seq) AS which
FROM numbers.tenure t
JOIN people.person p ON p.person_id = t.holder_id AND p.born_on IS NOT NULL
WHERE t.opened_as = 'first-sale'

-- check: rest
-- clauses: GTC-LIFE
-- says: No number was sold again before its rest was over.
SELECT lower(t.during) >= before.ended + f.rest_ms * interval '1 millisecond' AS ok,
       format('leaf %s', t.leaf_seq) AS which
FROM numbers.tenure t
CROSS JOIN numbers.figures f
JOIN LATERAL (
    SELECT max(upper(o.during)) AS ended FROM numbers.tenure o
    WHERE o.msisdn = t.msisdn AND lower(o.during) < lower(t.during)
) before ON before.ended IS NOT NULL
WHERE t.opened_as = 'first-sale'

-- check: recycling
-- clauses: INC-90
-- says: Every number that was recycled had its time and its reminders, sent while it could receive.
SELECT r.at >= r.validity_end + (r.outgoing_blocked_ms + r.both_blocked_ms) * interval '1 millisecond'
       AND l.kind = 'numbers.recycled' AND l.at = r.at AND upper(t.during) = r.at
       AND sent.times = r.reminders AND sent.times >= r.reminders_min AS ok,
       format('purse %s', r.purse_id) AS which
FROM numbers.recycled r
LEFT JOIN record.leaf l ON l.seq = r.leaf_seq
LEFT JOIN numbers.tenure t ON t.purse_id = r.purse_id AND t.holder_id = r.holder_id
LEFT JOIN LATERAL (
    SELECT count(*) AS times FROM numbers.reminder m JOIN notices.notice n USING (notice_id)
    WHERE m.purse_id = r.purse_id AND m.validity_end = r.validity_end AND n.msisdn = r.msisdn
      AND n.sent_at >= r.validity_end
      AND n.sent_at < r.validity_end + r.outgoing_blocked_ms * interval '1 millisecond'
) sent ON true

-- check: reminders
-- clauses: INC-90
-- says: No reminder came before the validity had ended, and each is a notice about that number.
SELECT m.at >= m.validity_end AND n.msisdn = m.msisdn AND n.kind = 'lifecycle.reminder' AS ok,
       format('purse %s step %s', m.purse_id, m.step) AS which
FROM numbers.reminder m LEFT JOIN notices.notice n USING (notice_id)

-- check: transfers
-- clauses: INC-CONSENT
-- says: Every number that changed hands did so by its own request, as long after it as it must cool off, and by a transfer only with both consents and two approvals.
SELECT q.outcome = 'effected' AND q.kind = t.opened_as AND q.to_holder = t.holder_id
       AND q.msisdn = t.msisdn AND q.ended_at = lower(t.during)
       AND (q.kind = 'restoration'
            OR lower(t.during) >= q.requested_at + f.cooling_off_ms * interval '1 millisecond')
       AND (q.kind <> 'transfer' OR signed.parties @> ARRAY['from', 'to'])
       AND approved.humans >= f.approvals_min AS ok, format('leaf %s', t.leaf_seq) AS which
FROM numbers.tenure t
CROSS JOIN numbers.figures f
LEFT JOIN numbers.request q ON q.request_id = t.request_id
LEFT JOIN LATERAL (
    SELECT coalesce(array_agg(c.party), '{}') AS parties FROM numbers.consent c
    WHERE c.request_id = q.request_id AND c.given_at <= q.ended_at
) signed ON true
LEFT JOIN LATERAL (
    SELECT count(DISTINCT a.approved_by) AS humans FROM staff.approval a
    WHERE a.request_hash = q.request_hash AND a.approved_by IS DISTINCT FROM q.requested_by
) approved ON true
WHERE t.opened_as NOT IN ('first-sale', 'import')

-- check: presence
-- clauses: PRV-BIO
-- says: Whoever consented in a shop was seen with document and face by one of ours who is no approver.
SELECT c.photo_ppm >= 950000 AND c.document_kind IS NOT NULL AND c.witness IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM staff.approval a
           WHERE a.request_hash = c.request_hash AND a.approved_by = c.witness
       ) AS ok, format('leaf %s', c.leaf_seq) AS which
FROM numbers.consent c WHERE c.means = 'presence'
