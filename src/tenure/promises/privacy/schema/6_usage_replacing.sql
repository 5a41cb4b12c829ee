-- The month that was written anew takes its place, in the moment before the commit.

-- A moment in which nobody writes any entry.  Others do not queue behind us for longer than that: who
-- waits too long lets them pass, and tries again.
CREATE FUNCTION privacy.hold_entries() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    FOR attempt IN 1..600 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', '50ms', true);
            LOCK TABLE money.entry IN ACCESS EXCLUSIVE MODE;
            PERFORM set_config('lock_timeout', '0', true);
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM pg_sleep(0.05);
        END;
    END LOOP;
    PERFORM people.demand(false, 'usage_month_finds_no_quiet_moment', 'lock_not_available');
END $$;

-- Puts the month in its place, if the record tells of it: same month, run and hash.  The former table
-- is gone with the commit, whatever its size.
CREATE FUNCTION privacy.replace_month(month_ date, run_ smallint, proof bigint, moment timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was text := 'entry_' || to_char(month_, 'YYYY_MM');
    next text := was || '_next';
    made money.usage_ended;
BEGIN
    SELECT e.* INTO made FROM money.usage_ended e
    WHERE e.month = month_ AND e.run = run_ AND e.leaf_seq IS NULL AND e.at = moment FOR UPDATE;
    PERFORM people.demand(FOUND AND to_regclass('money.' || next) IS NOT NULL, 'usage_ended_is_prepared');
    PERFORM people.demand(EXISTS (
        SELECT FROM record.leaf l
        WHERE l.seq = proof AND l.at = moment
          AND l.kind = CASE made.stage WHEN 'totals' THEN 'privacy.usage_anonymised'
                                       WHEN 'books' THEN 'privacy.books_closed'
                                       ELSE 'privacy.usage_details_ended' END
          AND l.body::jsonb -> 'said' ->> 'totals_sha256' = made.totals_sha256
          AND l.body::jsonb -> 'said' ->> 'month' = to_char(month_, 'YYYY-MM')
          AND l.body::jsonb -> 'said' -> 'run' = to_jsonb(run_)
    ), 'usage_ended_has_its_leaf');
    UPDATE money.usage_ended SET leaf_seq = proof WHERE month = month_ AND run = run_;
    PERFORM privacy.hold_entries();
    EXECUTE format('ALTER TABLE money.entry DETACH PARTITION money.%I', was);
    EXECUTE format('DROP TABLE money.%I', was);
    IF made.stage = 'books' AND made.held = 0 THEN
        EXECUTE format('DROP TABLE money.%I', next);
        RETURN;
    END IF;
    EXECUTE format('ALTER TABLE money.%I RENAME TO %I', next, was);
    EXECUTE format('ALTER INDEX money.%I RENAME TO %I', next || '_pkey', was || '_pkey');
    EXECUTE format('ALTER TABLE money.entry ATTACH PARTITION money.%I FOR VALUES FROM (%L) TO (%L)',
        was, month_::timestamp AT TIME ZONE 'UTC', (month_ + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('ALTER TABLE money.%I DROP CONSTRAINT of_its_month', was);
END $$;

-- Whatever was prepared is in its place and on record at the commit, or nothing of it is; and what is
-- told of it are the totals of all that ended, or nothing where too few stood behind them.
CREATE FUNCTION privacy.usage_ended_is_done() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(EXISTS (
        SELECT FROM money.usage_ended e WHERE e.month = NEW.month AND e.run = NEW.run AND e.leaf_seq IS NOT NULL
    ) AND to_regclass(format('money.entry_%s_next', to_char(NEW.month, 'YYYY_MM'))) IS NULL,
        'usage_ended_has_its_leaf');
    PERFORM people.demand(NEW.stage = 'details' OR EXISTS (
        SELECT FROM money.usage_ended e
        WHERE e.month = NEW.month AND e.run = NEW.run AND CASE WHEN e.few THEN 0 ELSE e.ended END = (
            SELECT coalesce(sum(t.entries), 0) FROM money.usage_total t
            WHERE t.month = e.month AND t.run = e.run
        )
    ), 'usage_ended_is_told_wholly_or_not_at_all');
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER usage_ended_is_done AFTER INSERT ON money.usage_ended
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION privacy.usage_ended_is_done();

-- The other party's erasure: their number goes out of the usage of others, in the time in which they
-- had it, and nobody's charges change.  Entries under a hold keep it.  Returns how many were emptied.
CREATE FUNCTION privacy.forget_party(persons bigint[], proofs bigint[], moment timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held bigint[] := privacy.usage_held(moment, tstzrange(NULL, NULL));
    emptied bigint;
BEGIN
    PERFORM people.demand(
        cardinality(persons) = cardinality(proofs) AND NOT EXISTS (
            SELECT FROM unnest(persons, proofs) AS asked (person, proof)
            WHERE NOT people.leaf_tells(
                asked.proof, 'privacy.party_forgotten', moment, jsonb_build_object('person', asked.person::text))
        ), 'party_forgotten_has_its_leaf');
    UPDATE money.entry e SET party = ''
    FROM numbers.tenure t
    WHERE t.holder_id = ANY (persons) AND e.party = t.msisdn AND t.during @> e.at
      AND NOT e.purse_id = ANY (held);
    GET DIAGNOSTICS emptied = ROW_COUNT;
    RETURN emptied;
END $$;

-- The months there are entries of, with how many there may be, and what was ended of them so far.
CREATE FUNCTION privacy.usage_months()
RETURNS TABLE (month date, entries bigint, octets bigint, details boolean, totals boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_date(c.relname::text, '"entry_"YYYY_MM'), greatest(c.reltuples, 0)::bigint,
           pg_total_relation_size(c.oid),
           EXISTS (SELECT FROM money.usage_ended u WHERE u.month = to_date(c.relname::text, '"entry_"YYYY_MM')),
           EXISTS (SELECT FROM money.usage_ended u
                   WHERE u.month = to_date(c.relname::text, '"entry_"YYYY_MM') AND u.stage = 'totals')
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'money.entry'::regclass AND c.relname ~ '^entry_[0-9]{4}_[0-9]{2}$'
    ORDER BY 1
$$;

-- Whether a month still has something to end that no hold keeps: usage with its details, usage at all,
-- or anything at all.
CREATE FUNCTION privacy.usage_waits(month_ date, stage_ text, moment timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM money.%I WHERE %s AND NOT purse_id = ANY ($1))',
        'entry_' || to_char(month_, 'YYYY_MM'),
        CASE stage_ WHEN 'books' THEN 'true' WHEN 'totals' THEN 'kind IN (1, 2, 3, 8)'
            ELSE 'kind IN (1, 2, 3, 8) AND NOT starts_with(explanation, ''{"ended"'')' END
    ) INTO found USING privacy.usage_held(moment, privacy.month_of(month_));
    RETURN found;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION
    privacy.usage_held, privacy.month_of, privacy.usage_ends_on_arrival, privacy.usage_legs, privacy.without_details, privacy.total_usage,
    privacy.carried_forward, privacy.compare_accounts, privacy.totals_sha256, privacy.end_usage,
    privacy.hold_entries, privacy.replace_month, privacy.usage_ended_is_done, privacy.forget_party,
    privacy.usage_months, privacy.usage_waits
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    privacy.usage_held, privacy.totals_sha256, privacy.end_usage,
    privacy.replace_month, privacy.forget_party, privacy.usage_months, privacy.usage_waits
    TO tenure_app;
