-- A closed month's usage ends: first its details, then whose it was, by day and route.

-- The purses whose entries a hold keeps as they are: of whoever has or had the number that it names.
CREATE FUNCTION privacy.usage_held(moment timestamptz) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT kept.purse_id ORDER BY kept.purse_id), '{}')
    FROM (
        SELECT t.purse_id FROM numbers.hold h JOIN numbers.tenure t ON t.msisdn = h.msisdn
        WHERE h.since <= moment AND (h.until IS NULL OR h.until > moment)
        UNION ALL
        SELECT l.purse_id FROM numbers.hold h JOIN numbers.line l ON l.msisdn = h.msisdn
        WHERE h.since <= moment AND (h.until IS NULL OR h.until > moment)
    ) AS kept
$$;

-- Usage is kinds 1, 2, 3 and 8: sessions, events, refunds of both, offline records.
CREATE FUNCTION privacy.is_usage(kind smallint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN (1, 2, 3, 8);

-- What is left of an explanation: service, direction and zone, until the totals have them.  The route
-- stands before whatever somebody else has worded, so the first one is the true one.
CREATE FUNCTION privacy.route_of(explanation text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN split_part(split_part(explanation, '"route":"', 2), '"', 1);

CREATE FUNCTION privacy.ended_details(explanation text, since text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{"ended":"' || since || '","route":"'
       || split_part(split_part(explanation, '"route":"', 2), '"', 1) || '"}';

-- Usage that comes after the details of its month have ended has none from the start.
CREATE FUNCTION privacy.usage_ends_on_arrival() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF privacy.is_usage(NEW.kind) AND NOT starts_with(NEW.explanation, '{"ended"')
       AND NOT NEW.purse_id = ANY (privacy.usage_held(NEW.at)) THEN
        NEW.party := '';
        NEW.explanation := privacy.ended_details(NEW.explanation, TG_ARGV[0]);
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
