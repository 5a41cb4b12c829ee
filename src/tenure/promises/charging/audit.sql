-- You never pay for what you did not use: what must be true of every charge.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.
-- An explanation's runs are [units, price, per units, increment, rate].  It is {"ended": …} when the
-- details have ended, as promised: then nothing is left to compare.

-- check: charges and their explanation
-- clauses: GTC-VOICE GTC-TEXT GTC-DATA GTC-ROAM GTC-DCB
-- says: What was taken is what the explanation says, bucket by bucket.
SELECT -funds_micros = coalesce((said ->> 'funds')::bigint, 0)
       AND -owed_micros = coalesce((said ->> 'owed')::bigint, 0)
       AND -overrun_micros = coalesce((said ->> 'overrun')::bigint, 0)
       AND -grants_micros = coalesce(
           (SELECT sum((part ->> 1)::bigint) FROM jsonb_array_elements(said -> 'promo') part), 0)
       AND contra_micros + tax_micros = coalesce((said ->> 'due')::bigint, 0)
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM (SELECT *, explanation::jsonb AS said FROM money.entry WHERE kind IN (1, 2, 8)) charged
WHERE NOT said ? 'ended'

-- check: whole increments
-- clauses: GTC-VOICE GTC-DATA GTC-ROAM
-- says: Every run of units is of whole increments of its rate.
SELECT (run ->> 0)::bigint > 0 AND (run ->> 0)::bigint % (run ->> 3)::bigint = 0
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM money.entry, jsonb_array_elements(explanation::jsonb -> 'runs') run
WHERE kind IN (1, 2, 8)

-- check: enough increments
-- clauses: GTC-VOICE GTC-DATA GTC-ROAM
-- says: What was charged at once covers what was used.
SELECT billed >= used AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM (
    SELECT e.purse_id, min(e.seq) AS seq, e.reference,
           sum((SELECT sum((run ->> 0)::bigint)
                FROM jsonb_array_elements(e.explanation::jsonb -> 'runs') run)) AS billed,
           max((e.explanation::jsonb ->> 'total')::bigint) AS used
    FROM money.entry e
    WHERE e.kind IN (2, 8) AND e.account IN (1, 4) AND e.explanation::jsonb ? 'runs'
    GROUP BY e.purse_id, e.reference, e.explanation::jsonb ->> 'route'
) usage

-- check: texts
-- clauses: GTC-TEXT
-- says: A text is charged once, whole, in the direction it went.
SELECT (explanation::jsonb ->> 'route') ~ '^(sms|mms)/(out|in)/'
       AND (explanation::jsonb ->> 'used')::bigint >= 1
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM money.entry
WHERE kind IN (1, 2, 8) AND account IN (2, 3) AND NOT starts_with(explanation, '{"ended"')

-- check: one charge for each event
-- clauses: GTC-TEXT GTC-DCB
-- says: No event and no offline record has two effects.
SELECT count(*) = count(DISTINCT explanation::jsonb ->> 'route')
       AS ok, format('purse %s entry %s', purse_id, min(seq)) AS which
FROM money.entry WHERE kind IN (2, 8) AND NOT starts_with(explanation, '{"ended"')
GROUP BY purse_id, kind, reference

-- check: unpaid use
-- clauses: GTC-POSITIVE
-- says: Use beyond what could be paid is the operator's loss, and never a debt.
SELECT overrun_micros <= 0 AND (overrun_micros = 0 OR kind IN (1, 2, 8, 14))
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM money.entry

-- check: refunds
-- clauses: GTC-POSITIVE
-- says: A refund gives back what its debit took, and no more.
SELECT back.given <= taken.taken
       AS ok, format('purse %s entry %s', back.purse_id, back.seq) AS which
FROM (
    SELECT purse_id, seq, explanation::jsonb ->> 'what' AS debit,
           funds_micros + grants_micros + owed_micros AS given
    FROM money.entry WHERE kind = 3
) back
JOIN (
    SELECT purse_id, reference, sum(-funds_micros - grants_micros - owed_micros) AS taken
    FROM money.entry WHERE kind IN (2, 8) GROUP BY purse_id, reference
) taken ON taken.purse_id = back.purse_id AND taken.reference = back.debit

-- check: what went down was told
-- clauses: KH-USAGE
-- says: Whatever is on record as told of an allowance or of funds is a notice of that instant.
SELECT EXISTS (
           SELECT FROM notices.notice n
           WHERE n.kind = t.kind AND n.at = t.at AND n.msisdn IN (
               SELECT l.msisdn FROM numbers.line l WHERE l.purse_id = t.purse_id
               UNION ALL SELECT h.msisdn FROM numbers.tenure h WHERE h.purse_id = t.purse_id
           )
       ) AS ok, format('purse %s %s %s', t.purse_id, t.kind, t.mark) AS which
FROM charging.told t
