-- Gathered from src/tenure/promises/*/schema.sql by make migration; do not edit.


-- record 01_leaf ----------------------------------------------------------------------------

-- What we did can be proved, and cannot be unsaid.

CREATE SCHEMA record;

COMMENT ON SCHEMA record IS 'What we did can be proved, and cannot be unsaid.';

-- A leaf is written in the transaction of the change it tells of.  It is never changed: the
-- application may only add, and the sequencer gives it its place in the log afterwards.
CREATE TABLE record.leaf (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    leaf_hash bytea NOT NULL,
    CONSTRAINT leaf_pkey PRIMARY KEY (seq),
    CONSTRAINT leaf_kind_is_a_name CHECK (kind ~ '^[a-z]+(\.[a-z_]+)+$'),
    -- RFC 6962 section 2.1: an edited body no longer fits its hash, whoever edits it.
    CONSTRAINT leaf_hash_is_of_its_body
        CHECK (leaf_hash = sha256('\x00'::bytea || convert_to(body, 'UTF8')))
);

COMMENT ON TABLE record.leaf IS 'Canonical JSON (RFC 8785) of what was done, without personal data.';

-- What a commitment in a leaf stands for.  Deleting the row is what erasure means for the record:
-- the leaf stays, and nobody can tell any more whom it was about.
CREATE TABLE record.opening (
    leaf_seq bigint NOT NULL,
    field text NOT NULL,
    salt bytea NOT NULL,
    value text NOT NULL,
    CONSTRAINT opening_pkey PRIMARY KEY (leaf_seq, field),
    CONSTRAINT opening_of_a_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT opening_salt_is_long CHECK (octet_length(salt) = 32)
);

CREATE INDEX opening_by_value ON record.opening (field, value);

-- Who may do what.
GRANT USAGE ON SCHEMA record TO tenure_app, tenure_regulator;
-- Nothing is unsaid: a leaf is added, and only the opening that ties it to somebody can go.
GRANT SELECT, INSERT ON record.leaf TO tenure_app;
GRANT SELECT, INSERT, DELETE ON record.opening TO tenure_app;
GRANT SELECT ON record.leaf TO tenure_regulator;


-- record 02_log -----------------------------------------------------------------------------

-- The log over the leaves: a tree that only grows (RFC 6962), kept in tiles, seen by witnesses.

-- Leaves are committed in another order than they are numbered, and numbers have gaps.  So each leaf
-- waits here, from the statement that writes it until the sequencer has given it its place.
CREATE TABLE record.unsequenced (
    leaf_seq bigint NOT NULL,
    CONSTRAINT unsequenced_pkey PRIMARY KEY (leaf_seq),
    CONSTRAINT unsequenced_is_a_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

COMMENT ON TABLE record.unsequenced IS 'Leaves that wait for their place in the log.';

-- One log at a time is open.  A log that cannot go on is closed, and a successor begins by saying so.
CREATE TABLE record.log (
    log_id integer NOT NULL,
    origin text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    successor_id integer,
    CONSTRAINT log_pkey PRIMARY KEY (log_id),
    CONSTRAINT log_origin_is_its_own UNIQUE (origin),
    CONSTRAINT log_successor_is_a_log FOREIGN KEY (successor_id) REFERENCES record.log (log_id),
    CONSTRAINT log_has_a_successor_once_closed CHECK ((closed_at IS NULL) = (successor_id IS NULL)),
    CONSTRAINT log_succeeds_later CHECK (successor_id > log_id),
    -- C2SP signed-note: the origin is the name in the log's keys.
    CONSTRAINT log_origin_is_a_key_name CHECK (origin <> '' AND origin !~ '[+[:space:]]')
);

CREATE UNIQUE INDEX log_open_is_one ON record.log ((true)) WHERE closed_at IS NULL;

-- What a log signs with, as others verify it.  The signing keys are in files outside the database.
CREATE TABLE record.log_key (
    log_id integer NOT NULL,
    vkey text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    CONSTRAINT log_key_pkey PRIMARY KEY (log_id, vkey),
    CONSTRAINT log_key_of_a_log FOREIGN KEY (log_id) REFERENCES record.log (log_id)
);

-- Each leaf has one place, and each place of a log one leaf.
CREATE TABLE record.place (
    log_id integer NOT NULL,
    index bigint NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT place_pkey PRIMARY KEY (log_id, index),
    CONSTRAINT place_of_a_leaf_is_one UNIQUE (leaf_seq),
    CONSTRAINT place_has_a_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT place_of_a_log FOREIGN KEY (log_id) REFERENCES record.log (log_id),
    CONSTRAINT place_counts_from_zero CHECK (index >= 0)
);

-- C2SP tlog-tiles: up to 256 hashes of one level; the last of each level grows until it is full.
CREATE TABLE record.tile (
    log_id integer NOT NULL,
    level smallint NOT NULL,
    number bigint NOT NULL,
    hashes bytea STORAGE EXTERNAL NOT NULL,
    CONSTRAINT tile_pkey PRIMARY KEY (log_id, level, number),
    CONSTRAINT tile_of_a_log FOREIGN KEY (log_id) REFERENCES record.log (log_id),
    CONSTRAINT tile_has_whole_hashes
        CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0)
);

-- Only what the witnesses have cosigned is here: an unseen checkpoint proves nothing to anybody.
CREATE TABLE record.checkpoint (
    log_id integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT checkpoint_pkey PRIMARY KEY (log_id, size),
    CONSTRAINT checkpoint_of_a_log FOREIGN KEY (log_id) REFERENCES record.log (log_id),
    CONSTRAINT checkpoint_is_of_something CHECK (size > 0 AND octet_length(root) = 32)
);

COMMENT ON TABLE record.checkpoint IS 'Signed states of the log, each with its cosignatures (C2SP).';

-- Who may do what.  Nothing that was published can be changed by the application.
GRANT SELECT, INSERT, DELETE ON record.unsequenced TO tenure_app;
GRANT SELECT, INSERT, UPDATE (closed_at, successor_id) ON record.log TO tenure_app;
GRANT SELECT, INSERT, UPDATE (until) ON record.log_key TO tenure_app;
GRANT SELECT, INSERT ON record.place TO tenure_app;
GRANT SELECT, INSERT, UPDATE (hashes) ON record.tile TO tenure_app;
GRANT SELECT, INSERT ON record.checkpoint TO tenure_app;
GRANT SELECT ON record.unsequenced, record.log, record.log_key, record.place, record.tile,
    record.checkpoint TO tenure_regulator;


-- staff 1_members ---------------------------------------------------------------------------

-- No one of ours can act alone against you.

CREATE SCHEMA staff;

COMMENT ON SCHEMA staff IS 'No one of ours can act alone against you.';

-- Somebody of ours.  Approvals count humans, so one human is one row, by their document.
CREATE TABLE staff.human (
    human_id bigint NOT NULL,
    name text NOT NULL,
    document_kind text NOT NULL,
    document_number text NOT NULL,
    since timestamptz NOT NULL,
    suspended_at timestamptz,
    CONSTRAINT human_pkey PRIMARY KEY (human_id),
    CONSTRAINT human_one_per_document UNIQUE (document_kind, document_number),
    CONSTRAINT human_document_kind_is_known
        CHECK (document_kind IN ('national-id', 'passport', 'invented')),
    -- 0 stands for nobody of ours where somebody asked.
    CONSTRAINT human_is_somebody CHECK (human_id > 0 AND name <> '' AND document_number <> '')
);

-- One login of a human, who may have several.
CREATE TABLE staff.member (
    login text NOT NULL,
    human_id bigint NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT member_pkey PRIMARY KEY (login),
    CONSTRAINT member_and_human UNIQUE (login, human_id),
    CONSTRAINT member_is_a_human FOREIGN KEY (human_id) REFERENCES staff.human (human_id),
    CONSTRAINT member_login_is_a_name CHECK (login ~ '^[a-z][a-z0-9._-]{0,39}$')
);

CREATE TABLE staff.role (
    login text NOT NULL,
    role text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT role_pkey PRIMARY KEY (login, role),
    CONSTRAINT role_of_a_member FOREIGN KEY (login) REFERENCES staff.member (login),
    CONSTRAINT role_is_known CHECK (role IN (
        'sales', 'care', 'fraud', 'finance', 'stock', 'legal', 'engineer', 'supervisor',
        'reviewer', 'privacy', 'regulator'
    ))
);

-- Who was refused what.
CREATE TABLE staff.attempt (
    attempt_id bigint GENERATED ALWAYS AS IDENTITY,
    login text NOT NULL,
    what text NOT NULL,
    refusal text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT attempt_pkey PRIMARY KEY (attempt_id)
);

CREATE INDEX attempt_by_login ON staff.attempt (login, at);

-- Who may do what.
GRANT USAGE ON SCHEMA staff TO tenure_app;
GRANT SELECT, INSERT, UPDATE (suspended_at) ON staff.human TO tenure_app;
GRANT SELECT, INSERT ON staff.member, staff.attempt TO tenure_app;
GRANT SELECT, INSERT, DELETE ON staff.role TO tenure_app;


-- staff 2_keys ------------------------------------------------------------------------------

-- How somebody of ours proves to be who they say.

-- A passkey of a human: only the public part is here.  Nobody can change whose it is.
CREATE TABLE staff.passkey (
    credential_id bytea NOT NULL,
    human_id bigint NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    added_at timestamptz NOT NULL,
    -- The invitation that it was registered with; the first one comes with the enrolment.
    invitation bytea,
    ended_at timestamptz,
    CONSTRAINT passkey_pkey PRIMARY KEY (credential_id),
    CONSTRAINT passkey_and_human UNIQUE (credential_id, human_id),
    CONSTRAINT passkey_one_per_invitation UNIQUE (invitation),
    CONSTRAINT passkey_of_a_human FOREIGN KEY (human_id) REFERENCES staff.human (human_id),
    CONSTRAINT passkey_count_is_a_count CHECK (sign_count >= 0),
    -- WebAuthn section 4: a credential's name has at most 1023 octets.
    CONSTRAINT passkey_name_has_its_length CHECK (octet_length(credential_id) BETWEEN 1 AND 1023)
);

CREATE INDEX passkey_by_human ON staff.passkey (human_id);

-- A link code that somebody was given; only its hash is here.
CREATE TABLE staff.invitation (
    code_hash bytea NOT NULL,
    login text NOT NULL,
    human_id bigint NOT NULL,
    invited_by bigint NOT NULL,
    at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    CONSTRAINT invitation_pkey PRIMARY KEY (code_hash),
    CONSTRAINT invitation_and_human UNIQUE (code_hash, human_id),
    CONSTRAINT invitation_of_a_member FOREIGN KEY (login, human_id)
        REFERENCES staff.member (login, human_id),
    CONSTRAINT invitation_by_a_human FOREIGN KEY (invited_by) REFERENCES staff.human (human_id),
    CONSTRAINT invitation_hash_is_sha256 CHECK (octet_length(code_hash) = 32),
    CONSTRAINT invitation_ends CHECK (until_at > at AND until_at <= at + interval '7 days')
);

-- An invitation of one human is of no use to another.
ALTER TABLE staff.passkey ADD CONSTRAINT passkey_by_an_own_invitation
    FOREIGN KEY (invitation, human_id) REFERENCES staff.invitation (code_hash, human_id);

-- What is to be signed by whom, and until when.
CREATE TABLE staff.challenge (
    challenge bytea NOT NULL,
    login text NOT NULL,
    human_id bigint NOT NULL,
    at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    CONSTRAINT challenge_pkey PRIMARY KEY (challenge),
    CONSTRAINT challenge_to_whom_until_when UNIQUE (challenge, login, human_id, until_at),
    CONSTRAINT challenge_to_a_member FOREIGN KEY (login, human_id)
        REFERENCES staff.member (login, human_id),
    CONSTRAINT challenge_cannot_be_guessed CHECK (octet_length(challenge) = 32),
    CONSTRAINT challenge_is_short CHECK (until_at > at AND until_at <= at + interval '5 minutes')
);

-- A challenge was signed: once, in time, with a key of the human it was made for.
CREATE TABLE staff.proof (
    challenge bytea NOT NULL,
    login text NOT NULL,
    human_id bigint NOT NULL,
    until_at timestamptz NOT NULL,
    credential_id bytea NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT proof_once PRIMARY KEY (challenge),
    CONSTRAINT proof_and_who UNIQUE (challenge, login),
    CONSTRAINT proof_of_a_challenge FOREIGN KEY (challenge, login, human_id, until_at)
        REFERENCES staff.challenge (challenge, login, human_id, until_at),
    CONSTRAINT proof_by_an_own_key FOREIGN KEY (credential_id, human_id)
        REFERENCES staff.passkey (credential_id, human_id),
    CONSTRAINT proof_in_time CHECK (at < until_at)
);

CREATE INDEX proof_by_human ON staff.proof (human_id, at);

-- Somebody is signed in on the page; only the hash of the token is here.
CREATE TABLE staff.session (
    token_hash bytea NOT NULL,
    challenge bytea NOT NULL,
    login text NOT NULL,
    since timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT session_pkey PRIMARY KEY (token_hash),
    CONSTRAINT session_one_per_proof UNIQUE (challenge),
    CONSTRAINT session_of_who_proved_it FOREIGN KEY (challenge, login)
        REFERENCES staff.proof (challenge, login),
    CONSTRAINT session_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
    CONSTRAINT session_ends CHECK (until_at > since AND until_at <= since + interval '12 hours')
);

-- Who may do what.
GRANT SELECT, INSERT ON staff.invitation, staff.challenge, staff.proof TO tenure_app;
GRANT SELECT, INSERT, UPDATE (sign_count, ended_at) ON staff.passkey TO tenure_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON staff.session TO tenure_app;


-- staff 3_approvals -------------------------------------------------------------------------

-- Four eyes, for whatever promise needs them.

-- Exactly what was asked, by its hash, and who asked; 0 when it was a subscriber.
CREATE TABLE staff.request (
    request_hash bytea NOT NULL,
    kind text NOT NULL,
    requested_by bigint NOT NULL,
    requested_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    CONSTRAINT request_pkey PRIMARY KEY (request_hash),
    CONSTRAINT request_who_asked_until_when UNIQUE (request_hash, requested_by, until_at),
    CONSTRAINT request_hash_is_sha256 CHECK (octet_length(request_hash) = 32),
    CONSTRAINT request_by_somebody CHECK (requested_by >= 0),
    CONSTRAINT request_ends CHECK (until_at > requested_at)
);

-- The checks need no trigger and the key of the request carries the asker, so that an approver can
-- neither approve an own request nor lie about who asked.  What was signed is kept as it was
-- signed, so that anybody can verify it again.
CREATE TABLE staff.approval (
    request_hash bytea NOT NULL,
    requested_by bigint NOT NULL,
    until_at timestamptz NOT NULL,
    approved_by bigint NOT NULL,
    login text NOT NULL,
    approved_at timestamptz NOT NULL,
    credential_id bytea NOT NULL,
    authenticator_data bytea NOT NULL,
    client_data_json bytea NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT approval_one_per_human PRIMARY KEY (request_hash, approved_by),
    CONSTRAINT approval_never_by_the_asker CHECK (approved_by <> requested_by),
    CONSTRAINT approval_of_exactly_this_request FOREIGN KEY (request_hash, requested_by, until_at)
        REFERENCES staff.request (request_hash, requested_by, until_at),
    CONSTRAINT approval_while_the_request_is_open CHECK (approved_at < until_at),
    CONSTRAINT approval_by_a_member FOREIGN KEY (login, approved_by)
        REFERENCES staff.member (login, human_id),
    CONSTRAINT approval_by_an_own_key FOREIGN KEY (credential_id, approved_by)
        REFERENCES staff.passkey (credential_id, human_id),
    CONSTRAINT approval_signature_is_used_once UNIQUE (signature),
    -- WebAuthn section 5.8.1: what was signed says what it was asked to sign, in base64url.
    CONSTRAINT approval_signs_exactly_this_request CHECK (
        convert_from(client_data_json, 'UTF8')::jsonb ->> 'challenge'
        = rtrim(translate(encode(request_hash, 'base64'), '+/', '-_'), '=')
    ),
    -- WebAuthn section 6.1: the owner of the key was present and verified.
    CONSTRAINT approval_in_person CHECK (
        octet_length(authenticator_data) >= 37 AND get_byte(authenticator_data, 32) & 5 = 5
    )
);

CREATE INDEX approval_by_human ON staff.approval (approved_by, approved_at);

-- The humans whose approval of a request counts at an instant: given since then, and not by
-- somebody who is suspended now.  For whoever must not trust the application.
CREATE FUNCTION staff.approvers(asked bytea, at_ timestamptz, since_ timestamptz)
RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
    SELECT approval.approved_by
    FROM staff.approval JOIN staff.human ON human.human_id = approval.approved_by
    WHERE approval.request_hash = asked AND approval.approved_at >= since_
      AND approval.approved_at <= at_
      AND (human.suspended_at IS NULL OR human.suspended_at > at_)
$$;

-- Who may do what.
REVOKE ALL ON FUNCTION staff.approvers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staff.approvers TO tenure_app;
-- Nothing that was agreed to can be changed or taken back by the application.
GRANT SELECT, INSERT ON staff.request, staff.approval TO tenure_app;


-- people ------------------------------------------------------------------------------------

-- We know you by as little as we need.

CREATE SCHEMA people;

COMMENT ON SCHEMA people IS 'We know you by as little as we need.';

CREATE TABLE people.person (
    person_id bigint NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    born_on date,
    document_kind text,
    document_number text,
    since timestamptz NOT NULL,
    CONSTRAINT person_pkey PRIMARY KEY (person_id),
    CONSTRAINT person_document_kind_is_known
        CHECK (document_kind IN ('national-id', 'passport', 'monk-id', 'family-book')),
    CONSTRAINT person_document_has_kind_and_number
        CHECK ((document_kind IS NULL) = (document_number IS NULL)),
    -- One person is one row, whatever counter they came to.
    CONSTRAINT person_one_per_document UNIQUE (document_kind, document_number)
);

-- A key that only its owner has.  What it signed can be verified by anybody, with the leaf.
CREATE TABLE people.passkey (
    credential_id bytea NOT NULL,
    person_id bigint NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    added_at timestamptz NOT NULL,
    ended_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT passkey_is_one_persons PRIMARY KEY (credential_id),
    CONSTRAINT passkey_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT passkey_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT passkey_has_a_form CHECK (
        octet_length(credential_id) BETWEEN 16 AND 1023 AND octet_length(public_key) BETWEEN 32 AND 2048
    ),
    CONSTRAINT passkey_counts_up CHECK (sign_count >= 0),
    CONSTRAINT passkey_ends_later CHECK (ended_at >= added_at)
);

CREATE INDEX passkey_by_person ON people.passkey (person_id);

-- PRV-MINOR: who answers for a minor.
CREATE TABLE people.guardian (
    ward_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT guardian_pkey PRIMARY KEY (ward_id, guardian_id, since),
    CONSTRAINT guardian_of_a_person FOREIGN KEY (ward_id) REFERENCES people.person (person_id),
    CONSTRAINT guardian_is_a_person FOREIGN KEY (guardian_id) REFERENCES people.person (person_id),
    CONSTRAINT guardian_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT guardian_never_of_oneself CHECK (ward_id <> guardian_id),
    CONSTRAINT guardian_ends_later CHECK (until > since)
);

-- Who may do what.
GRANT USAGE ON SCHEMA people TO tenure_app, tenure_privacy;
GRANT SELECT, INSERT, UPDATE, DELETE ON people.person TO tenure_app;
GRANT SELECT ON people.person, people.passkey, people.guardian TO tenure_privacy;
-- A key changes only in its counter, and ends; whose it is never changes.
GRANT SELECT, INSERT, UPDATE (sign_count, ended_at) ON people.passkey TO tenure_app;
GRANT SELECT, INSERT, UPDATE (until) ON people.guardian TO tenure_app;


-- notices -----------------------------------------------------------------------------------

-- You hear it from us before it costs you.

CREATE SCHEMA notices;

COMMENT ON SCHEMA notices IS 'You hear it from us before it costs you.';

-- What somebody is told, in the transaction of what it tells of.  The words are made when it is
-- sent, in the language that was chosen; here stand the kind and the facts.
CREATE TABLE notices.notice (
    notice_id bigint GENERATED ALWAYS AS IDENTITY,
    msisdn text COLLATE "C" NOT NULL,
    person_id bigint,
    language text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    facts jsonb NOT NULL,
    at timestamptz NOT NULL,
    sent_at timestamptz,
    dropped_at timestamptz,
    dropped text,
    CONSTRAINT notice_pkey PRIMARY KEY (notice_id),
    CONSTRAINT notice_channel_is_known CHECK (channel IN ('number', 'person')),
    CONSTRAINT notice_for_a_person_names_one CHECK (channel = 'number' OR person_id IS NOT NULL),
    CONSTRAINT notice_is_sent_or_dropped CHECK (sent_at IS NULL OR dropped_at IS NULL),
    CONSTRAINT notice_is_dropped_for_a_reason CHECK ((dropped_at IS NULL) = (dropped IS NULL)),
    CONSTRAINT notice_reason_is_known
        CHECK (dropped IN ('changed hands', 'out of service', 'no other channel')),
    CONSTRAINT notice_is_sent_after_it_was_told CHECK (sent_at >= at)
);

CREATE INDEX notice_waiting ON notices.notice (notice_id)
    WHERE sent_at IS NULL AND dropped_at IS NULL;
CREATE INDEX notice_by_number ON notices.notice (msisdn, notice_id);

-- That a notice was sent is proof of it: neither the fact nor its end is changed afterwards.
CREATE FUNCTION notices.stays_as_it_is() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'a notice that was sent or dropped stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_ends_once';
END $$;

CREATE TRIGGER notice_ends_once BEFORE UPDATE ON notices.notice
    FOR EACH ROW WHEN (OLD.sent_at IS NOT NULL OR OLD.dropped_at IS NOT NULL)
    EXECUTE FUNCTION notices.stays_as_it_is();

-- Who may do what.
GRANT USAGE ON SCHEMA notices TO tenure_app, tenure_privacy;
GRANT SELECT, INSERT ON notices.notice TO tenure_app;
GRANT UPDATE (sent_at, dropped_at, dropped) ON notices.notice TO tenure_app;
GRANT SELECT ON notices.notice TO tenure_privacy;
REVOKE ALL ON FUNCTION notices.stays_as_it_is() FROM PUBLIC;


-- money -------------------------------------------------------------------------------------

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
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
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
CREATE FUNCTION money.contested() RETURNS bigint LANGUAGE plpgsql AS $$
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
REVOKE ALL ON FUNCTION money.open_month(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION money.open_month(timestamptz) TO tenure_app;


-- numbers 1_lines ---------------------------------------------------------------------------

-- Your number stays yours.

CREATE SCHEMA numbers;

COMMENT ON SCHEMA numbers IS 'Your number stays yours.';

-- A number in service; who holds it stands in numbers.tenure.  The purse may live in another cluster, so there is no foreign key to it.
CREATE TABLE numbers.line (
    msisdn text COLLATE "C" NOT NULL,
    imsi text COLLATE "C" NOT NULL,
    purse_id bigint NOT NULL,
    offer text NOT NULL,
    language text NOT NULL,
    bar_outgoing boolean NOT NULL DEFAULT false,
    bar_incoming boolean NOT NULL DEFAULT false,
    suspended boolean NOT NULL DEFAULT false,
    lost_at timestamptz,
    postpaid boolean NOT NULL DEFAULT false,
    since timestamptz NOT NULL,
    restricted_until timestamptz[],
    CONSTRAINT line_one_line_per_number PRIMARY KEY (msisdn),
    CONSTRAINT line_one_number_per_sim UNIQUE (imsi),
    CONSTRAINT line_one_number_per_purse UNIQUE (purse_id),
    -- E.164: at most 15 digits, the country code first, no plus sign.
    CONSTRAINT line_msisdn_is_e164 CHECK (msisdn ~ '^[1-9][0-9]{6,14}$'),
    -- TS 23.003 section 2.2: at most 15 digits; 001 begins the networks of laboratories.
    CONSTRAINT line_imsi_has_its_form CHECK (imsi ~ '^[0-9]{14,15}$'),
    -- One place for each service, in the order of their numbers; all of them empty is no restriction.
    CONSTRAINT line_restricted_by_service CHECK (
        array_length(restricted_until, 1) = 5 AND array_lower(restricted_until, 1) = 1
        AND array_ndims(restricted_until) = 1 AND num_nonnulls(VARIADIC restricted_until) > 0
    )
);

-- Who may do what.
GRANT USAGE ON SCHEMA numbers TO tenure_app, tenure_privacy;
-- Which number, SIM and purse belong together changes in functions alone, and nothing is deleted.
GRANT SELECT, INSERT ON numbers.line TO tenure_app;
GRANT UPDATE (offer, language, bar_outgoing, bar_incoming, suspended, lost_at, restricted_until)
    ON numbers.line TO tenure_app;
GRANT SELECT ON numbers.line TO tenure_privacy;


-- numbers 2_holding -------------------------------------------------------------------------

-- Who holds a number, on which SIM, and what is in stock.
--
-- What must never happen is kept by indexes and checks, which no superuser can switch off with the
-- triggers.  Tenure, binding and figures are written by functions alone: see 2_holding_doors.sql.

-- Equality of numbers beside overlap of time, in one index.
CREATE EXTENSION btree_gist WITH SCHEMA numbers;

-- ITU-T E.118: the last digit of a card number makes the Luhn sum a multiple of ten.
CREATE FUNCTION numbers.luhn_fits(digits text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT sum(CASE WHEN place % 2 = 1 THEN digit ELSE digit * 2 - CASE WHEN digit > 4 THEN 9 ELSE 0 END END) % 10 = 0
    FROM (
        SELECT substr(reverse(digits), place, 1)::integer AS digit, place
        FROM generate_series(1, length(digits)) AS place
    ) AS reversed
$$;

-- The figures of the pack that the database itself enforces: one row, or none before the first start.
CREATE TABLE numbers.figures (
    one boolean NOT NULL DEFAULT true,
    operator text NOT NULL,
    home_plmns text[] NOT NULL,
    outgoing_blocked_ms bigint NOT NULL,
    both_blocked_ms bigint NOT NULL,
    rest_ms bigint NOT NULL,
    reminders_min integer NOT NULL,
    cooling_off_ms bigint NOT NULL,
    request_open_ms bigint NOT NULL,
    sim_age_ms bigint NOT NULL,
    approvals_min integer NOT NULL,
    unlock_delay_ms bigint NOT NULL,
    prepaid_numbers_max integer NOT NULL,
    adult_years integer NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT figures_are_one_row PRIMARY KEY (one),
    CONSTRAINT figures_one_is_true CHECK (one),
    CONSTRAINT figures_have_their_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT figures_are_no_less_than_nothing CHECK (
        least(outgoing_blocked_ms, both_blocked_ms, rest_ms, reminders_min, cooling_off_ms,
              request_open_ms, sim_age_ms, unlock_delay_ms, prepaid_numbers_max, adult_years) >= 0
    ),
    -- INC-STAFF: no employee can do it alone, whatever a pack says.
    CONSTRAINT figures_nobody_acts_alone CHECK (approvals_min >= 2)
);

-- Ranges of numbers that are ours to give.  A class ("gold") has its own price or its own rules.
CREATE TABLE numbers.stock (
    first text COLLATE "C" NOT NULL,
    last text COLLATE "C" NOT NULL,
    class text NOT NULL,
    imported_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT stock_pkey PRIMARY KEY (first),
    CONSTRAINT stock_first_is_e164 CHECK (first ~ '^[1-9][0-9]{6,14}$'),
    CONSTRAINT stock_last_is_e164 CHECK (last ~ '^[1-9][0-9]{6,14}$'),
    CONSTRAINT stock_first_comes_first CHECK (length(first) = length(last) AND first <= last),
    CONSTRAINT stock_class_is_a_word CHECK (class ~ '^[a-z][a-z-]{0,29}$'),
    CONSTRAINT stock_no_number_twice EXCLUDE USING gist (
        int8range(first::bigint, last::bigint, '[]') WITH &&
    ),
    CONSTRAINT stock_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- A number inside a range that is of another class than its range.
CREATE TABLE numbers.special (
    msisdn text COLLATE "C" NOT NULL,
    class text NOT NULL,
    CONSTRAINT special_pkey PRIMARY KEY (msisdn),
    CONSTRAINT special_is_e164 CHECK (msisdn ~ '^[1-9][0-9]{6,14}$'),
    CONSTRAINT special_class_is_a_word CHECK (class ~ '^[a-z][a-z-]{0,29}$')
);

-- SIMs that we issued (GTC-SIM).  `sealed` holds their keys under a key that is not in the database.
CREATE TABLE numbers.sim (
    iccid text COLLATE "C" NOT NULL,
    imsi text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    imported_at timestamptz NOT NULL,
    died_at timestamptz,
    CONSTRAINT sim_pkey PRIMARY KEY (iccid),
    CONSTRAINT sim_one_card_per_imsi UNIQUE (imsi),
    CONSTRAINT sim_iccid_has_its_form CHECK (iccid ~ '^89[0-9]{17,18}$' AND numbers.luhn_fits(iccid)),
    CONSTRAINT sim_imsi_has_its_form CHECK (imsi ~ '^[0-9]{14,15}$'),
    CONSTRAINT sim_keys_are_sealed CHECK (octet_length(sealed) >= 28)
);

-- A number set aside for somebody.  It ends by itself: nothing has to sweep it.
CREATE TABLE numbers.reservation (
    msisdn text COLLATE "C" NOT NULL,
    during tstzrange NOT NULL,
    reserved_by text NOT NULL,
    CONSTRAINT reservation_has_an_end CHECK (NOT isempty(during) AND NOT upper_inf(during)),
    CONSTRAINT reservation_one_at_a_time EXCLUDE USING gist (msisdn WITH =, during WITH &&)
);

-- Who holds a number since when, and until when.
CREATE TABLE numbers.tenure (
    msisdn text COLLATE "C" NOT NULL,
    holder_id bigint NOT NULL,
    during tstzrange NOT NULL,
    opened_as text NOT NULL,
    request_id uuid,
    leaf_seq bigint NOT NULL,
    purse_id bigint NOT NULL,
    prepaid boolean NOT NULL,
    slot smallint,
    CONSTRAINT tenure_pkey PRIMARY KEY (msisdn, leaf_seq),
    CONSTRAINT tenure_opened_as_is_known CHECK (
        opened_as IN ('first-sale', 'transfer', 'inheritance', 'legal-order', 'restoration', 'import')
    ),
    CONSTRAINT tenure_lasts CHECK (NOT isempty(during) AND lower(during) IS NOT NULL),
    -- After the first sale a number changes hands by a request, or not at all.
    CONSTRAINT tenure_changes_by_request CHECK (
        (opened_as IN ('first-sale', 'import')) = (request_id IS NULL)
    ),
    CONSTRAINT tenure_one_holder_at_a_time EXCLUDE USING gist (msisdn WITH =, during WITH &&),
    -- Nothing of a former holder reaches the next: no purse has had two holders.
    CONSTRAINT tenure_a_purse_has_one_holder EXCLUDE USING gist (purse_id WITH =, holder_id WITH <>),
    -- ID-LINES: a holder has so many slots, and each is used once at a time.  How many there are, and
    -- that a prepaid number takes one, stands in tenure_slot_within_the_market (keep_figures makes it).
    CONSTRAINT tenure_no_more_than_the_market_allows EXCLUDE USING gist (
        holder_id WITH =, slot WITH =, during WITH &&
    ) WHERE (slot IS NOT NULL),
    CONSTRAINT tenure_of_a_person FOREIGN KEY (holder_id) REFERENCES people.person (person_id),
    CONSTRAINT tenure_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- Until figures are there, nobody holds anything.
ALTER TABLE numbers.tenure ADD CONSTRAINT tenure_slot_within_the_market CHECK (false);

CREATE UNIQUE INDEX tenure_one_open ON numbers.tenure (msisdn) WHERE (upper_inf(during));
CREATE INDEX tenure_by_holder ON numbers.tenure (holder_id);

-- Which SIM a held number is reached on.  A SIM is bound once in its life: an old one never works again.
CREATE TABLE numbers.binding (
    msisdn text COLLATE "C" NOT NULL,
    iccid text COLLATE "C" NOT NULL,
    imsi text COLLATE "C" NOT NULL,
    during tstzrange NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT binding_a_sim_is_used_once PRIMARY KEY (iccid),
    CONSTRAINT binding_an_imsi_is_used_once UNIQUE (imsi),
    CONSTRAINT binding_lasts CHECK (NOT isempty(during) AND lower(during) IS NOT NULL),
    CONSTRAINT binding_one_sim_at_a_time EXCLUDE USING gist (msisdn WITH =, during WITH &&),
    CONSTRAINT binding_of_a_sim_of_ours FOREIGN KEY (iccid) REFERENCES numbers.sim (iccid),
    CONSTRAINT binding_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE UNIQUE INDEX binding_one_open ON numbers.binding (msisdn) WHERE (upper_inf(during));

-- What the network is to be told, written with what it is told of; the gateway to the network acts on
-- the leaf and its proof, never on this row alone.
CREATE TABLE numbers.provisioning (
    task_id bigint GENERATED ALWAYS AS IDENTITY,
    msisdn text COLLATE "C" NOT NULL,
    leaf_seq bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    done_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    problem text,
    CONSTRAINT provisioning_pkey PRIMARY KEY (task_id),
    CONSTRAINT provisioning_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX provisioning_waits ON numbers.provisioning (task_id) WHERE (done_at IS NULL);

-- Who may do what.
GRANT SELECT ON numbers.figures, numbers.tenure, numbers.binding TO tenure_app;
GRANT SELECT, INSERT ON numbers.stock, numbers.sim TO tenure_app;
GRANT SELECT, INSERT, UPDATE ON numbers.special TO tenure_app;
GRANT SELECT, INSERT, UPDATE (during), DELETE ON numbers.reservation TO tenure_app;
GRANT SELECT, INSERT, UPDATE (done_at, attempts, problem) ON numbers.provisioning TO tenure_app;
GRANT SELECT ON numbers.tenure, numbers.binding, numbers.reservation TO tenure_privacy;
GRANT SELECT (iccid, imsi, imported_at, died_at) ON numbers.sim TO tenure_privacy;
GRANT SELECT ON numbers.figures, numbers.stock TO tenure_regulator;
GRANT USAGE ON SCHEMA numbers TO tenure_regulator;


-- numbers 2_holding_doors -------------------------------------------------------------------

-- The only doors to tenure: functions that verify everything in the transaction that changes it.
--
-- The application may call them and cannot write the tables.  Each names what it misses by the name
-- of a constraint, as an index or a check would.

--
-- What depends on what others do at the same time fails as a race does ('serialization_failure'), so
-- that whoever lost asks again and is told why by the rules.
CREATE FUNCTION numbers.demand(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ') USING ERRCODE = condition, CONSTRAINT = named;
    END IF;
END $$;

-- Whether a leaf tells of this: its kind, its instant, what it says in clear, and commitments that
-- open to what it is about.
CREATE FUNCTION numbers.leaf_says(proof bigint, told text, moment timestamptz, clear jsonb, about jsonb)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
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
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT slot::smallint
    FROM numbers.figures f, generate_series(1, f.prepaid_numbers_max) AS slot
    WHERE NOT EXISTS (
        SELECT FROM numbers.tenure t
        WHERE t.holder_id = holder AND t.slot = slot.slot AND t.during && tstzrange(moment, NULL)
    )
    ORDER BY slot OFFSET nth - 1 LIMIT 1
$$;

-- PRV-MINOR: of age at a moment, or with somebody who answers for them.
CREATE FUNCTION numbers.may_hold(holder bigint, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
    adult_on date;
BEGIN
    SELECT p.born_on + make_interval(years => f.adult_years) INTO adult_on
    FROM people.person p, numbers.figures f WHERE p.person_id = holder;
    IF adult_on <= (moment AT TIME ZONE 'UTC')::date THEN
        RETURN true;
    END IF;
    RETURN adult_on IS NOT NULL AND EXISTS (
        SELECT FROM people.guardian g
        WHERE g.ward_id = holder AND g.since <= moment AND (g.until IS NULL OR moment < g.until)
    );
END $$;

-- Asks the gateway to the network to act on a leaf; it hears of it when the transaction commits.
CREATE FUNCTION numbers.ask_network(number text, proof bigint, moment timestamptz) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog AS $$
    WITH task AS (
        INSERT INTO numbers.provisioning (msisdn, leaf_seq, asked_at)
        VALUES (number, proof, moment) RETURNING task_id
    ), told AS (
        SELECT task_id, pg_notify('tenure_network', task_id::text) FROM task
    )
    SELECT task_id FROM told
$$;

-- The figures of the pack become the figures that the database enforces.  Only the owner may.
CREATE FUNCTION numbers.keep_figures(given jsonb, proof bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    allowed integer := (given ->> 'prepaid_numbers_max')::integer;
    before integer := (SELECT prepaid_numbers_max FROM numbers.figures);
BEGIN
    DELETE FROM numbers.figures;
    INSERT INTO numbers.figures
    SELECT * FROM jsonb_populate_record(
        NULL::numbers.figures, given || jsonb_build_object('one', true, 'leaf_seq', proof)
    );
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
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
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
        WHERE r.msisdn = number AND r.during @> moment AND r.reserved_by <> clerk
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
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
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


-- charging ----------------------------------------------------------------------------------

-- You never pay for what you did not use: the answers of one-off requests, kept for their repeats.
-- Sessions ride in the purse's own row (money.purse.sessions), entries in money.entry.
CREATE SCHEMA charging;

CREATE TABLE charging.answered (
    key      bytea       NOT NULL,
    purse_id bigint      NOT NULL,
    digest   bytea       NOT NULL,
    answer   bytea       NOT NULL,
    drawn    bytea       NOT NULL,
    at       timestamptz NOT NULL,
    -- Whatever the rules say, one key has one effect.
    CONSTRAINT answered_once PRIMARY KEY (key)
);

-- Who may do what.
GRANT USAGE ON SCHEMA charging TO tenure_app;
GRANT SELECT, INSERT ON charging.answered TO tenure_app;


-- topups ------------------------------------------------------------------------------------

-- What you paid in is yours to use, for as long as you were told.

CREATE SCHEMA topups;

COMMENT ON SCHEMA topups IS 'What you paid in is yours to use, for as long as you were told.';

CREATE SEQUENCE topups.batch_number;
CREATE SEQUENCE topups.serial_number;

CREATE TABLE topups.batch (
    batch_id bigint NOT NULL,
    amount_micros bigint NOT NULL,
    active_days integer NOT NULL,
    vouchers integer NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    issued_by text NOT NULL,
    -- Which key the PINs were hashed with: the start of the key's own hash, never the key.
    key_id text NOT NULL,
    CONSTRAINT batch_pkey PRIMARY KEY (batch_id),
    CONSTRAINT batch_has_value CHECK (amount_micros > 0 AND active_days > 0 AND vouchers > 0),
    CONSTRAINT batch_ends_after_its_start CHECK (expires_at > issued_at)
);

-- The PIN itself is nowhere: only its HMAC under a key that is kept outside the database.
CREATE TABLE topups.voucher (
    serial bigint NOT NULL,
    batch_id bigint NOT NULL,
    pin_hash bytea NOT NULL,
    amount_micros bigint NOT NULL,
    active_days integer NOT NULL,
    expires_at timestamptz NOT NULL,
    blocked_at timestamptz,
    used_at timestamptz,
    used_purse_id bigint,
    used_seq bigint,
    CONSTRAINT voucher_pkey PRIMARY KEY (serial),
    CONSTRAINT voucher_of_a_batch FOREIGN KEY (batch_id) REFERENCES topups.batch (batch_id),
    CONSTRAINT voucher_one_per_pin UNIQUE (pin_hash),
    -- One entry of one purse uses one voucher, and a voucher has room for one use only.
    CONSTRAINT voucher_used_by_one_entry UNIQUE (used_purse_id, used_seq),
    CONSTRAINT voucher_used_wholly_or_not CHECK (
        (used_at IS NULL) = (used_purse_id IS NULL) AND (used_at IS NULL) = (used_seq IS NULL)
    ),
    CONSTRAINT voucher_used_before_its_end CHECK (used_at < expires_at),
    CONSTRAINT voucher_blocked_or_used CHECK (blocked_at IS NULL OR used_at IS NULL),
    CONSTRAINT voucher_has_value CHECK (amount_micros > 0 AND active_days > 0)
) WITH (fillfactor = 80);

CREATE INDEX voucher_by_batch ON topups.voucher (batch_id);

-- A request to top up or to buy, and what it was answered; the key is the client's.
CREATE TABLE topups.answered (
    purse_id bigint NOT NULL,
    key text NOT NULL,
    at timestamptz NOT NULL,
    digest bytea NOT NULL,
    answer bytea NOT NULL,
    CONSTRAINT answered_once PRIMARY KEY (purse_id, key),
    CONSTRAINT answered_key_is_short CHECK (char_length(key) BETWEEN 1 AND 128)
);

-- Wrong PINs in a row.  Whether a line is locked is computed from this and the instant asked for.
CREATE TABLE topups.wrong_pins (
    purse_id bigint NOT NULL,
    in_a_row integer NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT wrong_pins_pkey PRIMARY KEY (purse_id),
    CONSTRAINT wrong_pins_counted CHECK (in_a_row >= 0)
);

-- Who may do what.
GRANT USAGE ON SCHEMA topups TO tenure_app;
GRANT USAGE ON SEQUENCE topups.batch_number, topups.serial_number TO tenure_app;
GRANT SELECT, INSERT ON topups.batch, topups.answered TO tenure_app;
-- What a voucher is worth cannot be changed once it is printed.
GRANT SELECT, INSERT, UPDATE (blocked_at, used_at, used_purse_id, used_seq)
    ON topups.voucher TO tenure_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON topups.wrong_pins TO tenure_app;
