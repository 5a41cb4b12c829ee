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
