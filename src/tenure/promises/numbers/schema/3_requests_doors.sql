-- The only door by which a request takes effect: a function that verifies every guard again, in the
-- transaction that changes who holds a number, and names what is missing.  It trusts no rule of the
-- application; what only a signature can show is verified by the network and by whoever looks later.

-- Whether a human of ours is one of those whom a request is about, by their document.
CREATE FUNCTION numbers.is_party(human bigint, r numbers.request, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM staff.human h
        JOIN people.person p USING (document_kind, document_number)
        WHERE h.human_id = human AND (
            p.person_id IN (r.from_holder, r.to_holder)
            OR people.answers_for(p.person_id, r.from_holder, moment)
            OR people.answers_for(p.person_id, r.to_holder, moment)
        )
    )
$$;

-- The consents that count: by the right person, in time, with a key that was theirs, and for what is
-- given away not with a fresh one.
CREATE FUNCTION numbers.consents_counted(r numbers.request, moment timestamptz)
RETURNS SETOF numbers.consent LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.*
    FROM numbers.consent c CROSS JOIN numbers.figures f
    WHERE c.request_id = r.request_id AND c.request_hash = r.request_hash
      AND c.given_at BETWEEN r.requested_at AND moment
      AND CASE c.party
              WHEN 'from' THEN c.person_id = r.from_holder
              WHEN 'to' THEN c.person_id = r.to_holder
              WHEN 'from-guardian' THEN people.answers_for(c.person_id, r.from_holder, moment)
              WHEN 'to-guardian' THEN people.answers_for(c.person_id, r.to_holder, moment)
          END
      AND CASE c.means
              WHEN 'presence' THEN NOT numbers.is_party(c.witness, r, moment) AND NOT EXISTS (
                  SELECT FROM staff.human h WHERE h.human_id = c.witness AND h.suspended_at IS NOT NULL
              )
              ELSE EXISTS (
                  SELECT FROM people.passkey k
                  JOIN record.leaf l ON l.seq = k.leaf_seq AND l.at = k.added_at
                  WHERE k.credential_id = c.credential_id AND k.person_id = c.person_id
                    AND l.kind = 'people.passkey_added'
                    AND k.added_at <= c.given_at AND (k.ended_at IS NULL OR c.given_at < k.ended_at)
                    AND (c.party IN ('to', 'to-guardian')
                         OR c.given_at >= k.added_at + f.sim_age_ms * interval '1 millisecond')
              )
          END
$$;

-- Whose consent a request needs at a moment.
CREATE FUNCTION numbers.parties_asked(r numbers.request, moment timestamptz) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN gives THEN 'from' END,
        CASE WHEN takes THEN 'to' END,
        CASE WHEN gives AND NOT people.of_age(r.from_holder, moment) THEN 'from-guardian' END,
        CASE WHEN takes AND NOT people.of_age(r.to_holder, moment) THEN 'to-guardian' END
    ], NULL)
    FROM (SELECT r.kind IN ('transfer', 'sim', 'unlock') AS gives,
                 r.kind IN ('transfer', 'inheritance') AS takes) AS kinds
$$;

