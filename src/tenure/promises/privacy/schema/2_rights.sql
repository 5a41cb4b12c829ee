-- PRV-RIGHTS: what somebody asked about what is held of them, and every step until they were told.

-- A request as it was received, with what the operator owed at that moment.
CREATE TABLE privacy.rights_case (
    case_id uuid NOT NULL,
    right_name text NOT NULL,
    whose_kind text NOT NULL,
    whose_id bigint NOT NULL,
    -- A person who asks for somebody else; NULL: themselves.
    asked_by bigint,
    -- SHA-256 of the paper by which they may, in hexadecimal; '' for themselves and for a guardian.
    document text NOT NULL,
    channel text NOT NULL,
    received_at timestamptz NOT NULL,
    entered_at timestamptz NOT NULL,
    language text NOT NULL,
    msisdn text COLLATE "C" NOT NULL,
    in_writing boolean NOT NULL,
    wanted text[] NOT NULL,
    scope text NOT NULL,
    answer_ms bigint NOT NULL,
    extension_max_ms bigint NOT NULL,
    pauses boolean NOT NULL,
    needs_proof boolean NOT NULL,
    same_as uuid,
    leaf_seq bigint NOT NULL,
    -- Columns of their own, so that foreign keys carry them.
    prover_kind text GENERATED ALWAYS AS (CASE WHEN asked_by IS NULL THEN whose_kind ELSE 'person' END) STORED,
    prover_id bigint GENERATED ALWAYS AS (coalesce(asked_by, whose_id)) STORED,
    is_reached boolean GENERATED ALWAYS AS (scope <> 'messaging' OR in_writing) STORED,
    CONSTRAINT rights_case_pkey PRIMARY KEY (case_id),
    CONSTRAINT rights_case_as_it_was_received UNIQUE (
        case_id, received_at, answer_ms, extension_max_ms, pauses, needs_proof, is_reached
    ),
    CONSTRAINT rights_case_and_who_proves UNIQUE (case_id, prover_kind, prover_id),
    CONSTRAINT rights_case_of_whom UNIQUE (case_id, right_name, whose_kind, whose_id),
    CONSTRAINT rights_case_right_is_known CHECK (right_name IN (
        'know', 'copy', 'correct', 'withdraw', 'restrict', 'stop-marketing', 'delete', 'disclosed'
    )),
    CONSTRAINT rights_case_kind_is_known CHECK (whose_kind IN ('person', 'subject', 'human')),
    CONSTRAINT rights_case_channel_is_known CHECK (channel IN (
        'shop', 'dealer', 'e-mail', 'letter', 'ussd', 'app', 'web', 'call', 'messenger'
    )),
    CONSTRAINT rights_case_scope_is_known CHECK (scope IN (
        'registration', 'held', 'everything', 'disclosures', 'messaging', 'named', 'marketing'
    )),
    CONSTRAINT rights_case_is_received_before_it_is_entered CHECK (entered_at >= received_at),
    CONSTRAINT rights_case_msisdn_is_e164 CHECK (msisdn ~ '^([1-9][0-9]{6,14})?$'),
    CONSTRAINT rights_case_document_is_a_hash CHECK (document ~ '^([0-9a-f]{64})?$'),
    CONSTRAINT rights_case_wanted_is_words CHECK (
        array_to_string(wanted, ',') ~ '^[a-z0-9, _-]*$' AND length(array_to_string(wanted, ',')) <= 400
    ),
    CONSTRAINT rights_case_has_hours CHECK (answer_ms > 0 AND extension_max_ms >= 0),
    -- Only a no needs no proof: nothing is told or taken from anybody by it.
    CONSTRAINT rights_case_is_proven_unless_it_is_a_no
        CHECK (needs_proof OR right_name IN ('withdraw', 'stop-marketing')),
    CONSTRAINT rights_case_for_somebody_else CHECK (
        asked_by IS NULL OR whose_kind <> 'person' OR asked_by <> whose_id
    ),
    CONSTRAINT rights_case_same_as_one_of_the_same FOREIGN KEY (same_as, right_name, whose_kind, whose_id)
        REFERENCES privacy.rights_case (case_id, right_name, whose_kind, whose_id),
    CONSTRAINT rights_case_is_not_itself CHECK (same_as <> case_id),
    CONSTRAINT rights_case_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX rights_case_by_whom ON privacy.rights_case (whose_kind, whose_id, right_name);

-- What proved who asks: a signature of exactly this request, of theirs or of a witness.
CREATE TABLE privacy.rights_proof (
    case_id uuid NOT NULL,
    prover_kind text NOT NULL,
    prover_id bigint NOT NULL,
    way text NOT NULL,
    body text NOT NULL,
    at timestamptz NOT NULL,
    credential_id bytea,
    authenticator_data bytea,
    client_data_json bytea,
    signature bytea,
    photo_ppm integer,
    photo_reference text,
    witness bigint,
    login text,
    own_credential bytea GENERATED ALWAYS AS (CASE WHEN way = 'passkey' THEN credential_id END) STORED,
    CONSTRAINT rights_proof_is_one PRIMARY KEY (case_id),
    CONSTRAINT rights_proof_of_who_asks FOREIGN KEY (case_id, prover_kind, prover_id)
        REFERENCES privacy.rights_case (case_id, prover_kind, prover_id),
    -- Whoever has a SIM, or reads its messages, has shown nothing: that is no way.
    CONSTRAINT rights_proof_is_never_a_sim CHECK (way IN ('passkey', 'presence', 'login')),
    CONSTRAINT rights_proof_body_is_of_this_case CHECK (
        body::jsonb ->> 'kind' = 'privacy.proof' AND body::jsonb ->> 'case' = case_id::text
        AND body::jsonb ->> 'asked_by' = prover_kind || ' ' || prover_id
    ),
    CONSTRAINT rights_proof_is_whole CHECK (CASE way
        WHEN 'login' THEN prover_kind = 'human' AND login IS NOT NULL
            AND num_nonnulls(credential_id, authenticator_data, client_data_json, signature, witness) = 0
        ELSE num_nulls(credential_id, authenticator_data, client_data_json, signature) = 0
            AND (way = 'presence') = (witness IS NOT NULL)
            AND (way = 'presence') = (photo_ppm IS NOT NULL AND photo_reference IS NOT NULL)
            AND login IS NULL
    END),
    CONSTRAINT rights_proof_photo_matches CHECK (photo_ppm BETWEEN 950000 AND 1000000),
    -- WebAuthn section 5.8.1: what was signed says what it was asked to sign, in base64url.
    CONSTRAINT rights_proof_signs_exactly_this CHECK (
        convert_from(client_data_json, 'UTF8')::jsonb ->> 'challenge' = rtrim(translate(
            encode(sha256(convert_to(body, 'UTF8')), 'base64'), '+/', '-_'), '=')
    ),
    CONSTRAINT rights_proof_in_person CHECK (
        octet_length(authenticator_data) >= 37 AND get_byte(authenticator_data, 32) & 5 = 5
    ),
    CONSTRAINT rights_proof_signature_is_used_once UNIQUE (signature),
    CONSTRAINT rights_proof_by_the_persons_key FOREIGN KEY (own_credential, prover_id)
        REFERENCES people.passkey (credential_id, person_id),
    CONSTRAINT rights_proof_by_the_witness_key FOREIGN KEY (credential_id, witness)
        REFERENCES staff.passkey (credential_id, human_id),
    CONSTRAINT rights_proof_by_the_login_of_the_human FOREIGN KEY (login, prover_id)
        REFERENCES staff.member (login, human_id)
);

-- One step of a case.  Each names the step before it, and the key of that one carries where the case
-- stood: so the checks below need no trigger, and what was done is one chain.
CREATE TABLE privacy.rights_step (
    case_id uuid NOT NULL,
    seq integer NOT NULL,
    step text NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    by_login text NOT NULL,
    due_at timestamptz NOT NULL,
    proven boolean NOT NULL,
    paused_ms bigint NOT NULL,
    extended_ms bigint NOT NULL,
    outcome text NOT NULL,
    ground text NOT NULL,
    reason text NOT NULL,
    leaf_seq bigint NOT NULL,
    -- Of the case.
    received_at timestamptz NOT NULL,
    answer_ms bigint NOT NULL,
    extension_max_ms bigint NOT NULL,
    pauses boolean NOT NULL,
    needs_proof boolean NOT NULL,
    is_reached boolean NOT NULL,
    -- Of the step before; NULL for the first one.
    before_seq integer,
    before_state text,
    before_at timestamptz,
    before_due_at timestamptz,
    before_proven boolean,
    before_paused_ms bigint,
    before_extended_ms bigint,
    before_outcome text,
    -- What two of ours agreed to, and who of them did not ask.
    refusal_body text,
    refusal_hash bytea,
    refusal_approved_by bigint,
    -- An answer after the deadline is late for ever.
    late boolean GENERATED ALWAYS AS (step = 'tell' AND at > due_at) STORED,
    proof_of uuid GENERATED ALWAYS AS (CASE WHEN proven THEN case_id END) STORED,
    CONSTRAINT rights_step_one_at_a_time PRIMARY KEY (case_id, seq),
    CONSTRAINT rights_step_as_it_was UNIQUE (
        case_id, seq, state, at, due_at, proven, paused_ms, extended_ms, outcome
    ),
    CONSTRAINT rights_step_of_a_case FOREIGN KEY (
        case_id, received_at, answer_ms, extension_max_ms, pauses, needs_proof, is_reached
    ) REFERENCES privacy.rights_case (
        case_id, received_at, answer_ms, extension_max_ms, pauses, needs_proof, is_reached
    ),
    CONSTRAINT rights_step_follows_the_one_before FOREIGN KEY (
        case_id, before_seq, before_state, before_at, before_due_at, before_proven, before_paused_ms,
        before_extended_ms, before_outcome
    ) REFERENCES privacy.rights_step (
        case_id, seq, state, at, due_at, proven, paused_ms, extended_ms, outcome
    ),
    CONSTRAINT rights_step_counts_up CHECK (
        seq = coalesce(before_seq, 0) + 1 AND (before_seq IS NULL) = (seq = 1)
        AND num_nulls(before_seq, before_state, before_at, before_due_at, before_proven,
                      before_paused_ms, before_extended_ms, before_outcome) IN (0, 8)
    ),
    -- The table of moves, as the model has it.
    CONSTRAINT rights_step_is_a_move CHECK ((coalesce(before_state, ''), step, state) IN (
        ('', 'receive', 'received'), ('received', 'ask-proof', 'proving'),
        ('received', 'prove', 'proven'), ('received', 'pass', 'proven'), ('proving', 'prove', 'proven'),
        ('proven', 'scope', 'scoped'), ('scoped', 'check', 'checked'),
        ('checked', 'execute', 'executed'), ('executed', 'propagate', 'propagated'),
        ('propagated', 'tell', 'told'), ('declined', 'tell', 'told'), ('told', 'close', 'closed'),
        ('received', 'decline', 'declined'), ('proving', 'decline', 'declined'),
        ('proven', 'decline', 'declined'), ('scoped', 'decline', 'declined'),
        ('checked', 'decline', 'declined'), ('received', 'extend', 'received'),
        ('proven', 'extend', 'proven'), ('scoped', 'extend', 'scoped'), ('checked', 'extend', 'checked')
    )),
    CONSTRAINT rights_step_is_not_before_the_last CHECK (at >= before_at AND at >= received_at),
    -- The deadline: receipt, hours, pauses that are over, extensions.
    CONSTRAINT rights_step_due_from_receipt CHECK (
        due_at = received_at + (answer_ms + paused_ms + extended_ms) * interval '1 millisecond'
    ),
    CONSTRAINT rights_step_pauses_for_a_proof_only CHECK (
        paused_ms = coalesce(before_paused_ms, 0) + CASE WHEN before_state = 'proving' AND pauses
            THEN (extract(epoch FROM at - before_at) * 1000)::bigint ELSE 0 END
        AND (state <> 'proving' OR needs_proof)
    ),
    CONSTRAINT rights_step_extends_in_time_with_a_reason CHECK (CASE WHEN step = 'extend'
        THEN extended_ms > before_extended_ms AND extended_ms <= extension_max_ms
             AND at < before_due_at AND reason ~ '[^[:space:]]'
        ELSE extended_ms = coalesce(before_extended_ms, 0)
    END),
    CONSTRAINT rights_step_proven_by_a_proof
        CHECK (proven = (coalesce(before_proven, false) OR step = 'prove') AND (step <> 'pass' OR NOT needs_proof)),
    CONSTRAINT rights_step_has_its_proof FOREIGN KEY (proof_of) REFERENCES privacy.rights_proof (case_id),
    CONSTRAINT rights_step_outcome_is_known
        CHECK (outcome IN ('', 'done', 'partial', 'refused', 'referred', 'withdrawn')),
    CONSTRAINT rights_step_ends_once CHECK (CASE WHEN step IN ('execute', 'decline')
        THEN outcome <> '' AND before_outcome = ''
        ELSE outcome = coalesce(before_outcome, '')
    END),
    CONSTRAINT rights_step_declines_what_is_not_done CHECK (
        (step <> 'decline' OR outcome IN ('refused', 'referred', 'withdrawn'))
        AND (step <> 'execute' OR outcome IN ('done', 'partial', 'refused'))
    ),
    -- Nothing is told or done to anybody who did not show who they are.
    CONSTRAINT rights_step_done_is_proven
        CHECK (outcome NOT IN ('done', 'partial', 'referred') OR proven OR NOT needs_proof),
    CONSTRAINT rights_step_done_is_reached CHECK (outcome NOT IN ('done', 'partial') OR is_reached),
    CONSTRAINT rights_step_no_without_a_ground CHECK ((ground <> '') = (outcome IN ('partial', 'refused'))),
    CONSTRAINT rights_step_ground_is_a_word CHECK (ground ~ '^[a-z-]{0,30}$'),
    CONSTRAINT rights_step_told_by_something CHECK (step <> 'tell' OR reason ~ '^(notice|letter) '),
    -- Four eyes: what somebody of ours finds unfounded, another one signed as well.
    CONSTRAINT rights_step_refused_by_two CHECK (
        (ground = 'unfounded' AND step = 'decline') = (refusal_hash IS NOT NULL)
        AND num_nulls(refusal_body, refusal_hash, refusal_approved_by) IN (0, 3)
        AND (refusal_hash IS NULL OR (
            refusal_hash = sha256(convert_to(refusal_body, 'UTF8'))
            AND refusal_body::jsonb ->> 'kind' = 'privacy.refusal'
            AND refusal_body::jsonb ->> 'case' = case_id::text
        ))
    ),
    CONSTRAINT rights_step_refused_as_it_was_signed FOREIGN KEY (refusal_hash, refusal_approved_by)
        REFERENCES staff.approval (request_hash, approved_by),
    CONSTRAINT rights_step_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- What became of each part; one that is kept never blocks the others.
CREATE TABLE privacy.rights_result (
    case_id uuid NOT NULL,
    item text NOT NULL,
    done boolean NOT NULL,
    ground text NOT NULL,
    reference text NOT NULL,
    until_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT rights_result_once PRIMARY KEY (case_id, item),
    CONSTRAINT rights_result_of_a_case FOREIGN KEY (case_id) REFERENCES privacy.rights_case (case_id),
    CONSTRAINT rights_result_names_no_data CHECK (item ~ '^[a-z][a-z0-9 ._:/-]{0,119}$'),
    CONSTRAINT rights_result_no_has_a_ground CHECK (done = (ground = '') AND ground ~ '^[a-z-]{0,30}$'),
    CONSTRAINT rights_result_reference_is_an_id CHECK (reference ~ '^[0-9A-Za-z .:/_-]{0,120}$'),
    CONSTRAINT rights_result_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- What is not closed: a small table, since the clock goes through it.
CREATE TABLE privacy.rights_open (
    case_id uuid NOT NULL,
    CONSTRAINT rights_open_pkey PRIMARY KEY (case_id),
    CONSTRAINT rights_open_of_a_case FOREIGN KEY (case_id)
        REFERENCES privacy.rights_case (case_id) ON DELETE CASCADE
);

-- The officers hear of a case that is open after so much of its time, once each.
CREATE TABLE privacy.rights_alert (
    case_id uuid NOT NULL,
    percent integer NOT NULL,
    due_at timestamptz NOT NULL,
    raised_at timestamptz NOT NULL,
    CONSTRAINT rights_alert_once PRIMARY KEY (case_id, percent),
    CONSTRAINT rights_alert_of_a_case FOREIGN KEY (case_id)
        REFERENCES privacy.rights_case (case_id) ON DELETE CASCADE,
    CONSTRAINT rights_alert_is_a_share CHECK (percent BETWEEN 1 AND 99)
);

-- What was received, proven, done and told stays as it was.
CREATE FUNCTION privacy.rights_stay() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was done about a request is never changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stays';
END $$;

CREATE TRIGGER rights_case_stays BEFORE UPDATE ON privacy.rights_case
    FOR EACH ROW EXECUTE FUNCTION privacy.rights_stay();
CREATE TRIGGER rights_proof_stays BEFORE UPDATE ON privacy.rights_proof
    FOR EACH ROW EXECUTE FUNCTION privacy.rights_stay();
CREATE TRIGGER rights_step_stays BEFORE UPDATE ON privacy.rights_step
    FOR EACH ROW EXECUTE FUNCTION privacy.rights_stay();
CREATE TRIGGER rights_result_stays BEFORE UPDATE ON privacy.rights_result
    FOR EACH ROW EXECUTE FUNCTION privacy.rights_stay();

-- The one door by which somebody's messages go at their request: it looks at the request itself.
CREATE FUNCTION privacy.rights_delete_volunteered(asked uuid, occasions text[], moment timestamptz)
RETURNS TABLE (gone bigint, kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c privacy.rights_case;
BEGIN
    SELECT k.* INTO c FROM privacy.rights_case k
    WHERE k.case_id = asked AND k.right_name = 'delete' AND k.scope = 'messaging' AND k.in_writing
      AND EXISTS (SELECT FROM privacy.rights_proof p WHERE p.case_id = k.case_id)
      AND ((SELECT s.state FROM privacy.rights_step s WHERE s.case_id = k.case_id
            ORDER BY s.seq DESC LIMIT 1) = 'checked'
           -- What a hold kept was promised to follow.
           OR EXISTS (SELECT FROM privacy.rights_result r
                      WHERE r.case_id = k.case_id AND r.item = 'messages on hold'));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no request in writing, proven and checked, is about this'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_deletes_by_a_request';
    END IF;
    RETURN QUERY
    WITH theirs AS (
        SELECT i.subject_id, i.item, i.place, i.since,
               privacy.is_held(ARRAY[c.whose_kind], ARRAY[c.whose_id], 'subject', i.since, moment) AS held
        FROM people.item i JOIN people.subject s USING (subject_id)
        WHERE i.occasion = ANY (occasions)
          -- What was given after the answer was not asked to go.
          AND i.since <= coalesce((SELECT max(s.at) FROM privacy.rights_step s
                                   WHERE s.case_id = asked AND s.step = 'execute'), moment)
          AND CASE c.whose_kind WHEN 'person' THEN s.person_id = c.whose_id
                                WHEN 'subject' THEN s.subject_id = c.whose_id ELSE false END
    ), deleted AS (
        DELETE FROM people.item i USING theirs t
        WHERE NOT t.held AND (i.subject_id, i.item, i.place, i.since) = (t.subject_id, t.item, t.place, t.since)
        RETURNING i.subject_id
    )
    SELECT (SELECT count(*) FROM deleted), (SELECT count(*) FROM theirs WHERE held);
END $$;

-- Who may do what.  Nothing of it is deleted by the application; retention ends it by its own door.
REVOKE ALL ON FUNCTION privacy.rights_stay(), privacy.rights_delete_volunteered(uuid, text[], timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.rights_delete_volunteered(uuid, text[], timestamptz) TO tenure_app;
GRANT SELECT, INSERT ON privacy.rights_case, privacy.rights_proof, privacy.rights_step,
    privacy.rights_result, privacy.rights_alert TO tenure_app;
GRANT SELECT, INSERT, DELETE ON privacy.rights_open TO tenure_app;
GRANT SELECT ON privacy.rights_case, privacy.rights_proof, privacy.rights_step, privacy.rights_result,
    privacy.rights_open, privacy.rights_alert TO tenure_privacy;
