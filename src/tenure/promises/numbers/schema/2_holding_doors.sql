-- The only doors to tenure: functions that verify everything in the transaction that changes it.
--
-- The application may call them and cannot write the tables.  Each names what it misses by the name
-- of a constraint, as an index or a check would.

--
-- What depends on what others do at the same time fails as a race does ('serialization_failure'), so
-- that whoever lost asks again and is told why by the rules.
CREATE FUNCTION numbers.demand(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ') USING ERRCODE = condition, CONSTRAINT = named;
    END IF;
END $$;

-- Whether a leaf tells of this: its kind, its instant, what it says in clear, and commitments that
-- open to what it is about.
CREATE FUNCTION numbers.leaf_says(proof bigint, told text, moment timestamptz, clear jsonb, about jsonb)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM record.leaf l
        WHERE l.seq = proof AND l.kind = told AND l.at = moment
          AND l.body::jsonb ->> 'kind' = told
          AND (l.body::jsonb ->> 'at')::timestamptz = moment
          AND l.body::jsonb -> 'said' @> clear
          AND NOT EXISTS (
              SELECT FROM jsonb_each_text(about) AS wanted
              WHERE NOT EXISTS (
                  SELECT FROM record.opening o
                  WHERE o.leaf_seq = l.seq AND o.field = wanted.key AND o.value = wanted.value
                    AND l.body::jsonb -> 'commitments' ->> o.field
                        = encode(sha256(o.salt || convert_to(o.value, 'UTF8')), 'hex')
              )
          )
    )
$$;

-- The nth slot of a holder that is free from a moment on; NULL when the market allows no more.
CREATE FUNCTION numbers.free_slot(holder bigint, nth bigint, moment timestamptz) RETURNS smallint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT slot::smallint
    FROM numbers.figures f, generate_series(1, f.prepaid_numbers_max) AS slot
    WHERE NOT EXISTS (
        SELECT FROM numbers.tenure t
        WHERE t.holder_id = holder AND t.slot = slot.slot AND t.during && tstzrange(moment, NULL)
    )
    ORDER BY slot OFFSET nth - 1 LIMIT 1
$$;

-- PRV-MINOR: of age at a moment, or with somebody who answers for them.
-- A duplicate, whose row was merged into another, holds nothing more.
CREATE FUNCTION numbers.may_hold(holder bigint, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM people.person p
        WHERE p.person_id = holder AND p.born_on IS NOT NULL
          AND (people.of_age(holder, moment)
               OR EXISTS (SELECT FROM people.guardians_of(holder, moment)))
    ) AND people.survivor_of(holder) = holder
$$;

-- Asks the gateway to the network to act on a leaf; it hears of it when the transaction commits.
CREATE FUNCTION numbers.ask_network(number text, proof bigint, moment timestamptz) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    WITH task AS (
        INSERT INTO numbers.provisioning (msisdn, leaf_seq, asked_at)
        VALUES (number, proof, moment) RETURNING task_id
    ), told AS (
        SELECT task_id, pg_notify('tenure_network', task_id::text) FROM task
    )
    SELECT task_id FROM told
$$;

