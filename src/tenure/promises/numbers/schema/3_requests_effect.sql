-- A request takes effect or ends: the only two ways by which one is ever closed.

-- The old SIM is dead from this instant on, to the millisecond; the new one serves.
CREATE FUNCTION numbers.swap_sim(r numbers.request, moment timestamptz, proof bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old text;
    new_imsi text;
BEGIN
    UPDATE numbers.binding SET during = tstzrange(lower(during), moment)
    WHERE msisdn = r.msisdn AND upper_inf(during) RETURNING iccid INTO old;
    UPDATE numbers.sim SET died_at = moment WHERE iccid = old;
    SELECT s.imsi INTO new_imsi FROM numbers.sim s WHERE s.iccid = r.iccid FOR UPDATE;
    INSERT INTO numbers.binding (msisdn, iccid, imsi, during, leaf_seq)
    VALUES (r.msisdn, r.iccid, new_imsi, tstzrange(moment, NULL), proof);
    -- GTC-LOST: what was lost is dead, and the number serves again.
    UPDATE numbers.line SET imsi = new_imsi, lost_at = NULL WHERE msisdn = r.msisdn;
END $$;

-- The former tenure ends where the next begins; nothing of the former holder's is in reach any more.
CREATE FUNCTION numbers.hand_over(r numbers.request, moment timestamptz, proof bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    former numbers.tenure;
    free smallint;
BEGIN
    UPDATE numbers.tenure SET during = tstzrange(lower(during), moment)
    WHERE msisdn = r.msisdn AND upper_inf(during) RETURNING * INTO former;
    IF former.prepaid AND (SELECT f.prepaid_numbers_max > 0 FROM numbers.figures f) THEN
        free := numbers.free_slot(r.to_holder, 1, moment);
        PERFORM numbers.demand(free IS NOT NULL, 'tenure_no_more_than_the_market_allows');
    END IF;
    INSERT INTO numbers.tenure
        (msisdn, holder_id, during, opened_as, request_id, leaf_seq, purse_id, prepaid, slot)
    VALUES (r.msisdn, r.to_holder, tstzrange(moment, NULL), r.kind, r.request_id, proof, r.purse_id,
            former.prepaid, free);
    UPDATE numbers.line l
    SET purse_id = r.purse_id, language = p.language,
        -- What was decided about the former holder's use is about them.
        restricted_until = NULL
    FROM people.person p
    WHERE l.msisdn = r.msisdn AND p.person_id = r.to_holder;
    UPDATE numbers.lock SET until = moment WHERE msisdn = r.msisdn AND until IS NULL;
    PERFORM pg_notify('tenure_changed', former.purse_id::text);
END $$;

-- A request takes effect, wholly or not at all.  Returns what the network is asked, or NULL for a lock.
CREATE FUNCTION numbers.effect(asked uuid, moment timestamptz, proof bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    figures numbers.figures;
    r numbers.request;
    old numbers.binding;
    new numbers.binding;
    clear jsonb;
    about jsonb;
BEGIN
    SELECT f.* INTO figures FROM numbers.figures f;
    PERFORM numbers.demand(FOUND, 'figures_of_the_pack_are_there');
    SELECT q.* INTO r FROM numbers.request q WHERE q.request_id = asked FOR UPDATE;
    PERFORM numbers.demand(FOUND, 'effect_of_a_request_that_is_known');
    -- Whatever else would change this number waits until this is done, and then sees it.
    PERFORM FROM numbers.line l WHERE l.msisdn = r.msisdn FOR UPDATE;
    PERFORM numbers.demand(r.ended_at IS NULL, 'effect_of_a_request_that_is_open');
    PERFORM numbers.demand(
        moment < r.requested_at + CASE WHEN r.kind = 'restoration' THEN interval '24 hours'
                                  ELSE figures.request_open_ms * interval '1 millisecond' END
        OR r.kind = 'unlock' AND numbers.takes_effect_at(r, moment) IS NOT NULL,
        'effect_before_the_request_expires'
    );
    PERFORM numbers.demand_standing(r, moment);
    PERFORM numbers.demand_agreement(r, moment);

    SELECT b.* INTO old FROM numbers.binding b WHERE b.msisdn = r.msisdn AND upper_inf(b.during);
    IF r.iccid IS NOT NULL THEN
        PERFORM numbers.swap_sim(r, moment, proof);
    END IF;
    SELECT b.* INTO new FROM numbers.binding b WHERE b.msisdn = r.msisdn AND upper_inf(b.during);
    IF r.to_holder IS NOT NULL THEN
        PERFORM numbers.hand_over(r, moment, proof);
    END IF;
    IF r.kind = 'unlock' THEN
        UPDATE numbers.lock SET until = numbers.takes_effect_at(r, moment)
        WHERE msisdn = r.msisdn AND until IS NULL;
    END IF;
    UPDATE numbers.request SET ended_at = moment, outcome = 'effected', ended_leaf_seq = proof
    WHERE request_id = asked;

    clear := jsonb_build_object('kind', r.kind, 'request_hash', encode(r.request_hash, 'hex'));
    about := jsonb_build_object('msisdn', r.msisdn, 'request', r.request_id::text);
    IF r.kind = 'unlock' THEN
        PERFORM numbers.demand(numbers.leaf_says(
            proof, 'numbers.unlocked', moment, clear, about || jsonb_build_object('holder', r.from_holder::text)
        ), 'effect_leaf_says_so');
        RETURN NULL;
    END IF;
    about := about || jsonb_build_object('iccid', new.iccid, 'imsi', new.imsi);
    IF r.kind = 'sim' THEN
        PERFORM pg_notify('tenure_changed', l.purse_id::text) FROM numbers.line l WHERE l.msisdn = r.msisdn;
        PERFORM numbers.demand(numbers.leaf_says(
            proof, 'numbers.sim_replaced', moment, clear, about || jsonb_build_object(
                'holder', r.from_holder::text, 'old_iccid', old.iccid, 'old_imsi', old.imsi
            )
        ), 'effect_leaf_says_so');
    ELSE
        PERFORM numbers.demand(numbers.leaf_says(
            proof, 'numbers.transferred', moment, clear, about || jsonb_build_object(
                'from', r.from_holder::text, 'to', r.to_holder::text
            )
        ), 'effect_leaf_says_so');
    END IF;
    RETURN numbers.ask_network(r.msisdn, proof, moment);
END $$;

-- A request ends without effect: stopped by somebody, or because it waited for too long.
CREATE FUNCTION numbers.end_request(asked uuid, how text, moment timestamptz, proof bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    figures numbers.figures;
    r numbers.request;
BEGIN
    SELECT f.* INTO figures FROM numbers.figures f;
    SELECT q.* INTO r FROM numbers.request q WHERE q.request_id = asked FOR UPDATE;
    PERFORM numbers.demand(FOUND, 'end_of_a_request_that_is_known');
    PERFORM numbers.demand(r.ended_at IS NULL, 'end_of_a_request_that_is_open');
    PERFORM numbers.demand(how IN ('stopped', 'expired'), 'end_is_no_effect');
    PERFORM numbers.demand(
        how = 'stopped' OR moment >= r.requested_at
            + CASE WHEN r.kind = 'restoration' THEN interval '24 hours'
              ELSE figures.request_open_ms * interval '1 millisecond' END,
        'end_after_it_was_open_for_long'
    );
    PERFORM numbers.demand(numbers.leaf_says(
        proof, 'numbers.stopped', moment,
        jsonb_build_object(
            'kind', r.kind, 'request_hash', encode(r.request_hash, 'hex'), 'outcome', how
        ),
        jsonb_build_object('msisdn', r.msisdn, 'request', r.request_id::text)
    ), 'end_leaf_says_so');
    UPDATE numbers.request SET ended_at = moment, outcome = how, ended_leaf_seq = proof
    WHERE request_id = asked;
    -- The network remembers it: a request that somebody opens again behind our back stays ended.
    PERFORM numbers.ask_network(r.msisdn, proof, moment);
END $$;

-- Who may do what: the application calls what verifies, and nothing that helps it.
REVOKE ALL ON FUNCTION
    numbers.is_party, numbers.consents_counted,
    numbers.parties_asked, numbers.consented_at, numbers.approved_at, numbers.takes_effect_at,
    numbers.locked, numbers.sim_is_free, numbers.demand_standing, numbers.demand_agreement,
    numbers.swap_sim, numbers.hand_over, numbers.effect, numbers.end_request
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION numbers.locked, numbers.effect, numbers.end_request TO tenure_app;
