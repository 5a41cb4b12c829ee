-- Purses and the entries that move them: every unit is accounted for, twice.
CREATE SCHEMA money;

CREATE TABLE money.purse (
    purse_id            bigint      NOT NULL,
    seq                 bigint      NOT NULL DEFAULT 0,
    version             bigint      NOT NULL DEFAULT 0,
    funds_micros        bigint      NOT NULL DEFAULT 0,
    funds_end           timestamptz NOT NULL,
    owed_micros         bigint      NOT NULL DEFAULT 0,
    credit_limit_micros bigint      NOT NULL DEFAULT 0,
    grants              bytea       NOT NULL DEFAULT '\x90',
    sessions            bytea       NOT NULL DEFAULT '\x929090',
    CONSTRAINT purse_is_one PRIMARY KEY (purse_id),
    -- GTC-POSITIVE: whatever the rules say, nobody is ever below zero.
    CONSTRAINT purse_never_below_zero CHECK (funds_micros >= 0),
    CONSTRAINT purse_within_credit_limit CHECK (owed_micros BETWEEN 0 AND credit_limit_micros),
    CONSTRAINT purse_counts_its_entries CHECK (seq >= 0 AND version >= 0)
) WITH (fillfactor = 45);
-- Half the page is left free, so that an update finds room beside its row and no index is touched.

ALTER TABLE money.purse SET (
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0
);

CREATE TABLE money.entry (
    purse_id           bigint      NOT NULL,
    seq                bigint      NOT NULL,
    at                 timestamptz NOT NULL,
    kind               smallint    NOT NULL,
    account            smallint    NOT NULL,
    funds_micros       bigint      NOT NULL,
    grants_micros      bigint      NOT NULL,
    owed_micros        bigint      NOT NULL,
    tax_micros         bigint      NOT NULL,
    overrun_micros     bigint      NOT NULL,
    contra_micros      bigint      NOT NULL,
    funds_after_micros bigint      NOT NULL,
    reference          text        NOT NULL,
    party              text        NOT NULL,
    explanation        text        NOT NULL,
    CONSTRAINT entry_is_one PRIMARY KEY (purse_id, seq, at),
    CONSTRAINT entry_balances CHECK (
        funds_micros + grants_micros + owed_micros + tax_micros + overrun_micros + contra_micros = 0
    ),
    CONSTRAINT entry_never_below_zero CHECK (funds_after_micros >= 0),
    CONSTRAINT entry_overrun_is_ours CHECK (overrun_micros <= 0)
) PARTITION BY RANGE (at);

-- Catches what no month was opened for; money.open_month keeps it empty.
CREATE TABLE money.entry_other PARTITION OF money.entry DEFAULT;

-- Opens the partition of the month that holds the moment; harmless when it is open.  What came
-- before its month was opened waits in entry_other, and moves into the month.
CREATE FUNCTION money.open_month(moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    month_start timestamptz := date_trunc('month', moment, 'UTC');
    month_end   timestamptz := month_start + interval '1 month';
    partition   text := 'entry_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    IF to_regclass('money.' || partition) IS NOT NULL THEN
        RETURN;
    END IF;
    -- Two servers may start at once: the second waits, and finds the month open.
    LOCK TABLE money.entry IN SHARE ROW EXCLUSIVE MODE;
    IF to_regclass('money.' || partition) IS NOT NULL THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM money.entry_other WHERE at >= month_start AND at < month_end) THEN
        EXECUTE format(
            'CREATE TABLE money.%I PARTITION OF money.entry FOR VALUES FROM (%L) TO (%L)',
            partition, month_start, month_end
        );
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TABLE money.%I (LIKE money.entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
        partition
    );
    EXECUTE format(
        'WITH moved AS (DELETE FROM money.entry_other WHERE at >= %L AND at < %L RETURNING *)'
        ' INSERT INTO money.%I SELECT * FROM moved',
        month_start, month_end, partition
    );
    EXECUTE format(
        'ALTER TABLE money.entry ATTACH PARTITION money.%I FOR VALUES FROM (%L) TO (%L)',
        partition, month_start, month_end
    );
END $$;

