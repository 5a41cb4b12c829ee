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
