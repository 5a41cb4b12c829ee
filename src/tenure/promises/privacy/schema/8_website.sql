-- The public website: what its forms bring, contests, answers about cookies, and visits with consent.

-- WEB-COLLECT: a contest is announced with the hash of its seed, before anybody can enter.
CREATE TABLE privacy.contest (
    contest text NOT NULL,
    commitment bytea NOT NULL,
    rules_sha256 bytea NOT NULL,
    winners integer NOT NULL,
    announced_at timestamptz NOT NULL,
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    claim_until timestamptz NOT NULL,
    winners_until timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT contest_pkey PRIMARY KEY (contest),
    CONSTRAINT contest_open_for_entries UNIQUE (contest, opens_at, closes_at),
    CONSTRAINT contest_to_be_drawn UNIQUE (contest, commitment, closes_at),
    CONSTRAINT contest_is_a_word CHECK (contest ~ '^[a-z][a-z0-9-]{0,39}$'),
    CONSTRAINT contest_commits_to_a_seed CHECK (length(commitment) = 32 AND length(rules_sha256) = 32),
    CONSTRAINT contest_times_in_order CHECK (
        announced_at < closes_at AND opens_at < closes_at AND closes_at < claim_until
        AND claim_until <= winners_until
    ),
    CONSTRAINT contest_has_winners CHECK (winners > 0),
    CONSTRAINT contest_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- WEB-COLLECT, WEB-KEEP: one form that somebody sent.  What they wrote is sealed under a key of its
-- own; what stands beside it leads to nobody.
CREATE TABLE privacy.entry (
    entry_id uuid NOT NULL,
    form text NOT NULL,
    subject_id bigint NOT NULL,
    language text NOT NULL,
    notice_version text NOT NULL,
    notice_sha256 bytea NOT NULL,
    given_at timestamptz NOT NULL,
    keep_until timestamptz NOT NULL,
    sealed privacy.sealed NOT NULL,
    contest text,
    opens_at timestamptz,
    closes_at timestamptz,
    own_notice_sha256 bytea,
    -- Who enters, as a keyed hash that is of use for this contest alone, and ends with the entry.
    mark bytea,
    -- The e-mail address that was given, as a keyed hash: who proves the address is shown all forms of it.
    contact bytea,
    answered_at timestamptz,
    answered_by text,
    leaf_seq bigint NOT NULL,
    CONSTRAINT entry_pkey PRIMARY KEY (entry_id),
    CONSTRAINT entry_and_whose_it_is UNIQUE (entry_id, subject_id),
    CONSTRAINT entry_contact_is_a_keyed_hash CHECK (octet_length(contact) = 32),
    CONSTRAINT entry_of_a_subject FOREIGN KEY (subject_id) REFERENCES people.subject (subject_id),
    CONSTRAINT entry_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT entry_of_an_announced_contest FOREIGN KEY (contest, opens_at, closes_at)
        REFERENCES privacy.contest (contest, opens_at, closes_at),
    CONSTRAINT entry_one_per_person UNIQUE (contest, mark),
    CONSTRAINT entry_form_is_a_word CHECK (form ~ '^[a-z][a-z0-9-]{0,39}$'),
    -- PRV-ACK: which text could be read, and in which language.
    CONSTRAINT entry_acknowledges_a_notice CHECK (notice_version <> '' AND length(notice_sha256) = 32),
    CONSTRAINT entry_of_a_contest_agrees_to_it CHECK (
        num_nulls(contest, opens_at, closes_at, own_notice_sha256, mark) IN (0, 5)
    ),
    CONSTRAINT entry_while_it_is_open CHECK (given_at >= opens_at AND given_at < closes_at),
    CONSTRAINT entry_ends CHECK (keep_until > given_at AND keep_until < 'infinity'),
    CONSTRAINT entry_answered_by_somebody CHECK ((answered_at IS NULL) = (answered_by IS NULL))
);

CREATE INDEX entry_by_end ON privacy.entry (keep_until);
CREATE INDEX entry_by_subject ON privacy.entry (subject_id);
CREATE INDEX entry_by_contact ON privacy.entry (contact) WHERE contact IS NOT NULL;

-- A draw: the seed that was announced, and the tickets among which it chose.  A ticket is a random
-- number; once its entry has ended it leads to nobody.
CREATE TABLE privacy.draw (
    contest text NOT NULL,
    commitment bytea NOT NULL,
    closes_at timestamptz NOT NULL,
    seed bytea NOT NULL,
    tickets uuid[] NOT NULL,
    drawn_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT draw_pkey PRIMARY KEY (contest),
    CONSTRAINT draw_of_an_announced_contest FOREIGN KEY (contest, commitment, closes_at)
        REFERENCES privacy.contest (contest, commitment, closes_at),
    CONSTRAINT draw_from_the_seed_that_was_announced CHECK (
        length(seed) = 32 AND sha256(seed) = commitment
    ),
    CONSTRAINT draw_after_the_end CHECK (drawn_at >= closes_at),
    CONSTRAINT draw_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE TABLE privacy.winner (
    contest text NOT NULL,
    place integer NOT NULL,
    ticket uuid NOT NULL,
    subject_id bigint NOT NULL,
    -- Name and number in part, as they are published; nothing once their time is over.
    shown text,
    identified_at timestamptz,
    identified_by text,
    photo_ppm integer,
    photo_reference text,
    CONSTRAINT winner_pkey PRIMARY KEY (contest, place),
    CONSTRAINT winner_once UNIQUE (contest, ticket),
    CONSTRAINT winner_of_a_draw FOREIGN KEY (contest) REFERENCES privacy.draw (contest),
    CONSTRAINT winner_identified_in_person CHECK (
        num_nulls(identified_at, identified_by, photo_ppm, photo_reference) IN (0, 4)
    ),
    CONSTRAINT winner_photo_matches CHECK (photo_ppm >= 950000 AND photo_reference <> '')
);

-- WEB-COOKIE: what a browser was asked and what it answered.  No address, no name: a random number.
CREATE TABLE privacy.cookie_answer (
    consent_id uuid NOT NULL,
    at timestamptz NOT NULL,
    version text NOT NULL,
    text_sha256 bytea NOT NULL,
    language text NOT NULL,
    convenience boolean NOT NULL,
    visits boolean NOT NULL,
    until_at timestamptz NOT NULL,
    keep_until timestamptz NOT NULL,
    CONSTRAINT cookie_answer_pkey PRIMARY KEY (consent_id, at),
    CONSTRAINT cookie_answer_for_visits UNIQUE (consent_id, at, visits),
    CONSTRAINT cookie_answer_to_a_text CHECK (version <> '' AND length(text_sha256) = 32),
    CONSTRAINT cookie_answer_ends CHECK (at < until_at AND until_at < keep_until AND keep_until < 'infinity')
);

CREATE INDEX cookie_answer_by_end ON privacy.cookie_answer (keep_until);

-- WEB-COOKIE: a page that was opened by a browser that said yes to being counted.
CREATE TABLE privacy.visit (
    visit_id uuid NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    address text NOT NULL,
    browser text NOT NULL,
    system text NOT NULL,
    page text NOT NULL,
    consent_id uuid NOT NULL,
    answered_at timestamptz NOT NULL,
    agreed boolean NOT NULL,
    keep_until timestamptz NOT NULL,
    CONSTRAINT visit_pkey PRIMARY KEY (visit_id, seq),
    CONSTRAINT visit_agreed_to FOREIGN KEY (consent_id, answered_at, agreed)
        REFERENCES privacy.cookie_answer (consent_id, at, visits),
    CONSTRAINT visit_with_a_yes CHECK (agreed),
    CONSTRAINT visit_address_in_part CHECK (address ~ '^([0-9]{1,3}\.){2}0\.0/16$' OR address ~ '^[0-9a-f:]+::/32$' OR address = ''),
    CONSTRAINT visit_browser_by_its_kind CHECK (browser ~ '^[A-Za-z ]{0,20}$' AND system ~ '^[A-Za-z ]{0,20}$'),
    CONSTRAINT visit_page_without_a_query CHECK (page ~ '^/[a-z0-9/-]{0,120}$'),
    CONSTRAINT visit_ends CHECK (keep_until > at AND keep_until < 'infinity')
);

CREATE INDEX visit_by_end ON privacy.visit (keep_until);
CREATE INDEX visit_by_consent ON privacy.visit (consent_id);

-- A named demand that is not met, as a constraint says it.
CREATE FUNCTION privacy.demand_of_contest(ok boolean, name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF ok IS NOT TRUE THEN
        RAISE EXCEPTION 'refused by %', name USING ERRCODE = 'check_violation', CONSTRAINT = name;
    END IF;
END $$;

-- In which order tickets win: by the hash of seed, list and ticket.  Nobody knows it before the list
-- is complete, and everybody can compute it afterwards.
CREATE FUNCTION privacy.in_order(seed bytea, tickets uuid[]) RETURNS uuid[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(ticket ORDER BY sha256(seed || list || uuid_send(ticket)))
    FROM unnest(tickets) AS ticket,
         (SELECT sha256(coalesce(string_agg(uuid_send(one), ''::bytea ORDER BY one), ''::bytea)) AS list
          FROM unnest(tickets) AS one) AS listed
$$;

-- The one door to winners: computes them itself.  `shown` has what is published of each, by place.
CREATE FUNCTION privacy.draw_winners(given privacy.draw, shown text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known privacy.contest;
    ordered uuid[] := privacy.in_order(given.seed, given.tickets);
    count_won integer;
BEGIN
    SELECT c.* INTO known FROM privacy.contest c WHERE c.contest = given.contest FOR UPDATE;
    PERFORM privacy.demand_of_contest(FOUND, 'draw_of_an_announced_contest');
    PERFORM privacy.demand_of_contest(NOT EXISTS (
        SELECT FROM unnest(given.tickets) AS t
        WHERE NOT EXISTS (
            SELECT FROM privacy.entry e WHERE e.entry_id = t AND e.contest = given.contest)
    ), 'draw_among_those_who_entered');
    PERFORM privacy.demand_of_contest(
        (SELECT count(*) = count(DISTINCT t) FROM unnest(given.tickets) AS t),
        'draw_has_each_ticket_once');
    count_won := least(known.winners, cardinality(given.tickets));
    PERFORM privacy.demand_of_contest(cardinality(shown) = count_won, 'draw_shows_every_winner');
    INSERT INTO privacy.draw SELECT given.*;
    INSERT INTO privacy.winner (contest, place, ticket, subject_id, shown)
    SELECT given.contest, place, e.entry_id, e.subject_id, shown[place]
    FROM generate_series(1, count_won) AS place JOIN privacy.entry e ON e.entry_id = ordered[place];
    UPDATE privacy.entry e SET keep_until = known.winners_until
    FROM privacy.winner w
    WHERE w.contest = given.contest AND e.entry_id = w.ticket AND e.keep_until < known.winners_until;
END $$;

-- A winner was seen in a shop, in the time of claims, by somebody of ours.
CREATE FUNCTION privacy.identify_winner(
    which text, at_place integer, at timestamptz, login text, ppm integer, reference text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM privacy.demand_of_contest(EXISTS (
        SELECT FROM privacy.contest c JOIN privacy.draw d USING (contest)
        WHERE c.contest = which AND at >= d.drawn_at AND at < c.claim_until
    ), 'winner_claims_in_time');
    PERFORM privacy.demand_of_contest(EXISTS (
        SELECT FROM staff.member m WHERE m.login = identify_winner.login
    ), 'winner_seen_by_one_of_ours');
    UPDATE privacy.winner w
    SET identified_at = at, identified_by = login, photo_ppm = ppm, photo_reference = reference
    WHERE w.contest = which AND w.place = at_place AND w.identified_at IS NULL;
    PERFORM privacy.demand_of_contest(FOUND, 'winner_identified_once');
END $$;

-- WEB-KEEP: what has reached its end is destroyed; the subjects whose keys are to be destroyed too.
CREATE FUNCTION privacy.end_website(moment timestamptz) RETURNS TABLE (subject_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM privacy.visit v WHERE v.keep_until <= moment;
    DELETE FROM privacy.cookie_answer c WHERE c.keep_until <= moment
        AND NOT EXISTS (SELECT FROM privacy.visit v WHERE v.consent_id = c.consent_id);
    UPDATE privacy.winner w SET shown = NULL, photo_reference = CASE WHEN w.identified_at IS NULL THEN NULL ELSE 'ended' END
    FROM privacy.contest c WHERE c.contest = w.contest AND c.winners_until <= moment AND w.shown IS NOT NULL;
    RETURN QUERY
        WITH gone AS (
            DELETE FROM privacy.entry e
            WHERE e.keep_until <= moment AND NOT EXISTS (
                -- A legal hold keeps what it names, and what it kept ends after its release.
                SELECT FROM privacy.hold h
                WHERE h.kind = 'subject' AND h.whom = e.subject_id AND h.released_at IS NULL
                  AND (h.keeps = '{}' OR 'website' = ANY (h.keeps))
                  AND h.during && tstzrange(e.given_at, e.keep_until, '[]')
                  AND privacy.hold_counts(h, moment)
            )
            RETURNING e.subject_id
        )
        SELECT DISTINCT gone.subject_id FROM gone;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.demand_of_contest, privacy.in_order, privacy.draw_winners,
    privacy.identify_winner, privacy.end_website FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.in_order TO tenure_app, tenure_privacy;
GRANT EXECUTE ON FUNCTION privacy.draw_winners, privacy.identify_winner, privacy.end_website TO tenure_app;
GRANT SELECT, INSERT ON privacy.contest TO tenure_app;
GRANT SELECT, INSERT, UPDATE (answered_at, answered_by) ON privacy.entry TO tenure_app;
GRANT SELECT ON privacy.draw, privacy.winner TO tenure_app;
GRANT SELECT, INSERT ON privacy.cookie_answer TO tenure_app;
-- A no ends what was recorded with the yes.
GRANT SELECT, INSERT, DELETE ON privacy.visit TO tenure_app;
GRANT SELECT ON privacy.contest, privacy.entry, privacy.draw, privacy.winner, privacy.cookie_answer,
    privacy.visit TO tenure_privacy;