-- When the last consent was given that is needed; the asking when none is; NULL when one is missing.
CREATE FUNCTION numbers.consented_at(r numbers.request, moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN coalesce(array_agg(c.party), '{}') @> numbers.parties_asked(r, moment)
                THEN greatest(r.requested_at,
                              max(c.given_at) FILTER (WHERE c.party = ANY (numbers.parties_asked(r, moment))))
           END
    FROM numbers.consents_counted(r, moment) c
$$;

-- When so many humans had approved who stand apart: who did not ask, saw no consent, are no party and
-- are not suspended.  staff.approvers leaves out the suspended, and what came before the last consent.
CREATE FUNCTION numbers.approved_at(r numbers.request, needed integer, moment timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN needed = 0 THEN r.requested_at ELSE (
        SELECT a.approved_at
        FROM staff.approval a
        WHERE a.request_hash = r.request_hash
          AND a.approved_by IN (
              SELECT staff.approvers(r.request_hash, moment, numbers.consented_at(r, moment))
          )
          AND a.approved_by IS DISTINCT FROM r.requested_by
          AND NOT EXISTS (
              SELECT FROM numbers.consent c
              WHERE c.request_id = r.request_id AND c.witness = a.approved_by
          )
          AND NOT numbers.is_party(a.approved_by, r, moment)
        ORDER BY a.approved_at, a.approved_by OFFSET needed - 1 LIMIT 1
    ) END
$$;

-- From when on a request may take effect; NULL while something is missing.
CREATE FUNCTION numbers.takes_effect_at(r numbers.request, moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN consented IS NOT NULL AND approved IS NOT NULL
                THEN greatest(consented, approved) + waits_ms * interval '1 millisecond' END
    FROM (
        SELECT numbers.consented_at(r, moment) AS consented,
               numbers.approved_at(r, CASE r.kind WHEN 'unlock' THEN 0 WHEN 'sim' THEN 1
                                      ELSE f.approvals_min END, moment) AS approved,
               CASE WHEN r.kind = 'unlock' THEN f.unlock_delay_ms
                    WHEN r.kind IN ('sim', 'restoration') THEN 0
                    ELSE f.cooling_off_ms END AS waits_ms
        FROM numbers.figures f
    ) AS found
$$;

-- Whether the holder's lock holds at a moment: computed, so that a late clock never opens it early.
-- Nor does one that was set back: what stands in the way counts, whenever it says that it began.
CREATE FUNCTION numbers.locked(number text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM numbers.lock l
        WHERE l.msisdn = number AND (l.until IS NULL OR moment < l.until)
          AND NOT EXISTS (
              SELECT FROM numbers.request r
              WHERE r.msisdn = number AND r.kind = 'unlock' AND r.ended_at IS NULL
                AND r.from_holder = l.person_id AND r.requested_at >= l.since
                AND numbers.takes_effect_at(r, moment) <= moment
          )
    )
$$;

-- Whether a SIM is ours, alive, of our network, and never served anybody.
CREATE FUNCTION numbers.sim_is_free(card text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM numbers.sim s, numbers.figures f
        WHERE s.iccid = card AND s.died_at IS NULL
          AND EXISTS (SELECT FROM unnest(f.home_plmns) AS home WHERE starts_with(s.imsi, home))
    ) AND NOT EXISTS (SELECT FROM numbers.binding b WHERE b.iccid = card)
$$;

-- How the number, its holder and the next one must stand.  What a kind is for does not hold it up: a
-- restoration is of a number that is suspended and disputed, a replacement of a SIM that is lost.
CREATE FUNCTION numbers.demand_standing(r numbers.request, moment timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    line numbers.line;
    passes boolean := r.kind IN ('transfer', 'inheritance');
BEGIN
    PERFORM numbers.demand(EXISTS (
        SELECT FROM numbers.tenure t WHERE t.msisdn = r.msisdn AND upper_inf(t.during)
    ), 'effect_on_a_number_that_is_held');
    PERFORM numbers.demand(EXISTS (
        SELECT FROM numbers.tenure t
        WHERE t.msisdn = r.msisdn AND t.holder_id = r.from_holder AND upper_inf(t.during)
          AND lower(t.during) < moment
    ), 'effect_from_who_holds_it');
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM people.person p
        WHERE p.person_id IN (r.from_holder, r.to_holder)
          AND (p.document_number IS NULL OR p.born_on IS NULL)
    ), 'effect_between_registered_people');
    PERFORM numbers.demand(r.kind <> 'restoration' OR EXISTS (
        SELECT FROM numbers.tenure t
        WHERE t.msisdn = r.msisdn AND t.holder_id = r.to_holder AND upper(t.during) <= moment
          AND NOT EXISTS (
              SELECT FROM numbers.tenure n
              WHERE n.msisdn = t.msisdn AND n.opened_as = 'first-sale'
                AND lower(n.during) >= upper(t.during)
          )
    ), 'restoration_to_who_held_it');
    PERFORM numbers.demand(
        (r.kind NOT IN ('transfer', 'sim', 'unlock') OR numbers.may_hold(r.from_holder, moment))
        AND (NOT passes OR numbers.may_hold(r.to_holder, moment)),
        'effect_minor_has_a_guardian'
    );
    SELECT l.* INTO line FROM numbers.line l WHERE l.msisdn = r.msisdn;
    PERFORM numbers.demand(FOUND, 'effect_on_a_number_in_service');
    PERFORM numbers.demand(
        r.kind <> 'transfer' OR line.lost_at IS NULL,
        'transfer_not_of_a_lost_sim'
    );
    PERFORM numbers.demand(
        NOT (passes OR r.kind = 'sim') OR NOT line.suspended, 'effect_not_while_suspended'
    );
    PERFORM numbers.demand(
        NOT passes OR NOT (line.bar_outgoing OR line.bar_incoming), 'effect_not_while_barred'
    );
    PERFORM numbers.demand(NOT (passes OR r.kind = 'sim') OR NOT EXISTS (
        SELECT FROM numbers.hold h
        WHERE h.msisdn = r.msisdn AND (h.until IS NULL OR moment < h.until)
    ), 'effect_not_while_disputed');
    PERFORM numbers.demand(
        r.kind NOT IN ('transfer', 'sim') OR NOT numbers.locked(r.msisdn, moment),
        'effect_not_while_locked'
    );
    PERFORM numbers.demand(r.kind <> 'unlock' OR EXISTS (
        SELECT FROM numbers.lock l WHERE l.msisdn = r.msisdn AND l.until IS NULL
    ), 'unlock_of_a_lock');
    PERFORM numbers.demand(NOT passes OR EXISTS (
        SELECT FROM numbers.binding b, numbers.figures f
        WHERE b.msisdn = r.msisdn AND upper_inf(b.during)
          AND lower(b.during) + f.sim_age_ms * interval '1 millisecond' <= moment
    ), 'effect_not_on_a_fresh_sim');
    PERFORM numbers.demand(
        r.iccid IS NULL OR numbers.sim_is_free(r.iccid), 'effect_with_a_sim_that_is_free'
    );
END $$;

-- Who must have agreed, and for how long it must have been known to everybody.
CREATE FUNCTION numbers.demand_agreement(r numbers.request, moment timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    figures numbers.figures;
    asked text[] := numbers.parties_asked(r, moment);
    given text[];
    needed integer;
BEGIN
    SELECT f.* INTO figures FROM numbers.figures f;
    SELECT coalesce(array_agg(c.party), '{}') INTO given FROM numbers.consents_counted(r, moment) c;
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.consent c JOIN people.passkey k USING (credential_id)
        WHERE c.request_id = r.request_id AND c.means = 'passkey'
          AND c.party IN ('from', 'from-guardian')
          AND c.given_at < k.added_at + figures.sim_age_ms * interval '1 millisecond'
    ), 'effect_not_by_a_fresh_passkey');
    PERFORM numbers.demand(
        array_remove(array_remove(asked, 'from-guardian'), 'to-guardian') <@ given,
        'effect_needs_every_consent'
    );
    PERFORM numbers.demand(asked <@ given, 'effect_needs_the_guardians_consent');
    needed := CASE r.kind WHEN 'unlock' THEN 0 WHEN 'sim' THEN 1 ELSE figures.approvals_min END;
    PERFORM numbers.demand(
        numbers.approved_at(r, needed, moment) IS NOT NULL, 'effect_needs_approvals_of_others'
    );
    PERFORM numbers.demand(
        numbers.takes_effect_at(r, moment) <= moment, 'effect_waits_for_the_cooling_off'
    );
END $$;
