-- What time causes: reminders, bars of a stage, recycling; and what keeps a number from it.

-- A reminder of one step of the schedule, for one validity end: a clock that runs twice sends it once,
-- and a top-up, which has another validity end, begins anew (INC-90).
CREATE TABLE numbers.reminder (
    purse_id bigint NOT NULL,
    validity_end timestamptz NOT NULL,
    step smallint NOT NULL,
    msisdn text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    notice_id bigint NOT NULL,
    CONSTRAINT reminder_once PRIMARY KEY (purse_id, validity_end, step),
    CONSTRAINT reminder_a_notice_counts_once UNIQUE (notice_id),
    CONSTRAINT reminder_of_a_notice FOREIGN KEY (notice_id) REFERENCES notices.notice (notice_id),
    CONSTRAINT reminder_steps_begin_at_one CHECK (step >= 1),
    CONSTRAINT reminder_after_the_validity CHECK (at >= validity_end)
);

-- A number that the network was told to serve for nothing, because of its stage.
CREATE TABLE numbers.stage_bar (
    msisdn text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT stage_bar_is_one PRIMARY KEY (msisdn),
    CONSTRAINT stage_bar_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- A complaint, a dispute or an order holds a number where it is, whatever its stage.
CREATE TABLE numbers.hold (
    hold_id bigint GENERATED ALWAYS AS IDENTITY,
    msisdn text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    since timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    until timestamptz,
    release_leaf_seq bigint,
    CONSTRAINT hold_pkey PRIMARY KEY (hold_id),
    CONSTRAINT hold_kind_is_known
        CHECK (kind IN ('complaint', 'dispute', 'court-order', 'investigation')),
    CONSTRAINT hold_names_its_case CHECK (reference <> ''),
    CONSTRAINT hold_ends_after_it_began CHECK (until >= since),
    CONSTRAINT hold_is_released_on_record CHECK ((until IS NULL) = (release_leaf_seq IS NULL)),
    CONSTRAINT hold_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT hold_release_has_its_leaf FOREIGN KEY (release_leaf_seq) REFERENCES record.leaf (seq)
);

CREATE UNIQUE INDEX hold_once_for_a_case ON numbers.hold (msisdn, kind, reference) WHERE (until IS NULL);

-- A number that was recycled, with the evidence that it might be (INC-90).
CREATE TABLE numbers.recycled (
    purse_id bigint NOT NULL,
    msisdn text COLLATE "C" NOT NULL,
    holder_id bigint NOT NULL,
    validity_end timestamptz NOT NULL,
    outgoing_blocked_ms bigint NOT NULL,
    both_blocked_ms bigint NOT NULL,
    reminders_min integer NOT NULL,
    reminders integer NOT NULL,
    last_reminded_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT recycled_once PRIMARY KEY (purse_id),
    CONSTRAINT recycled_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    -- Days are added as milliseconds: no zone of any session makes one shorter.
    CONSTRAINT recycled_only_after_its_time CHECK (
        extract(epoch FROM at) * 1000
        >= extract(epoch FROM validity_end) * 1000 + outgoing_blocked_ms + both_blocked_ms
    ),
    CONSTRAINT recycled_only_after_its_reminders CHECK (reminders >= reminders_min),
    CONSTRAINT recycled_was_reminded_while_it_could_receive CHECK (
        extract(epoch FROM last_reminded_at) * 1000
        < extract(epoch FROM validity_end) * 1000 + outgoing_blocked_ms
    )
);

CREATE INDEX recycled_by_number ON numbers.recycled (msisdn, at);

-- Recycles numbers that are due, all or none.  Everything is looked up here again: what the caller
-- believes does not count.  What may change under way fails as a race does, so that the caller looks again.
CREATE FUNCTION numbers.recycle(taken text[], moment timestamptz, proofs bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    figures numbers.figures;
    asked bigint := cardinality(taken);
    race text := 'serialization_failure';
    blocked interval;
    receives interval;
    done bigint;
BEGIN
    SELECT f.* INTO figures FROM numbers.figures f;
    PERFORM numbers.demand(FOUND, 'figures_of_the_pack_are_there');
    PERFORM numbers.demand(cardinality(proofs) = asked, 'recycle_each_number_has_its_leaf');
    receives := figures.outgoing_blocked_ms * interval '1 millisecond';
    blocked := receives + figures.both_blocked_ms * interval '1 millisecond';

    -- Who places a hold or a lock takes the line as well: one of us waits for the other.
    PERFORM FROM numbers.line l WHERE l.msisdn = ANY (taken) ORDER BY l.msisdn FOR UPDATE;

    PERFORM numbers.demand((
        SELECT count(*) = asked AND count(DISTINCT l.msisdn) = asked
        FROM unnest(taken) AS given (msisdn)
        JOIN numbers.line l USING (msisdn)
        JOIN numbers.tenure t
          ON t.msisdn = l.msisdn AND upper_inf(t.during) AND t.purse_id = l.purse_id
        JOIN numbers.binding b
          ON b.msisdn = l.msisdn AND upper_inf(b.during) AND b.imsi = l.imsi
        JOIN money.purse p ON p.purse_id = l.purse_id
        WHERE NOT l.postpaid AND t.prepaid
    ), 'recycle_only_prepaid_numbers_that_somebody_holds', race);
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.line l JOIN money.purse p USING (purse_id)
        WHERE l.msisdn = ANY (taken) AND p.funds_end + blocked > moment
    ), 'recycled_only_after_its_time', race);
    -- A validity end that somebody made up is not the one that the last top-up gave.
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.line l JOIN money.purse p USING (purse_id)
        JOIN money.entry e ON e.purse_id = p.purse_id AND e.kind = 4
        WHERE l.msisdn = ANY (taken) AND (
            e.at > p.funds_end
            OR (e.explanation::jsonb ->> 'funds_end_ms')::bigint
               > floor(extract(epoch FROM p.funds_end) * 1000)
        )
    ), 'recycle_no_top_up_reaches_beyond');
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.line l JOIN money.purse p USING (purse_id)
        WHERE l.msisdn = ANY (taken)
          AND (p.funds_micros, p.owed_micros, p.grants, p.sessions)
              IS DISTINCT FROM (0, 0, '\x90'::bytea, '\x929090'::bytea)
    ), 'recycle_the_purse_is_closed', race);
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.hold h
        WHERE h.msisdn = ANY (taken) AND (h.until IS NULL OR h.until > moment)
    ), 'recycle_nothing_is_disputed', race);
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.lock k
        WHERE k.msisdn = ANY (taken) AND numbers.locked(k.msisdn, moment)
    ), 'recycle_nothing_is_locked', race);
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.request r
        WHERE r.msisdn = ANY (taken) AND r.ended_at IS NULL
          AND moment < r.requested_at + figures.request_open_ms * interval '1 millisecond'
    ), 'recycle_nothing_is_asked', race);
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM unnest(taken, proofs) AS given (msisdn, proof)
        JOIN numbers.tenure t ON t.msisdn = given.msisdn AND upper_inf(t.during)
        JOIN numbers.binding b ON b.msisdn = given.msisdn AND upper_inf(b.during)
        WHERE NOT numbers.leaf_says(
            given.proof, 'numbers.recycled', moment, '{}',
            jsonb_build_object('msisdn', t.msisdn, 'holder', t.holder_id::text,
                               'iccid', b.iccid, 'imsi', b.imsi)
        )
    ), 'recycle_leaf_says_so');

    -- The reminders that were sent while the number could receive are its evidence.
    INSERT INTO numbers.recycled
    SELECT l.purse_id, l.msisdn, t.holder_id, p.funds_end, figures.outgoing_blocked_ms,
           figures.both_blocked_ms, figures.reminders_min, sent.reminders, sent.last_at, moment,
           given.proof
    FROM unnest(taken, proofs) AS given (msisdn, proof)
    JOIN numbers.line l USING (msisdn)
    JOIN money.purse p USING (purse_id)
    JOIN numbers.tenure t ON t.msisdn = l.msisdn AND upper_inf(t.during)
    CROSS JOIN LATERAL (
        SELECT count(*)::integer AS reminders, max(n.sent_at) AS last_at
        FROM numbers.reminder r JOIN notices.notice n USING (notice_id)
        WHERE r.purse_id = l.purse_id AND r.validity_end = p.funds_end
          AND n.msisdn = l.msisdn AND n.channel = 'number' AND n.kind = 'lifecycle.reminder'
          AND n.sent_at >= p.funds_end AND n.sent_at < p.funds_end + receives
    ) sent
    WHERE sent.reminders >= figures.reminders_min AND sent.last_at IS NOT NULL;
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM numbers.demand(done = asked, 'recycled_only_after_its_reminders');

    UPDATE numbers.sim s SET died_at = moment
    FROM numbers.binding b
    WHERE b.msisdn = ANY (taken) AND upper_inf(b.during) AND s.iccid = b.iccid AND s.died_at IS NULL;
    UPDATE numbers.binding b SET during = tstzrange(lower(b.during), moment)
    WHERE b.msisdn = ANY (taken) AND upper_inf(b.during);
    UPDATE numbers.tenure t SET during = tstzrange(lower(t.during), moment)
    WHERE t.msisdn = ANY (taken) AND upper_inf(t.during);
    -- What had ended by itself is closed, so that the next holder begins with nothing.
    UPDATE numbers.lock k SET until = greatest(moment, k.since)
    WHERE k.msisdn = ANY (taken) AND k.until IS NULL;
    UPDATE numbers.request r SET ended_at = moment, outcome = 'expired', ended_leaf_seq = given.proof
    FROM unnest(taken, proofs) AS given (msisdn, proof)
    WHERE r.msisdn = given.msisdn AND r.ended_at IS NULL;
    DELETE FROM numbers.stage_bar b WHERE b.msisdn = ANY (taken);
    DELETE FROM numbers.line l WHERE l.msisdn = ANY (taken);
    PERFORM numbers.ask_network(given.msisdn, given.proof, moment)
    FROM unnest(taken, proofs) AS given (msisdn, proof);
    RETURN done;
END $$;

-- Who may do what.
GRANT SELECT, INSERT ON numbers.reminder TO tenure_app;
GRANT SELECT, INSERT, DELETE ON numbers.stage_bar TO tenure_app;
GRANT SELECT, INSERT (msisdn, kind, reference, since, leaf_seq), UPDATE (until, release_leaf_seq)
    ON numbers.hold TO tenure_app;
GRANT SELECT ON numbers.recycled TO tenure_app;
GRANT SELECT ON numbers.reminder, numbers.hold, numbers.recycled TO tenure_privacy;
REVOKE ALL ON FUNCTION numbers.recycle FROM PUBLIC;
GRANT EXECUTE ON FUNCTION numbers.recycle TO tenure_app;
