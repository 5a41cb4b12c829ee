-- What you paid in is yours to use: what must be true of cards, top-ups and their ends.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.

-- check: cards and entries
-- clauses: GTC-TOPUP
-- says: Every used card has one entry of its amount, and every such entry one card.
SELECT v.serial IS NOT NULL AND e.seq IS NOT NULL
       AND -e.contra_micros = v.amount_micros AND e.at = v.used_at
       AS ok, coalesce('card ' || v.serial, format('purse %s entry %s', e.purse_id, e.seq)) AS which
FROM (SELECT * FROM topups.voucher WHERE used_at IS NOT NULL) v
FULL JOIN (SELECT * FROM money.entry WHERE account = 10) e
       ON e.purse_id = v.used_purse_id AND e.seq = v.used_seq

-- check: card states
-- clauses: GTC-TOPUP
-- quick
-- says: No card is used after its end, or used and blocked, or used by half.
SELECT (used_at IS NULL OR (used_at < expires_at AND blocked_at IS NULL))
       AND num_nulls(used_at, used_purse_id, used_seq) IN (0, 3)
       AS ok, 'card ' || serial AS which
FROM topups.voucher

-- check: one effect
-- clauses: GTC-TOPUP
-- says: No top-up, card or purchase has two effects on one purse.
SELECT count(*) = 1 AS ok, format('purse %s entry %s', purse_id, min(seq)) AS which
FROM money.entry WHERE kind IN (4, 7) GROUP BY purse_id, account, reference

-- check: active periods
-- clauses: GTC-TOPUP
-- says: After a top-up funds are usable for its days from its instant: no less, and with the pack's
--       literal rule no more.
SELECT CASE WHEN :longest THEN told_ms >= due_ms ELSE told_ms = due_ms END
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM (
    SELECT purse_id, seq, (said ->> 'funds_end_ms')::bigint AS told_ms,
           floor(extract(epoch FROM at) * 1000)::bigint
           + (said ->> 'active_days')::bigint * 86400000 AS due_ms
    FROM (SELECT purse_id, seq, at, explanation::jsonb AS said
          FROM money.entry WHERE kind = 4) topup
    WHERE said ->> 'what' = 'topup'
) told

-- check: validity
-- clauses: GTC-TOPUP GTC-LIFE
-- says: The end that a purse has is the end that its last top-up told; so is its number's stage.
SELECT floor(extract(epoch FROM p.funds_end) * 1000)::bigint
       = (e.explanation::jsonb ->> 'funds_end_ms')::bigint
       AS ok, format('purse %s', p.purse_id) AS which
FROM money.purse p
JOIN LATERAL (
    SELECT explanation FROM money.entry
    WHERE purse_id = p.purse_id AND kind = 4 ORDER BY seq DESC LIMIT 1
) e ON true

-- check: restored or lapsed
-- clauses: GTC-RESTORE
-- says: Funds lapse when they ended long enough ago, and only then.
SELECT CASE WHEN ended.at < ended.end_before + :restore_days * interval '1 day'
            THEN ended.lapsed IS NULL
            ELSE ended.lapsed = -ended.funds_before OR ended.funds_before = 0 END
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM (
    SELECT topup.purse_id, topup.seq, topup.at, topup.end_before,
           before.funds_after_micros AS funds_before, lapse.funds_micros AS lapsed
    FROM (
        SELECT purse_id, seq, at, reference, to_timestamp(lag(
                   (explanation::jsonb ->> 'funds_end_ms')::bigint / 1000.0
               ) OVER (PARTITION BY purse_id ORDER BY seq)) AS end_before
        FROM money.entry
        WHERE kind = 4 AND explanation::jsonb ->> 'what' = 'topup'
    ) topup
    LEFT JOIN money.entry lapse
           ON lapse.purse_id = topup.purse_id AND lapse.at = topup.at AND lapse.account = 13
          AND lapse.reference = topup.reference AND lapse.seq < topup.seq
    LEFT JOIN LATERAL (
        SELECT funds_after_micros FROM money.entry e
        WHERE e.purse_id = topup.purse_id AND e.seq < topup.seq AND e.reference <> topup.reference
        ORDER BY e.seq DESC LIMIT 1
    ) before ON true
    WHERE topup.end_before IS NOT NULL
) ended

-- check: funds after their end
-- clauses: GTC-TOPUP GTC-LIFE
-- says: What began after the funds had ended was never paid from them.
SELECT ends.end_ms IS NULL OR began_ms < ends.end_ms
       AS ok, format('purse %s entry %s', spent.purse_id, spent.seq) AS which
FROM (
    SELECT purse_id, seq, coalesce(
               (explanation::jsonb ->> 'began')::bigint,
               floor(extract(epoch FROM at) * 1000)::bigint) AS began_ms
    FROM money.entry WHERE kind IN (1, 2, 7, 8) AND funds_micros < 0
) spent
LEFT JOIN LATERAL (
    SELECT (explanation::jsonb ->> 'funds_end_ms')::bigint AS end_ms
    FROM money.entry e
    WHERE e.purse_id = spent.purse_id AND e.seq < spent.seq AND e.kind = 4
    ORDER BY e.seq DESC LIMIT 1
) ends ON true

-- check: promotional money after its end
-- clauses: GTC-PROMO
-- says: No promotional money was spent that ended before the usage began.
SELECT given.ends_ms IS NULL OR spent.began_ms < given.ends_ms
       AS ok, format('purse %s entry %s', spent.purse_id, spent.seq) AS which
FROM (
    SELECT e.purse_id, e.seq, (part ->> 0)::bigint AS grant_id, coalesce(
               (e.explanation::jsonb ->> 'began')::bigint,
               floor(extract(epoch FROM e.at) * 1000)::bigint) AS began_ms
    FROM money.entry e, jsonb_array_elements(e.explanation::jsonb -> 'promo') part
    WHERE e.kind IN (1, 2, 8) AND e.grants_micros < 0
) spent
LEFT JOIN (
    SELECT purse_id, (explanation::jsonb ->> 'grant_id')::bigint AS grant_id,
           (explanation::jsonb ->> 'ends_ms')::bigint AS ends_ms
    FROM money.entry WHERE kind = 5
) given USING (purse_id, grant_id)

-- check: promotional money given
-- clauses: GTC-PROMO
-- says: Promotional money was given apart from funds, at the operator's cost, for at most its days.
SELECT grants_micros > 0 AND funds_micros = 0 AND account = 12
       AND (explanation::jsonb ->> 'ends_ms')::bigint
           <= extract(epoch FROM at) * 1000 + :promo_days_max::bigint * 86400000
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM money.entry WHERE kind = 5

-- check: payments
-- clauses: GTC-POSTPAID
-- says: A payment pays the debt first: nothing stays on account while something is owed.
SELECT owed_micros <= 0 OR (explanation::jsonb ->> 'owed_after_micros')::bigint = 0
       OR funds_micros = 0
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM money.entry WHERE kind = 4 AND explanation::jsonb ->> 'what' = 'payment'

-- check: recorded answers
-- clauses: GTC-TOPUP
-- says: There are as many entries of an instant as answers were recorded for it.
SELECT coalesce(e.entries, 0) >= a.answers AS ok, format('purse %s', a.purse_id) AS which
FROM (SELECT purse_id, at, count(*) AS answers FROM topups.answered GROUP BY purse_id, at) a
LEFT JOIN (
    SELECT purse_id, at, count(*) AS entries
    FROM money.entry WHERE kind IN (4, 7) GROUP BY purse_id, at
) e USING (purse_id, at)
