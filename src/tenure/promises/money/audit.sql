-- Every unit is accounted for, twice: what must be true of the books at any instant.
-- Each check is a SELECT with `ok`, and `which`: an example that is no personal data.
-- None of them knows the rules; they add up what is on disk.

-- check: entry legs
-- clauses: GTC-TOPUP GTC-POSITIVE
-- says: The legs of every entry sum to zero.
SELECT funds_micros + grants_micros + owed_micros + tax_micros + overrun_micros + contra_micros = 0
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM money.entry

-- check: balances
-- clauses: GTC-TOPUP GTC-POSTPAID
-- says: Funds and debt of every purse are the sums of its entries, and no entry is missing.
SELECT p.funds_micros = coalesce(e.funds, 0) AND p.owed_micros = -coalesce(e.owed, 0)
       AND p.seq = coalesce(e.newest, 0) AND coalesce(e.newest, 0) = coalesce(e.entries, 0)
       AS ok, format('purse %s', p.purse_id) AS which
FROM money.purse p
LEFT JOIN (
    SELECT purse_id, sum(funds_micros) AS funds, sum(owed_micros) AS owed,
           max(seq) AS newest,
           -- A carried entry stands for usage whose details have ended.
           sum(CASE WHEN kind = 14 THEN (explanation::jsonb ->> 'entries')::bigint ELSE 1 END) AS entries
    FROM money.entry GROUP BY purse_id
) e ON e.purse_id = p.purse_id

-- check: never below zero
-- clauses: GTC-POSITIVE
-- quick
-- says: No purse is below zero, and no debt is beyond its limit.
SELECT funds_micros >= 0 AND owed_micros >= 0 AND owed_micros <= credit_limit_micros
       AS ok, format('purse %s', purse_id) AS which
FROM money.purse

-- check: balance after
-- clauses: GTC-TOPUP GTC-POSITIVE
-- says: Every entry's balance is the one before it plus its own movement, and never below zero.
SELECT funds_after_micros >= 0 AND funds_after_micros = funds_micros
       + coalesce(lag(funds_after_micros) OVER (PARTITION BY purse_id ORDER BY seq), 0)
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM money.entry

-- check: entry order
-- clauses: GTC-POSITIVE
-- says: The entries of a purse follow each other in time as they do in number.
-- Each has the instant at which it was asked for.  Who asks at two doors at once is served in turn,
-- and the second may have asked some moments before the first.
SELECT at >= coalesce(lag(at) OVER (PARTITION BY purse_id ORDER BY seq), at) - interval '1 minute'
       AS ok, format('purse %s entry %s', purse_id, seq) AS which
FROM money.entry
