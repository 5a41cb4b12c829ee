-- A closed month's usage ends: first its details, then whose it was, by day and route.

-- The purses whose entries stay as they are: of whom a legal hold names, of who had a number when a
-- complaint, a dispute or an order about it began or later, and of the parties of an open request.
CREATE FUNCTION privacy.usage_held(moment timestamptz, month tstzrange) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH disputed AS (
        SELECT h.msisdn, h.since FROM numbers.hold h
        WHERE h.since <= moment AND (h.until IS NULL OR h.until > moment)
    ), holders AS (
        SELECT h.whom FROM privacy.hold h
        WHERE h.kind = 'person' AND h.released_at IS NULL AND h.during && month
          AND (h.keeps = '{}' OR h.keeps && ARRAY['usage', 'accounts'])
          AND privacy.hold_counts(h, moment)
        UNION
        SELECT t.holder_id FROM disputed d JOIN numbers.tenure t ON t.msisdn = d.msisdn
        WHERE t.during && tstzrange(d.since, NULL)
        UNION
        SELECT p.person FROM numbers.request r, unnest(ARRAY[r.from_holder, r.to_holder]) AS p (person)
        WHERE r.ended_at IS NULL
    )
    SELECT coalesce(array_agg(DISTINCT kept.purse_id ORDER BY kept.purse_id), '{}')
    FROM (
        SELECT t.purse_id FROM numbers.tenure t WHERE t.holder_id IN (SELECT whom FROM holders)
        UNION ALL
        SELECT l.purse_id FROM numbers.line l JOIN disputed d ON d.msisdn = l.msisdn
    ) AS kept
$$;

-- A month of entries, in UTC.
CREATE FUNCTION privacy.month_of(month date) RETURNS tstzrange
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT tstzrange(month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC')
$$;

-- Usage is kinds 1, 2, 3 and 8: sessions, events, refunds of both, offline records.  What is left of
-- an explanation is its route, until the totals have it.  The route stands before whatever somebody
-- else has worded, so the first one is the true one.

-- Usage that comes after the details of its month have ended has none from the start.
CREATE FUNCTION privacy.usage_ends_on_arrival() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.kind IN (1, 2, 3, 8) AND NOT starts_with(NEW.explanation, '{"ended"')
       AND NOT NEW.purse_id = ANY (privacy.usage_held('infinity', tstzrange(NEW.at, NEW.at, '[]'))) THEN
        NEW.party := '';
        NEW.explanation := '{"ended":"' || TG_ARGV[0] || '","route":"'
            || split_part(split_part(NEW.explanation, '"route":"', 2), '"', 1) || '"}';
    END IF;
    RETURN NEW;
END $$;

-- Entries and six legs of a table of entries, as an array; a carried one counts those it stands for.
CREATE FUNCTION privacy.usage_legs(entries text, condition text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found bigint[];
BEGIN
    EXECUTE format(
        'SELECT ARRAY[coalesce(sum(CASE WHEN kind = 14 THEN (explanation::jsonb ->> ''entries'')::bigint'
        '                              ELSE 1 END), 0),'
        ' coalesce(sum(funds_micros), 0), coalesce(sum(grants_micros), 0), coalesce(sum(owed_micros), 0),'
        ' coalesce(sum(tax_micros), 0), coalesce(sum(overrun_micros), 0),'
        ' coalesce(sum(contra_micros), 0)]::bigint[] FROM money.%I WHERE %s',
        entries, condition
    ) INTO found;
    RETURN found;
END $$;
