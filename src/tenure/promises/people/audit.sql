-- We know you by as little as we need: what must be true of people.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: corrections
-- clauses: INC-PROFILE PRV-BIO
-- says: Every correction was signed as it was made, seen by somebody else, and is in the record.
SELECT c.photo_ppm >= 950000 AND l.kind = 'people.corrected' AND l.at = c.at
       AND k.human_id = c.witness
       AND convert_from(c.client_data_json, 'UTF8')::jsonb ->> 'challenge'
           = rtrim(translate(encode(sha256(convert_to(c.body, 'UTF8')), 'base64'), '+/', '-_'), '=')
       AND EXISTS (
           SELECT FROM record.opening o
           WHERE o.leaf_seq = c.leaf_seq AND o.field = 'person' AND o.value = c.person_id::text
       ) AS ok, format('leaf %s', c.leaf_seq) AS which
FROM people.correction c
LEFT JOIN record.leaf l ON l.seq = c.leaf_seq
LEFT JOIN staff.passkey k USING (credential_id)

-- check: profiles
-- clauses: INC-PROFILE
-- says: Every profile that was corrected says what its last correction says.
SELECT (c.body::jsonb -> 'changes' ->> 'name' IS NULL OR p.name = c.body::jsonb -> 'changes' ->> 'name')
       AND (c.body::jsonb -> 'changes' ->> 'born_on' IS NULL
            OR p.born_on::text = c.body::jsonb -> 'changes' ->> 'born_on')
       AND (c.body::jsonb -> 'changes' ->> 'document_number' IS NULL
            OR p.document_number = c.body::jsonb -> 'changes' ->> 'document_number')
       AS ok, format('person %s', p.person_id) AS which
FROM people.person p
JOIN LATERAL (
    SELECT body FROM people.correction c WHERE c.person_id = p.person_id
    ORDER BY c.at DESC, c.leaf_seq DESC LIMIT 1
) c ON true

-- check: contacts
-- clauses: INC-PROFILE
-- says: Every address was confirmed by a code that was sent to it, in time, and is in the record.
SELECT k.confirmed_at = c.verified_at AND k.confirmed_at < k.until_at AND k.wrong_tries < 5
       AND k.address = c.address AND l.kind = 'people.contact_confirmed' AS ok,
       format('leaf %s', c.leaf_seq) AS which
FROM people.contact c
LEFT JOIN people.contact_code k USING (code_id)
LEFT JOIN record.leaf l ON l.seq = c.leaf_seq

-- check: merges
-- clauses: INC-PROFILE
-- says: Two humans who did not ask approved every merge, and who was merged proves nothing more.
SELECT (SELECT count(DISTINCT a.approved_by) FROM staff.approval a
        WHERE a.request_hash = m.request_hash AND a.approved_by <> a.requested_by
          AND a.approved_at <= m.at) >= 2
       AND NOT EXISTS (SELECT FROM people.passkey k
                       WHERE k.person_id = m.duplicate_id AND k.ended_at IS NULL)
       AND l.kind = 'people.merged' AS ok, format('leaf %s', m.leaf_seq) AS which
FROM people.merge m LEFT JOIN record.leaf l ON l.seq = m.leaf_seq

-- check: tenures of duplicates
-- clauses: INC-PROFILE
-- says: Nobody sold or gave a number to a row that was merged before.
SELECT lower(t.during) <= m.at AS ok, format('leaf %s', t.leaf_seq) AS which
FROM people.merge m JOIN numbers.tenure t ON t.holder_id = m.duplicate_id
WHERE t.opened_as IN ('first-sale', 'transfer', 'inheritance')

-- check: subjects
-- clauses: PRV-KINDS WEB-COLLECT
-- says: Everybody else of whom something is known is of a declared kind, and in the record.
SELECT l.kind = 'people.subject_entered' AND EXISTS (
           SELECT FROM record.opening o
           WHERE o.leaf_seq = s.leaf_seq AND o.field = 'subject' AND o.value = s.subject_id::text
       ) AS ok, format('leaf %s', s.leaf_seq) AS which
FROM people.subject s LEFT JOIN record.leaf l ON l.seq = s.leaf_seq

-- check: representations
-- clauses: PRV-THIRD
-- says: Whoever named another person said that they agree, and is on record.
SELECT s.represented_at IS NOT NULL AND CASE split_part(s.named_by, ' ', 1)
           WHEN 'person' THEN EXISTS (
               SELECT FROM people.person p WHERE p.person_id = split_part(s.named_by, ' ', 2)::bigint)
           ELSE EXISTS (
               SELECT FROM people.subject n WHERE n.subject_id = split_part(s.named_by, ' ', 2)::bigint)
       END AS ok, format('leaf %s', s.leaf_seq) AS which
FROM people.subject s WHERE s.third_party

-- check: items
-- clauses: PRV-DATA-C PRV-DATA-P PRV-DATA-V PRV-DATA-E PRV-WHEN PRV-WHY PRV-OPTION
-- says: Whatever is known of anybody is what the pack asks their kind for, with its leaf and occasion.
SELECT d.item IS NOT NULL AND i.occasion <> '' AND (NOT i.of_another OR i.represented)
       AND l.kind IN ('people.subject_entered', 'people.subject_told') AS ok,
       format('leaf %s', i.leaf_seq) AS which
FROM people.item i
LEFT JOIN people.declared d USING (kind, item, form, many, of_another)
LEFT JOIN record.leaf l ON l.seq = i.leaf_seq

-- check: sensitive items
-- clauses: PRV-SEC
-- says: Nothing that the pack calls sensitive stands in clear: it is sealed with the key of whose it is.
SELECT i.value IS NULL AND get_byte(i.sealed, 0) = 1 AS ok, format('leaf %s', i.leaf_seq) AS which
FROM people.item i
WHERE EXISTS (
    SELECT FROM people.declared d WHERE d.kind = i.kind AND d.item = i.item AND d.sensitive
)

-- check: guardians
-- clauses: PRV-MINOR
-- says: Whoever answers for somebody was of age when they were named, and their ward was not.
SELECT people.comes_of_age_at(g.born_on) <= x.since AND x.since < people.comes_of_age_at(w.born_on) AS ok,
       format('leaf %s', x.leaf_seq) AS which
FROM people.guardian x
JOIN people.person g ON g.person_id = x.guardian_id
JOIN people.person w ON w.person_id = x.ward_id
WHERE NOT EXISTS (SELECT FROM people.correction c WHERE c.person_id IN (x.guardian_id, x.ward_id))

-- check: new adults
-- clauses: PRV-MINOR
-- says: Nobody was told that they are of age before they were.
SELECT a.told_at >= a.came_of_age_at AND l.kind = 'people.came_of_age' AS ok,
       format('leaf %s', a.leaf_seq) AS which
FROM people.adulthood a LEFT JOIN record.leaf l ON l.seq = a.leaf_seq