-- The figures of the pack become the figures that the database enforces.  Only the owner may.
CREATE FUNCTION numbers.keep_figures(given jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    allowed integer := (given ->> 'prepaid_numbers_max')::integer;
    before integer := (SELECT prepaid_numbers_max FROM numbers.figures);
BEGIN
    DELETE FROM numbers.figures;
    INSERT INTO numbers.figures
    SELECT * FROM jsonb_populate_record(NULL::numbers.figures, given || '{"one": true}');
    IF before IS DISTINCT FROM allowed THEN
        ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_slot_within_the_market;
        IF allowed = 0 THEN
            ALTER TABLE numbers.tenure
                ADD CONSTRAINT tenure_slot_within_the_market CHECK (slot IS NULL);
        ELSE
            EXECUTE format(
                'ALTER TABLE numbers.tenure ADD CONSTRAINT tenure_slot_within_the_market CHECK ('
                'CASE WHEN prepaid THEN coalesce(slot BETWEEN 1 AND %s, false) ELSE slot IS NULL END)',
                allowed
            );
        END IF;
    END IF;
END $$;

-- First sale: a free number, a new SIM and a holder come together.
CREATE FUNCTION numbers.activate(
    number text, card text, holder bigint, purse bigint, sold_as text, speaks text,
    pays_later boolean, clerk text, proof bigint, moment timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    figures numbers.figures;
    sim numbers.sim;
    free smallint;
BEGIN
    SELECT f.* INTO figures FROM numbers.figures f;
    PERFORM numbers.demand(FOUND, 'figures_of_the_pack_are_there');
    PERFORM numbers.demand(EXISTS (
        SELECT FROM numbers.stock s
        WHERE int8range(s.first::bigint, s.last::bigint, '[]') @> number::bigint
          AND length(s.first) = length(number)
    ), 'activate_number_is_in_stock');
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.tenure t
        WHERE t.msisdn = number AND (upper_inf(t.during) OR moment < upper(t.during))
    ) AND NOT EXISTS (SELECT FROM numbers.line l WHERE l.msisdn = number),
    'activate_number_is_free', 'serialization_failure');
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.tenure t
        WHERE t.msisdn = number
          AND moment < upper(t.during) + figures.rest_ms * interval '1 millisecond'
    ), 'activate_number_has_rested');
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.reservation r
        WHERE r.msisdn = number AND r.during @> moment AND r.reserved_by IS DISTINCT FROM clerk
    ), 'activate_number_is_not_reserved_by_another', 'serialization_failure');

    SELECT s.* INTO sim FROM numbers.sim s WHERE s.iccid = card FOR UPDATE;
    PERFORM numbers.demand(FOUND, 'activate_sim_is_ours');
    PERFORM numbers.demand(sim.died_at IS NULL, 'activate_sim_is_alive', 'serialization_failure');
    PERFORM numbers.demand(
        NOT EXISTS (SELECT FROM numbers.binding b WHERE b.iccid = card),
        'activate_sim_was_never_used', 'serialization_failure'
    );
    PERFORM numbers.demand(EXISTS (
        SELECT FROM unnest(figures.home_plmns) AS home WHERE starts_with(sim.imsi, home)
    ), 'activate_sim_is_of_our_network');

    PERFORM FROM people.person p WHERE p.person_id = holder FOR KEY SHARE;
    PERFORM numbers.demand(FOUND, 'activate_holder_is_known');
    PERFORM numbers.demand(
        numbers.may_hold(holder, moment), 'activate_holder_is_of_age_or_has_a_guardian'
    );
    IF NOT pays_later AND figures.prepaid_numbers_max > 0 THEN
        free := numbers.free_slot(holder, 1, moment);
        PERFORM numbers.demand(
            free IS NOT NULL, 'tenure_no_more_than_the_market_allows', 'serialization_failure'
        );
    END IF;
    PERFORM numbers.demand(numbers.leaf_says(
        proof, 'numbers.activated', moment, '{"opened_as": "first-sale"}',
        jsonb_build_object('msisdn', number, 'holder', holder::text, 'iccid', card, 'imsi', sim.imsi)
    ), 'activate_leaf_says_so');

    INSERT INTO numbers.tenure
        (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid, slot)
    VALUES (number, holder, tstzrange(moment, NULL), 'first-sale', proof, purse, NOT pays_later, free);
    INSERT INTO numbers.binding (msisdn, iccid, imsi, during, leaf_seq)
    VALUES (number, card, sim.imsi, tstzrange(moment, NULL), proof);
    INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, postpaid, since)
    VALUES (number, sim.imsi, purse, sold_as, speaks, pays_later, moment);
    RETURN numbers.ask_network(number, proof, moment);
END $$;

-- An existing base: lines that nobody ever held come to their holders, with the SIMs they are on.
CREATE FUNCTION numbers.take_over(
    taken text[], holders bigint[], cards text[], proof bigint, moment timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    figures numbers.figures;
    asked bigint := cardinality(taken);
    digest text;
    done bigint;
BEGIN
    SELECT f.* INTO figures FROM numbers.figures f;
    PERFORM numbers.demand(FOUND, 'figures_of_the_pack_are_there');
    SELECT encode(sha256(convert_to(string_agg(
        number || ' ' || holder || ' ' || card || E'\n', '' ORDER BY number COLLATE "C"
    ), 'UTF8')), 'hex') INTO digest
    FROM unnest(taken, holders, cards) AS given (number, holder, card);
    PERFORM numbers.demand(numbers.leaf_says(
        proof, 'numbers.taken_over', moment, jsonb_build_object('numbers', asked),
        jsonb_build_object('digest', digest)
    ), 'take_over_leaf_says_so');
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.tenure t WHERE t.msisdn = ANY (taken)
    ), 'take_over_numbers_were_never_held', 'serialization_failure');

    INSERT INTO numbers.binding (msisdn, iccid, imsi, during, leaf_seq)
    SELECT l.msisdn, s.iccid, s.imsi, tstzrange(l.since, NULL), proof
    FROM unnest(taken, cards) AS given (number, card)
    JOIN numbers.line l ON l.msisdn = given.number AND l.since <= moment
    JOIN numbers.sim s ON s.iccid = given.card AND s.imsi = l.imsi AND s.died_at IS NULL;
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM numbers.demand(done = asked, 'take_over_lines_are_on_these_sims');

    INSERT INTO numbers.tenure
        (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid, slot)
    SELECT l.msisdn, given.holder, tstzrange(l.since, NULL), 'import', proof, l.purse_id,
           NOT l.postpaid,
           CASE WHEN figures.prepaid_numbers_max > 0 AND NOT l.postpaid THEN numbers.free_slot(
               given.holder,
               row_number() OVER (PARTITION BY given.holder, l.postpaid ORDER BY l.msisdn),
               l.since
           ) END
    FROM unnest(taken, holders) AS given (number, holder)
    JOIN numbers.line l ON l.msisdn = given.number;
    RETURN done;
END $$;

-- Who may do what: the application calls what verifies, and nothing that helps it.
REVOKE ALL ON FUNCTION
    numbers.luhn_fits, numbers.demand, numbers.leaf_says, numbers.free_slot, numbers.may_hold,
    numbers.ask_network, numbers.keep_figures, numbers.activate, numbers.take_over
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION numbers.luhn_fits, numbers.activate, numbers.take_over TO tenure_app;