-- What a closed month's usage came to when its details ended, so that the books still add up (PRV-KEEP).
-- `least_days` and `purses_min` are the pack's.  Legs are arrays: entries, and the six legs in
-- micros (funds, grants, owed, tax, overrun, contra).  A carried entry counts those it stands for.
CREATE TABLE money.usage_ended (
    month date NOT NULL,
    run smallint NOT NULL,
    stage text NOT NULL,
    at timestamptz NOT NULL,
    purses_min smallint NOT NULL,
    -- Fewer purses than that stood behind it: nothing is told of what it came to.
    few boolean NOT NULL DEFAULT false,
    least_days smallint NOT NULL,
    ended bigint NOT NULL,
    held bigint NOT NULL,
    legs_before bigint[] NOT NULL,
    legs_after bigint[] NOT NULL,
    totals_sha256 text NOT NULL,
    leaf_seq bigint,
    CONSTRAINT usage_ended_run_is_one PRIMARY KEY (month, run),
    CONSTRAINT usage_ended_is_of_a_month CHECK (extract(day FROM month) = 1 AND run >= 1),
    CONSTRAINT usage_ended_stage_is_known CHECK (stage IN ('details', 'totals', 'books')),
    -- Whoever rewrites a month: what it came to is what it came to, to the millionth.
    CONSTRAINT usage_ended_legs_are_unchanged
        CHECK (cardinality(legs_before) = 7 AND legs_before = legs_after),
    CONSTRAINT usage_ended_few_are_not_told CHECK (NOT few OR legs_before = '{0,0,0,0,0,0,0}'),
    -- Whose a movement of money was is kept for as long as the books are: for a year at the very least.
    CONSTRAINT usage_ended_books_are_kept CHECK (stage <> 'books' OR least_days >= 365),
    CONSTRAINT usage_ended_counts_up CHECK (ended >= 0 AND held >= 0 AND purses_min >= 2),
    -- No sooner than the law of any of our markets allows (GR 52/2000 article 18), and as the pack says.
    CONSTRAINT usage_ended_after_its_period CHECK (
        at >= (month + interval '4 months') AT TIME ZONE 'UTC'
        AND at >= (month + interval '1 month') AT TIME ZONE 'UTC' + least_days * interval '24 hours'
    ),
    CONSTRAINT usage_ended_hash_is_sha256 CHECK (totals_sha256 ~ '^[0-9a-f]{64}$')
);

-- What an anonymised month's usage came to, by day, account and route.  Where too few purses would
-- stand behind a sum it is merged with its neighbours: `route` is '' for several, `day` is NULL for the
-- whole month, and account 0 is for several.
CREATE TABLE money.usage_total (
    month date NOT NULL,
    run smallint NOT NULL,
    day date,
    account smallint NOT NULL,
    route text NOT NULL,
    entries bigint NOT NULL,
    purses bigint NOT NULL,
    purses_min smallint NOT NULL,
    funds_micros bigint NOT NULL,
    grants_micros bigint NOT NULL,
    owed_micros bigint NOT NULL,
    tax_micros bigint NOT NULL,
    overrun_micros bigint NOT NULL,
    contra_micros bigint NOT NULL,
    CONSTRAINT usage_total_is_one UNIQUE NULLS NOT DISTINCT (month, run, day, account, route),
    CONSTRAINT usage_total_hides_in_a_crowd CHECK (purses >= purses_min AND purses_min >= 2),
    CONSTRAINT usage_total_balances CHECK (
        funds_micros + grants_micros + owed_micros + tax_micros + overrun_micros + contra_micros = 0
    ),
    CONSTRAINT usage_total_of_a_run
        FOREIGN KEY (month, run) REFERENCES money.usage_ended (month, run)
);

-- The same by account: what went out of the entries, and what the totals tell.  Accounts that were
-- merged stand under 0 together.
CREATE TABLE money.usage_account (
    month date NOT NULL,
    run smallint NOT NULL,
    account smallint NOT NULL,
    gone bigint[] NOT NULL,
    told bigint[] NOT NULL,
    CONSTRAINT usage_account_is_one PRIMARY KEY (month, run, account),
    CONSTRAINT usage_account_totals_are_equal CHECK (cardinality(gone) = 7 AND gone = told),
    CONSTRAINT usage_account_of_a_run
        FOREIGN KEY (month, run) REFERENCES money.usage_ended (month, run)
);

-- Someone else wrote a purse since it was loaded: the batch is repeated with what they wrote.
CREATE FUNCTION money.contested() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a purse changed since it was loaded' USING ERRCODE = 'serialization_failure';
END $$;

-- Who may do what.
GRANT USAGE ON SCHEMA money TO tenure_app;
GRANT SELECT, INSERT, UPDATE ON money.purse TO tenure_app;
-- An entry is never changed, and goes only with its whole month.
GRANT SELECT, INSERT ON money.entry, money.entry_other TO tenure_app;

-- Who may do what.  Entries are only ever appended.
GRANT USAGE ON SCHEMA money TO tenure_app, tenure_regulator;
GRANT SELECT, INSERT, UPDATE ON money.purse TO tenure_app;
GRANT SELECT, INSERT ON money.entry TO tenure_app;
GRANT SELECT (purse_id, seq, at, kind, account, funds_micros, grants_micros, owed_micros,
    tax_micros, overrun_micros, contra_micros) ON money.entry TO tenure_regulator;
REVOKE ALL ON FUNCTION money.open_month(timestamptz), money.contested() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION money.open_month(timestamptz), money.contested() TO tenure_app;
-- Written by the door of privacy alone (privacy.end_usage).
GRANT SELECT ON money.usage_ended, money.usage_total, money.usage_account
    TO tenure_app, tenure_privacy, tenure_regulator;
GRANT USAGE ON SCHEMA money TO tenure_privacy;
