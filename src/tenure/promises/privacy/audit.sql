-- You may see all we hold, and it ends when it should: what must be true of privacy.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: breaches
-- clauses: PRV-SEC
-- says: Whoever had to be told of a breach was told in time, and none ended before.
SELECT NOT EXISTS (
           SELECT FROM privacy.breach_step s
           WHERE s.breach_id = b.breach_id
             AND (s.step = 'subjects-told' AND s.at > b.subjects_until
                  OR s.step = 'authority-told' AND s.at > b.authority_until)
       )
       AND (NOT EXISTS (SELECT FROM privacy.breach_step s
                        WHERE s.breach_id = b.breach_id AND s.step = 'closed')
            OR NOT EXISTS (SELECT FROM privacy.breach_affected a
                           WHERE a.breach_id = b.breach_id AND a.told_at IS NULL))
       AND l.kind = 'privacy.breach_known' AS ok, format('leaf %s', b.leaf_seq) AS which
FROM privacy.breach b LEFT JOIN record.leaf l ON l.seq = b.leaf_seq

-- check: what has to be gone
-- clauses: PRV-KEEP
-- says: Nothing is kept past its longest time, but for two days, a hold, or a row that others need.
SELECT NOT privacy.any_due((SELECT max(l.at) FROM record.leaf l) - p.late_ms * interval '1 ms') AS ok,
       'any table' AS which
FROM privacy.plan p

-- check: what waits to be looked at again
-- clauses: PRV-KEEP
-- says: Whatever was deferred is looked at again in time.
SELECT a.next_at > (SELECT max(l.at) FROM record.leaf l) - p.late_ms * interval '1 ms' AS ok,
       format('entry %s', a.entry_id) AS which
FROM privacy.again a CROSS JOIN privacy.plan p WHERE a.next_at IS NOT NULL

-- check: the ledger of what ended
-- clauses: PRV-KEEP
-- says: Whatever ended stands in the ledger, and its leaf was there before.
SELECT l.kind = 'privacy.erasure_begun' AND e.written_at <= x.last_at
       AND l.body::jsonb -> 'said' ->> 'entry' = e.entry_id::text AS ok,
       format('leaf %s', e.leaf_seq) AS which
FROM privacy.ended x JOIN privacy.erasure e USING (entry_id)
LEFT JOIN record.leaf l ON l.seq = e.leaf_seq

-- check: holds
-- clauses: PRV-KEEP
-- says: A hold ended only after somebody else agreed, and what it postponed was looked at again.
SELECT h.released_at IS NULL OR EXISTS (
           SELECT FROM staff.approval a
           WHERE a.request_hash = h.release_hash AND a.approved_at <= h.released_at
       ) AS ok, format('leaf %s', h.leaf_seq) AS which
FROM privacy.hold h

-- check: website
-- clauses: WEB-KEEP
-- says: Nothing of the website is kept past its end; the clock may be two days late.
SELECT kept.keep_until > (SELECT max(l.at) FROM record.leaf l) - interval '2 days' AS ok, kept.which
FROM (
    SELECT keep_until, format('form %s', form) AS which FROM privacy.entry e
        WHERE NOT EXISTS (
            SELECT FROM privacy.hold h
            WHERE h.kind = 'subject' AND h.whom = e.subject_id AND h.released_at IS NULL)
    UNION ALL SELECT keep_until, 'answer about cookies' FROM privacy.cookie_answer c
        WHERE NOT EXISTS (SELECT FROM privacy.visit v WHERE v.consent_id = c.consent_id)
    UNION ALL SELECT keep_until, 'visit' FROM privacy.visit
    UNION ALL SELECT c.winners_until, format('winner of %s', c.contest)
        FROM privacy.winner w JOIN privacy.contest c USING (contest) WHERE w.shown IS NOT NULL
) kept

-- check: visits
-- clauses: WEB-COOKIE
-- says: Nothing of a visit is kept without the yes it rests on, nor with a whole address.
SELECT c.visits AND v.at >= c.at AND (v.address = '' OR v.address ~ '/(16|32)$') AS ok,
       format('visit, page %s', v.seq) AS which
FROM privacy.visit v
LEFT JOIN privacy.cookie_answer c ON c.consent_id = v.consent_id AND c.at = v.answered_at

-- check: winners
-- clauses: WEB-USE
-- says: Whoever got a prize was seen with a document by one of ours, after the draw.
SELECT w.identified_at IS NULL
       OR w.identified_at >= d.drawn_at AND w.photo_ppm >= 950000 AND w.identified_by <> '' AS ok,
       format('contest %s, place %s', w.contest, w.place) AS which
FROM privacy.winner w LEFT JOIN privacy.draw d USING (contest)

-- check: draws
-- clauses: WEB-COLLECT
-- says: Every draw leads to its winners, from the seed whose hash was announced.
SELECT w.ticket = (privacy.in_order(d.seed, d.tickets))[w.place] AND sha256(d.seed) = c.commitment AS ok,
       format('contest %s, place %s', d.contest, w.place) AS which
FROM privacy.draw d JOIN privacy.contest c USING (contest) JOIN privacy.winner w USING (contest)

