-- Nothing beyond the service without your yes: what must be true of what was said, and of texts.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: words are one chain
-- clauses: GTC-MKT
-- quick
-- says: Every word follows the one before it, and a no of the same instant is the stricter.
SELECT b.record_id IS NOT NULL IS NOT DISTINCT FROM (e.seq > 1)
       AND e.at >= coalesce(b.at, e.at)
       AND (e.word <> 'withdrawn' OR b.word = 'given')
       AND (e.word <> 'given' OR b.word IS NULL OR b.word = 'given' OR e.at > b.at)
       AS ok, format('record %s', e.record_id) AS which
FROM consent.event e LEFT JOIN consent.event b
    ON (b.person_id, b.purpose, b.medium, b.seq) = (e.person_id, e.purpose, e.medium, e.seq - 1)

-- check: every yes is to texts that are kept
-- clauses: GTC-MKT PRV-ACK
-- says: Who said yes could read the purpose and the notice, and both are kept as they were.
SELECT encode(sha256(convert_to(p.body, 'UTF8')), 'hex') = e.purpose_sha256
       AND encode(sha256(convert_to(n.body, 'UTF8')), 'hex') = e.notice_sha256
       AND n.published_at <= e.at AND p.meaning = e.meaning
       AS ok, format('record %s', e.record_id) AS which
FROM consent.event e
LEFT JOIN consent.text p ON (p.document, p.version, p.language)
                          = ('purpose/' || e.purpose, e.purpose_version, e.language)
LEFT JOIN consent.text n ON (n.document, n.version, n.language)
                          = ('privacy-notice', e.notice_version, e.language)
WHERE e.word = 'given'

-- check: what was said is recorded
-- clauses: GTC-MKT GTC-ACCEPT PRV-ACK PRV-THIRD
-- quick
-- says: The leaf of every word, acceptance, acknowledgement and representation tells of it.
SELECT f.kind = said.kind AND f.at <= said.at AS ok, format('%s %s', said.kind, said.id) AS which
FROM (
    SELECT 'consent.' || word AS kind, record_id AS id, at, leaf_seq FROM consent.event
    UNION ALL
    SELECT 'consent.accepted', acceptance_id, at, leaf_seq FROM consent.acceptance
    UNION ALL
    SELECT 'consent.acknowledged', acknowledgement_id, at, leaf_seq FROM consent.acknowledgement
    UNION ALL
    SELECT 'consent.represented', representation_id, at, leaf_seq FROM consent.representation
) AS said LEFT JOIN record.leaf f ON f.seq = said.leaf_seq

-- check: what was accepted could be read
-- clauses: GTC-ACCEPT PRV-ACK
-- quick
-- says: Whatever binds somebody was published by then, and is kept as it was.
SELECT t.sha256 = a.sha256 AND t.published_at <= a.at
       AS ok, format('%s %s', a.document, a.version) AS which
FROM (
    SELECT document, version, language, sha256, at FROM consent.acceptance
    UNION ALL
    SELECT document, version, language, sha256, at FROM consent.acknowledgement
) AS a LEFT JOIN consent.text t USING (document, version, language)

-- check: every text is whole
-- clauses: GTC-ACCEPT
-- says: A text that is kept has the hash that the record has of it.
SELECT t.sha256 = f.body::jsonb -> 'said' -> 'sha256' ->> t.language
       AND t.sha256 = encode(sha256(convert_to(t.body, 'UTF8')), 'hex')
       AS ok, format('%s %s %s', t.document, t.version, t.language) AS which
FROM consent.text t LEFT JOIN record.leaf f ON f.seq = t.leaf_seq AND f.kind = 'consent.published'

-- check: updates are kept
-- clauses: PRV-UPDATE
-- quick
-- says: Of every new version that people are told of, the text is kept in each language they are told in.
SELECT EXISTS (
           SELECT FROM consent.text t
           WHERE t.document = split_part(c.key, ' ', 1) AND t.version = split_part(c.key, ' ', 3)
             AND t.language = told.language
       ) AS ok, format('campaign %s', c.campaign_id) AS which
FROM notices.campaign c CROSS JOIN jsonb_object_keys(c.facts) AS told (language)
WHERE c.kind IN ('privacy.change', 'terms.change')
