-- No one of ours can act alone against you: what must be true of those who act.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: approvals
-- clauses: INC-STAFF
-- quick
-- says: No request was approved by the human who asked, and each approval signed its hash.
SELECT a.approved_by <> r.requested_by AND a.approved_at < r.until_at
       AND convert_from(a.client_data_json, 'UTF8')::jsonb ->> 'challenge'
           = rtrim(translate(encode(r.request_hash, 'base64'), '+/', '-_'), '=')
       AND k.human_id = a.approved_by AS ok,
       format('approval by human %s', a.approved_by) AS which
FROM staff.approval a
LEFT JOIN staff.request r USING (request_hash)
LEFT JOIN staff.passkey k USING (credential_id)

-- check: approvals in the record
-- clauses: INC-STAFF
-- says: Every approval is in the record, as often as it was given.
SELECT count(*) = (
           SELECT count(*) FROM record.leaf
           WHERE kind = 'staff.approved'
             AND body::jsonb -> 'said' ->> 'request_hash' = encode(a.request_hash, 'hex')
       ) AS ok, 'a request' AS which
FROM staff.approval a GROUP BY a.request_hash

-- check: passkeys in the record
-- clauses: INC-STAFF
-- says: Nobody has a passkey that the record does not know as theirs.
SELECT EXISTS (
           SELECT FROM record.opening c
           JOIN record.opening h ON h.leaf_seq = c.leaf_seq AND h.field = 'human'
           JOIN record.opening p ON p.leaf_seq = c.leaf_seq AND p.field = 'public_key'
           JOIN record.leaf l ON l.seq = c.leaf_seq AND l.kind = 'staff.passkey_added'
           WHERE c.field = 'credential' AND c.value = encode(k.credential_id, 'hex')
             AND h.value = k.human_id::text AND p.value = encode(k.public_key, 'hex')
       ) AS ok, format('a passkey of human %s', k.human_id) AS which
FROM staff.passkey k

-- check: looks
-- clauses: INC-STAFF
-- says: Every look was made while its case was open or its glass was broken, and is in the record.
SELECT l.kind = 'staff.looked'
       AND (c.case_id IS NULL OR s.at >= c.opened_at AND s.at < coalesce(c.closed_at, 'infinity'))
       AND (g.glass_id IS NULL OR s.at >= g.since AND s.at < g.until_at)
       AND (c.case_id IS NOT NULL OR g.glass_id IS NOT NULL)
       AND (s.purpose <> 'demonstration' OR h.document_kind = 'invented') AS ok,
       format('look %s', s.look_id) AS which
FROM staff.look s JOIN staff.human h USING (human_id)
LEFT JOIN staff.case c USING (case_id)
LEFT JOIN staff.glass g USING (glass_id)
LEFT JOIN record.leaf l ON l.seq = s.leaf_seq

-- check: broken glass
-- clauses: INC-STAFF
-- says: Whenever the glass was broken, the record has it, and nobody was alerted of their own.
SELECT EXISTS (
           SELECT FROM record.opening o JOIN record.leaf l ON l.seq = o.leaf_seq
           WHERE o.field = 'glass' AND o.value = g.glass_id::text AND l.kind = 'staff.glass_broken'
       )
       AND NOT EXISTS (SELECT FROM staff.alert a WHERE a.glass_id = g.glass_id
                       AND a.human_id = g.human_id) AS ok,
       format('glass %s', g.glass_id) AS which
FROM staff.glass g

-- check: proofs
-- clauses: INC-STAFF
-- quick
-- says: Every session was begun by who signed a challenge of theirs, in time, with a key of theirs.
SELECT p.login = s.login AND p.at < p.until_at AND k.human_id = m.human_id AS ok,
       format('a session of human %s', m.human_id) AS which
FROM staff.session s
LEFT JOIN staff.proof p USING (challenge)
LEFT JOIN staff.passkey k USING (credential_id)
LEFT JOIN staff.member m ON m.login = s.login