-- check: rights-closed
-- clauses: PRV-RIGHTS
-- says: Every request that is closed was told with a notice or letter that is there, and has its leaf.
SELECT l.kind = 'privacy.rights_tell' AND l.at = s.at
       AND (s.reason LIKE 'letter %' OR EXISTS (
           SELECT FROM notices.notice n WHERE 'notice ' || n.notice_id = s.reason
             AND n.kind = 'rights.answered' AND n.facts ->> 'case' = s.case_id::text
       )) AS ok, format('case %s', s.case_id) AS which
FROM privacy.rights_step s LEFT JOIN record.leaf l ON l.seq = s.leaf_seq
WHERE s.step = 'tell'

-- check: rights-proven
-- clauses: PRV-RIGHTS PRV-BIO
-- says: Nobody's request was done that had to be proven and was not.
SELECT NOT c.needs_proof OR p.way IN ('passkey', 'presence', 'login') AS ok,
       format('case %s', c.case_id) AS which
FROM privacy.rights_case c
JOIN privacy.rights_step s USING (case_id)
LEFT JOIN privacy.rights_proof p USING (case_id)
WHERE s.step IN ('execute', 'tell') AND s.outcome IN ('done', 'partial', 'referred')

-- check: rights-open
-- clauses: PRV-RIGHTS
-- says: Every request is either closed or among those that the clock goes through.
SELECT (o.case_id IS NULL) = (s.state = 'closed') AS ok, format('case %s', c.case_id) AS which
FROM privacy.rights_case c
JOIN LATERAL (
    SELECT x.state FROM privacy.rights_step x WHERE x.case_id = c.case_id ORDER BY x.seq DESC LIMIT 1
) s ON true
LEFT JOIN privacy.rights_open o USING (case_id)

-- check: rights-unseen
-- clauses: PRV-RIGHTS
-- says: No request was answered late of which the officers had not heard before its deadline.
SELECT EXISTS (
           SELECT FROM privacy.rights_alert a WHERE a.case_id = s.case_id AND a.raised_at < s.due_at
       ) AS ok, format('case %s', s.case_id) AS which
FROM privacy.rights_step s
WHERE s.late

-- check: what left was agreed and is on record
-- clauses: PRV-WHO PRV-XFER WEB-SHARE
-- says: Every disclosure is of agreed fields, of as many people as it says, and its leaf says the same.
SELECT d.fields <@ a.fields AND (NOT a.is_abroad OR d.measure <> 'none')
       AND (a.is_confidential OR d.class = 'authorities')
       AND d.subjects = (SELECT count(*) FROM privacy.disclosed s WHERE s.disclosure_id = d.disclosure_id)
       AND l.body::jsonb -> 'said' ->> 'payload' = encode(d.payload_sha256, 'hex')
       AND l.body::jsonb -> 'said' -> 'fields' = to_jsonb(d.fields) AS ok,
       format('disclosure %s', d.disclosure_id) AS which
FROM privacy.disclosure d
JOIN privacy.agreement a ON (a.recipient, a.version) = (d.recipient, d.agreement)
LEFT JOIN record.leaf l ON l.seq = d.leaf_seq AND l.kind = 'privacy.disclosed'

-- check: orders were approved by two others
-- clauses: PRV-WHO
-- quick
-- says: What an authority got by an order was approved before by two who did not ask.
SELECT (SELECT count(DISTINCT p.approved_by) FROM staff.approval p
        WHERE p.request_hash = d.request_hash AND p.approved_at <= d.at
          AND p.approved_by <> r.requested_by) >= 2 AS ok,
       format('disclosure %s', d.disclosure_id) AS which
FROM privacy.disclosure d LEFT JOIN staff.request r ON r.request_hash = d.request_hash
WHERE d.basis = 'order'

-- check: totals of ended usage
-- clauses: PRV-KEEP
-- says: What a month came to that ended is in its totals, each of a crowd, as the record says, or is not told.
SELECT e.legs_before = e.legs_after
       AND e.totals_sha256 = l.body::jsonb -> 'said' ->> 'totals_sha256'
       -- The totals of a month end when its books do.
       AND (e.stage = 'totals' AND e.run < c.run OR (
           e.totals_sha256 = privacy.totals_sha256(e.month, e.run)
           AND (e.stage = 'details' OR CASE WHEN e.few THEN 0 ELSE e.ended END = (
               SELECT coalesce(sum(t.entries), 0) FROM money.usage_total t
               WHERE t.month = e.month AND t.run = e.run
           )))) IS TRUE AS ok, format('month %s run %s', e.month, e.run) AS which
FROM money.usage_ended e LEFT JOIN record.leaf l ON l.seq = e.leaf_seq
LEFT JOIN (
    SELECT month, max(run) AS run FROM money.usage_ended WHERE stage = 'books' GROUP BY month
) c ON c.month = e.month

-- check: what analysis was told is paid for
-- clauses: PRV-WHY
-- says: Nothing was spent beyond a year's budget, and every answer with noise has its spending.
SELECT s.spent_millionths <= s.budget_millionths AND r.question IS NOT NULL
       AND l.kind = 'privacy.released' AS ok, format('leaf %s', s.leaf_seq) AS which
FROM privacy.spending s
LEFT JOIN privacy.release r ON r.dataset = s.dataset AND r.year = s.year AND r.spending_seq = s.seq
LEFT JOIN record.leaf l ON l.seq = s.leaf_seq
