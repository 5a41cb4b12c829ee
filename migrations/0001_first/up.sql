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
    CONSTRAINT log_successor_is_a_log FOREIGN KEY (successor_id) REFERENCES record.log (log_id)
        DEFERRABLE INITIALLY DEFERRED,
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

-- Each place of a log has one leaf.  A leaf has one place, and one more only in a successor when its
-- log died before the witnesses had seen it there.
CREATE TABLE record.place (
    log_id integer NOT NULL,
    index bigint NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT place_pkey PRIMARY KEY (log_id, index),
    CONSTRAINT place_of_a_leaf_is_one UNIQUE (leaf_seq, log_id),
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
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT approval.approved_by
    FROM staff.approval JOIN staff.human ON human.human_id = approval.approved_by
    WHERE approval.request_hash = asked AND approval.approved_at >= since_
      AND approval.approved_at <= at_
      AND human.suspended_at IS NULL
$$;

-- Who may do what.
REVOKE ALL ON FUNCTION staff.approvers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staff.approvers TO tenure_app;
-- Nothing that was agreed to can be changed or taken back by the application.
GRANT SELECT, INSERT ON staff.request, staff.approval TO tenure_app;


-- staff 4_cases -----------------------------------------------------------------------------

-- Nobody of ours looks at a subscriber's data without a reason that somebody else can check.

-- A reason to look.  The number is a salted hash: nobody finds it from here.
CREATE TABLE staff.case (
    case_id uuid NOT NULL,
    kind text NOT NULL,
    salt bytea NOT NULL,
    about bytea NOT NULL,
    login text NOT NULL,
    human_id bigint NOT NULL,
    reason text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT case_pkey PRIMARY KEY (case_id),
    CONSTRAINT case_and_number UNIQUE (case_id, about),
    CONSTRAINT case_by_a_member FOREIGN KEY (login, human_id)
        REFERENCES staff.member (login, human_id),
    CONSTRAINT case_kind_is_known CHECK (kind IN (
        'care', 'complaint', 'fault', 'billing', 'fraud', 'legal-order', 'privacy', 'demonstration'
    )),
    CONSTRAINT case_says_why CHECK (reason <> ''),
    CONSTRAINT case_number_is_a_hash CHECK (octet_length(salt) = 32 AND octet_length(about) = 32),
    CONSTRAINT case_closed_after_it_was_opened CHECK (closed_at >= opened_at)
);

CREATE INDEX case_by_human ON staff.case (human_id, opened_at);

-- Somebody may look without a case, for a short time and loudly.
CREATE TABLE staff.glass (
    glass_id uuid NOT NULL,
    login text NOT NULL,
    human_id bigint NOT NULL,
    reason text NOT NULL,
    since timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    CONSTRAINT glass_pkey PRIMARY KEY (glass_id),
    CONSTRAINT glass_by_whom_until_when UNIQUE (glass_id, human_id, until_at),
    CONSTRAINT glass_by_a_member FOREIGN KEY (login, human_id)
        REFERENCES staff.member (login, human_id),
    CONSTRAINT glass_says_why CHECK (reason <> ''),
    CONSTRAINT glass_is_short
        CHECK (until_at > since AND until_at <= since + interval '15 minutes')
);

CREATE INDEX glass_by_human ON staff.glass (human_id, until_at);

-- Everybody who oversees the one who broke the glass hears of it.
CREATE TABLE staff.alert (
    glass_id uuid NOT NULL,
    human_id bigint NOT NULL,
    seen_at timestamptz,
    CONSTRAINT alert_pkey PRIMARY KEY (glass_id, human_id),
    CONSTRAINT alert_of_a_glass FOREIGN KEY (glass_id) REFERENCES staff.glass (glass_id),
    CONSTRAINT alert_to_a_human FOREIGN KEY (human_id) REFERENCES staff.human (human_id)
);

CREATE INDEX alert_unseen ON staff.alert (human_id) WHERE seen_at IS NULL;

-- Who saw what of whom, and why they could.
CREATE TABLE staff.look (
    look_id bigint GENERATED ALWAYS AS IDENTITY,
    login text NOT NULL,
    human_id bigint NOT NULL,
    at timestamptz NOT NULL,
    purpose text NOT NULL,
    case_id uuid,
    about bytea,
    glass_id uuid,
    until_at timestamptz,
    shown text NOT NULL,
    -- The leaf knows the number, as long as its opening is there.
    leaf_seq bigint NOT NULL,
    told_at timestamptz,
    CONSTRAINT look_pkey PRIMARY KEY (look_id),
    CONSTRAINT look_by_a_member FOREIGN KEY (login, human_id)
        REFERENCES staff.member (login, human_id),
    CONSTRAINT look_has_a_case_or_breaks_the_glass CHECK (
        (case_id IS NULL) = (glass_id IS NOT NULL)
        AND (purpose = 'break-glass') = (glass_id IS NOT NULL)
    ),
    CONSTRAINT look_at_the_number_of_its_case FOREIGN KEY (case_id, about)
        REFERENCES staff.case (case_id, about) MATCH FULL,
    CONSTRAINT look_by_who_broke_the_glass FOREIGN KEY (glass_id, human_id, until_at)
        REFERENCES staff.glass (glass_id, human_id, until_at),
    CONSTRAINT look_while_the_glass_is_broken
        CHECK ((glass_id IS NULL) = (until_at IS NULL) AND at < coalesce(until_at, 'infinity')),
    CONSTRAINT look_purpose_is_known CHECK (purpose IN (
        'care', 'complaint', 'fault', 'billing', 'fraud', 'legal-order', 'privacy', 'break-glass',
        'demonstration'
    )),
    CONSTRAINT look_is_in_the_record FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX look_by_human ON staff.look (human_id, at);
CREATE INDEX look_untold ON staff.look (at) WHERE glass_id IS NOT NULL AND told_at IS NULL;

-- Who may do what.
GRANT SELECT, INSERT, UPDATE (closed_at) ON staff.case TO tenure_app;
GRANT SELECT, INSERT ON staff.glass TO tenure_app;
GRANT SELECT, INSERT, UPDATE (seen_at) ON staff.alert TO tenure_app;
GRANT SELECT, INSERT, UPDATE (told_at) ON staff.look TO tenure_app;


-- staff 5_concerns --------------------------------------------------------------------------

-- What is unusual about what somebody of ours did, for a reviewer to look at.

CREATE TABLE staff.concern (
    concern_id bigint GENERATED ALWAYS AS IDENTITY,
    human_id bigint NOT NULL,
    pattern text NOT NULL,
    day date NOT NULL,
    -- How many times over the limit: more of the same day is another concern.
    level integer NOT NULL,
    counted integer NOT NULL,
    raised_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by bigint,
    words text,
    CONSTRAINT concern_pkey PRIMARY KEY (concern_id),
    -- The clock may come late or twice.
    CONSTRAINT concern_raised_once UNIQUE (human_id, pattern, day, level),
    CONSTRAINT concern_about_a_human FOREIGN KEY (human_id) REFERENCES staff.human (human_id),
    CONSTRAINT concern_closed_by_a_human FOREIGN KEY (closed_by) REFERENCES staff.human (human_id),
    CONSTRAINT concern_never_closed_by_the_one_it_is_about CHECK (closed_by <> human_id),
    CONSTRAINT concern_closed_with_words CHECK (
        (closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (words IS NULL)
        AND words <> ''
    ),
    CONSTRAINT concern_counts_something CHECK (level > 0 AND counted > 0),
    CONSTRAINT concern_pattern_is_known CHECK (pattern IN (
        'many-looks', 'broken-glass', 'refused-requests', 'refused', 'off-hours'
    ))
);

CREATE INDEX concern_open ON staff.concern (raised_at) WHERE closed_at IS NULL;

-- Who may do what.
GRANT SELECT, INSERT, UPDATE (closed_at, closed_by, words) ON staff.concern TO tenure_app;


-- consent 1_saying --------------------------------------------------------------------------

-- Nothing beyond the service without your yes.

CREATE SCHEMA consent;

COMMENT ON SCHEMA consent IS 'Nothing beyond the service without your yes.';

-- Every text that was ever published or shown before a question, in every language: general-terms,
-- privacy-notice, and purpose/NAME for the words of a purpose.  None of them is ever changed.
CREATE TABLE consent.text (
    document text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    sha256 text NOT NULL,
    body text NOT NULL,
    meaning integer,
    published_at timestamptz,
    effective_from timestamptz,
    kept_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT text_of_a_version_is_one PRIMARY KEY (document, version, language),
    CONSTRAINT text_as_it_was_shown UNIQUE (document, version, language, sha256),
    CONSTRAINT text_and_meaning UNIQUE (document, version, language, sha256, meaning),
    CONSTRAINT text_hash_is_of_its_body
        CHECK (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    CONSTRAINT text_is_not_empty CHECK (btrim(body, E' \t\r\n') <> ''),
    CONSTRAINT text_document_is_known
        CHECK (document IN ('general-terms', 'privacy-notice') OR document ~ '^purpose/[a-z][a-z0-9-]{1,39}$'),
    -- A purpose that does not say what it is cannot be asked for.
    CONSTRAINT text_purpose_says_something CHECK (
        document !~ '(/|-)(other|others|misc|miscellaneous|any|all|general|legitimate|various)(-|$)'
        OR document = 'general-terms'
    ),
    CONSTRAINT text_of_a_purpose_has_a_meaning CHECK ((document LIKE 'purpose/%') = (meaning IS NOT NULL)),
    CONSTRAINT text_of_a_document_is_published CHECK (
        (document LIKE 'purpose/%') = (published_at IS NULL)
        AND (published_at IS NULL) = (effective_from IS NULL)
        AND effective_from >= published_at
    ),
    CONSTRAINT text_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- One word of somebody about one purpose by one medium.  Each names the word before it, and the key
-- of that word carries what it was and when: so the checks below need no trigger, and what was said
-- is one chain.  The person is a number only: what somebody refused outlives their profile.
CREATE TABLE consent.event (
    record_id uuid NOT NULL,
    person_id bigint NOT NULL,
    purpose text NOT NULL,
    medium text NOT NULL,
    seq integer NOT NULL,
    word text NOT NULL,
    at timestamptz NOT NULL,
    until_at timestamptz,
    by_person_id bigint NOT NULL,
    way text NOT NULL,
    language text NOT NULL,
    evidence text NOT NULL,
    meaning integer,
    purpose_version text,
    purpose_sha256 text,
    notice_version text,
    notice_sha256 text,
    after_seq integer,
    after_word text,
    after_at timestamptz,
    leaf_seq bigint NOT NULL,
    -- Columns of their own, so that the texts are found by foreign keys.
    purpose_document text GENERATED ALWAYS AS ('purpose/' || purpose) STORED,
    notice_document text GENERATED ALWAYS AS ('privacy-notice') STORED,
    CONSTRAINT event_pkey PRIMARY KEY (record_id),
    CONSTRAINT event_one_at_a_time UNIQUE (person_id, purpose, medium, seq),
    CONSTRAINT event_as_it_was UNIQUE (person_id, purpose, medium, seq, word, at),
    CONSTRAINT event_follows_the_one_before
        FOREIGN KEY (person_id, purpose, medium, after_seq, after_word, after_at)
        REFERENCES consent.event (person_id, purpose, medium, seq, word, at),
    CONSTRAINT event_counts_up CHECK (
        seq = coalesce(after_seq, 0) + 1 AND (after_seq IS NULL) = (seq = 1)
        AND (after_seq IS NULL) = (after_word IS NULL) AND (after_seq IS NULL) = (after_at IS NULL)
    ),
    CONSTRAINT event_word_is_known CHECK (word IN ('given', 'refused', 'withdrawn')),
    -- PRV-RIGHTS: only what was given is withdrawn, and a refusal is the first word there is.
    CONSTRAINT event_withdraws_what_was_given CHECK (word <> 'withdrawn' OR (after_word = 'given') IS TRUE),
    CONSTRAINT event_refuses_what_was_not_given CHECK (word <> 'refused' OR after_seq IS NULL),
    CONSTRAINT event_is_not_before_the_last CHECK (at >= after_at),
    -- Of a yes and a no of the same instant the no counts, whichever came first.
    CONSTRAINT event_gives_after_a_no
        CHECK (word <> 'given' OR after_word IS NULL OR after_word = 'given' OR at > after_at),
    CONSTRAINT event_purpose_says_something CHECK (
        purpose !~ '(^|-)(other|others|misc|miscellaneous|any|all|general|legitimate|various)(-|$)'
    ),
    CONSTRAINT event_medium_is_known CHECK (medium IN ('sms', 'call', 'email', 'app', 'none')),
    CONSTRAINT event_way_is_known
        CHECK (way IN ('app', 'ussd', 'short-code', 'shop', 'e-mail', 'care', 'web')),
    CONSTRAINT event_evidence_is_an_id CHECK (evidence ~ '^[ -~]{0,200}$'),
    -- A yes is to texts that could be read; a no needs none.
    CONSTRAINT event_yes_is_to_texts CHECK (
        (word = 'given') = (meaning IS NOT NULL)
        AND num_nulls(meaning, purpose_version, purpose_sha256, notice_version, notice_sha256) IN (0, 5)
    ),
    CONSTRAINT event_no_has_no_end CHECK (until_at IS NULL OR (word = 'given' AND until_at > at)),
    CONSTRAINT event_to_the_words_of_the_purpose
        FOREIGN KEY (purpose_document, purpose_version, language, purpose_sha256, meaning)
        REFERENCES consent.text (document, version, language, sha256, meaning),
    CONSTRAINT event_to_the_notice
        FOREIGN KEY (notice_document, notice_version, language, notice_sha256)
        REFERENCES consent.text (document, version, language, sha256),
    CONSTRAINT event_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

COMMENT ON TABLE consent.event IS 'What somebody said; how they stand is the last word, computed.';

-- GTC-ACCEPT: which version binds whom, how, and since when.
CREATE TABLE consent.acceptance (
    acceptance_id uuid NOT NULL,
    person_id bigint NOT NULL,
    document text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    sha256 text NOT NULL,
    manner text NOT NULL,
    way text NOT NULL,
    evidence text NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT acceptance_pkey PRIMARY KEY (acceptance_id),
    -- Using the service every day accepts it once.
    CONSTRAINT acceptance_is_one_a_manner UNIQUE (person_id, document, version, manner),
    CONSTRAINT acceptance_of_what_was_published FOREIGN KEY (document, version, language, sha256)
        REFERENCES consent.text (document, version, language, sha256),
    CONSTRAINT acceptance_is_of_a_document CHECK (document IN ('general-terms', 'privacy-notice')),
    CONSTRAINT acceptance_manner_is_published
        CHECK (manner IN ('activation', 'use', 'signature', 'click')),
    CONSTRAINT acceptance_way_is_known
        CHECK (way IN ('app', 'ussd', 'short-code', 'shop', 'e-mail', 'care', 'web')),
    CONSTRAINT acceptance_evidence_is_an_id CHECK (evidence ~ '^[ -~]{0,200}$'),
    CONSTRAINT acceptance_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- PRV-ACK: the notice could be read, and what was given is true.  Nobody consents by it.
CREATE TABLE consent.acknowledgement (
    acknowledgement_id uuid NOT NULL,
    person_id bigint NOT NULL,
    document text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    sha256 text NOT NULL,
    occasion text NOT NULL,
    way text NOT NULL,
    evidence text NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT acknowledgement_pkey PRIMARY KEY (acknowledgement_id),
    CONSTRAINT acknowledgement_of_what_was_published FOREIGN KEY (document, version, language, sha256)
        REFERENCES consent.text (document, version, language, sha256),
    CONSTRAINT acknowledgement_is_of_a_notice CHECK (document = 'privacy-notice'),
    CONSTRAINT acknowledgement_way_is_known
        CHECK (way IN ('app', 'ussd', 'short-code', 'shop', 'e-mail', 'care', 'web')),
    CONSTRAINT acknowledgement_says_when CHECK (occasion ~ '^[a-z][a-z0-9 .,:_-]{0,99}$'),
    CONSTRAINT acknowledgement_evidence_is_an_id CHECK (evidence ~ '^[ -~]{0,200}$'),
    CONSTRAINT acknowledgement_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX acknowledgement_by_person ON consent.acknowledgement (person_id, at);

-- PRV-THIRD: who gave another person's data states to have that person's consent.
CREATE TABLE consent.representation (
    representation_id uuid NOT NULL,
    supplier_id bigint NOT NULL,
    about text NOT NULL,
    occasion text NOT NULL,
    way text NOT NULL,
    language text NOT NULL,
    evidence text NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT representation_pkey PRIMARY KEY (representation_id),
    CONSTRAINT representation_names_no_data CHECK (
        about ~ '^[a-z][a-z0-9 .,:_-]{0,99}$' AND occasion ~ '^[a-z][a-z0-9 .,:_-]{0,99}$'
    ),
    CONSTRAINT representation_way_is_known
        CHECK (way IN ('app', 'ussd', 'short-code', 'shop', 'e-mail', 'care', 'web')),
    CONSTRAINT representation_evidence_is_an_id CHECK (evidence ~ '^[ -~]{0,200}$'),
    CONSTRAINT representation_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX representation_by_supplier ON consent.representation (supplier_id, at);

-- What was said stays said, whoever asks: not even the owner's own statement changes it.
-- It ends with its period, by the one door of privacy (privacy.end_rows); the texts never do.
CREATE FUNCTION consent.stays_said() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what somebody said is never changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stays_said';
END $$;

CREATE TRIGGER text_stays_said BEFORE UPDATE OR DELETE ON consent.text
    FOR EACH ROW EXECUTE FUNCTION consent.stays_said();
CREATE TRIGGER event_stays_said BEFORE UPDATE OR DELETE ON consent.event
    FOR EACH ROW WHEN (current_setting('tenure.ending', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION consent.stays_said();
CREATE TRIGGER acceptance_stays_said BEFORE UPDATE OR DELETE ON consent.acceptance
    FOR EACH ROW WHEN (current_setting('tenure.ending', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION consent.stays_said();
CREATE TRIGGER acknowledgement_stays_said BEFORE UPDATE OR DELETE ON consent.acknowledgement
    FOR EACH ROW WHEN (current_setting('tenure.ending', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION consent.stays_said();
CREATE TRIGGER representation_stays_said BEFORE UPDATE OR DELETE ON consent.representation
    FOR EACH ROW WHEN (current_setting('tenure.ending', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION consent.stays_said();

-- Who may do what.
REVOKE ALL ON FUNCTION consent.stays_said() FROM PUBLIC;
GRANT USAGE ON SCHEMA consent TO tenure_app, tenure_privacy, tenure_marketing;
GRANT SELECT, INSERT ON consent.text, consent.acceptance, consent.acknowledgement, consent.representation TO tenure_app;
GRANT SELECT, INSERT ON consent.event TO tenure_app;
GRANT SELECT ON consent.text, consent.event, consent.acceptance, consent.acknowledgement, consent.representation
    TO tenure_privacy;


-- consent 2_restriction ---------------------------------------------------------------------

-- What is kept and used for nothing.

-- PRV-RIGHTS: what is held of somebody is kept and used for nothing, since they said why.  Who stands
-- here is contacted by no offer, seen by no role of a purpose, and shown to nobody of ours but for the
-- case itself.  It ends only after they were told that it will (GDPR article 18(3)).
CREATE TABLE consent.restriction (
    restriction_id uuid NOT NULL,
    person_id bigint NOT NULL,
    ground text NOT NULL,
    case_ref text NOT NULL,
    since timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    told_at timestamptz,
    told_by text,
    until_at timestamptz,
    lifted_leaf_seq bigint,
    CONSTRAINT restriction_pkey PRIMARY KEY (restriction_id),
    CONSTRAINT restriction_ground_is_known CHECK (ground IN (
        'damage-or-distress', 'accuracy', 'unlawful', 'claim', 'objection'
    )),
    CONSTRAINT restriction_case_is_an_id CHECK (case_ref ~ '^[0-9A-Za-z][0-9A-Za-z .:/_-]{0,99}$'),
    CONSTRAINT restriction_told_by_a_notice_or_a_letter
        CHECK (told_by ~ '^(notice [0-9]{1,18}|letter [0-9A-Za-z .:/_-]{1,90})$'),
    CONSTRAINT restriction_lifted_after_they_were_told CHECK (
        num_nulls(told_at, told_by, until_at, lifted_leaf_seq) IN (0, 4)
        AND told_at >= since AND until_at > told_at
    ),
    CONSTRAINT restriction_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT restriction_lifted_with_its_leaf
        FOREIGN KEY (lifted_leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX restriction_by_person ON consent.restriction (person_id);
-- Asked for the same reason twice, it is one restriction.
CREATE UNIQUE INDEX restriction_one_of_a_ground ON consent.restriction (person_id, ground)
    WHERE until_at IS NULL;

CREATE FUNCTION consent.is_restricted(person bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM consent.restriction r WHERE r.person_id = person AND r.until_at IS NULL
    )
$$;

-- What a tool of marketing may ask: may I?  Not who said no, nor when, nor to what else.
CREATE FUNCTION consent.may(person_id_ bigint, purpose_ text, medium_ text, at_ timestamptz)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((
        SELECT word = 'given' AND at <= at_ AND (until_at IS NULL OR at_ < until_at)
               AND meaning = (SELECT max(meaning) FROM consent.text WHERE document = 'purpose/' || purpose_)
        FROM consent.event
        WHERE person_id = person_id_ AND purpose = purpose_ AND medium = medium_
        ORDER BY seq DESC LIMIT 1
    ), false) AND NOT consent.is_restricted(person_id_)
$$;

-- Restricted and lifted here alone; each names what it misses, and each has its leaf.
CREATE FUNCTION consent.restrict(
    restriction uuid, person bigint, because text, by_case text, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        people.leaf_tells(proof, 'consent.restricted', moment, jsonb_build_object('person', person::text)),
        'restriction_has_its_leaf'
    );
    INSERT INTO consent.restriction (restriction_id, person_id, ground, case_ref, since, leaf_seq)
    VALUES (restriction, person, because, by_case, moment, proof);
END $$;

-- A notice has left, or nothing more is tried for it, before the restriction ends; or a letter did.
CREATE FUNCTION consent.lift(
    restriction uuid, by_ text, told timestamptz, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known consent.restriction;
BEGIN
    SELECT r.* INTO known FROM consent.restriction r
    WHERE r.restriction_id = restriction AND r.until_at IS NULL FOR UPDATE;
    PERFORM people.demand(FOUND, 'restriction_is_lifted_once', 'unique_violation');
    PERFORM people.demand(
        by_ LIKE 'letter %' OR EXISTS (
            SELECT FROM notices.notice n
            WHERE 'notice ' || n.notice_id = by_ AND n.person_id = known.person_id
              AND n.kind = 'privacy.lifting' AND n.at >= known.since
              AND coalesce(n.sent_at, n.dropped_at) <= told
        ), 'restriction_lifted_after_they_were_told'
    );
    PERFORM people.demand(
        people.leaf_tells(
            proof, 'consent.restriction_lifted', moment, jsonb_build_object('person', known.person_id::text)
        ), 'restriction_lifted_with_its_leaf'
    );
    UPDATE consent.restriction r
    SET told_at = told, told_by = by_, until_at = moment, lifted_leaf_seq = proof
    WHERE r.restriction_id = restriction;
END $$;

-- Whether the one that a look is about (a number, or ``person 7``) is restricted now.
CREATE FUNCTION consent.restricts_looks_at(about text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM consent.restriction r
        WHERE r.until_at IS NULL AND r.person_id = CASE
            WHEN about ~ '^person [0-9]{1,18}$' THEN substr(about, 8)::bigint
            ELSE (SELECT t.holder_id FROM numbers.tenure t WHERE t.msisdn = about AND upper_inf(t.during))
        END
    );
END $$;

-- Nobody of ours looks at somebody restricted, but for the case of their right, for a lawful order,
-- or where somebody is in danger, which is loud.
CREATE FUNCTION consent.look_leaves_restricted_alone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        NEW.purpose IN ('privacy', 'legal-order', 'break-glass') OR NOT EXISTS (
            SELECT FROM record.opening o
            WHERE o.leaf_seq = NEW.leaf_seq AND o.field = 'msisdn'
              AND consent.restricts_looks_at(o.value)
        ), 'look_leaves_restricted_alone'
    );
    RETURN NEW;
END $$;

CREATE TRIGGER look_leaves_restricted_alone BEFORE INSERT ON staff.look
    FOR EACH ROW EXECUTE FUNCTION consent.look_leaves_restricted_alone();

-- Who may do what.
REVOKE ALL ON FUNCTION
    consent.is_restricted, consent.may, consent.restrict, consent.lift, consent.restricts_looks_at,
    consent.look_leaves_restricted_alone
    FROM PUBLIC;
GRANT SELECT ON consent.restriction TO tenure_app, tenure_privacy;
GRANT EXECUTE ON FUNCTION consent.restrict, consent.lift, consent.restricts_looks_at TO tenure_app;
GRANT EXECUTE ON FUNCTION consent.may TO tenure_app, tenure_marketing;


-- people 1_persons --------------------------------------------------------------------------

-- We know you by as little as we need.

CREATE SCHEMA people;

COMMENT ON SCHEMA people IS 'We know you by as little as we need.';

-- What the database itself enforces of the pack: one row, or none before the first start.  `digest` is
-- of all that was published, so that one look says whether it is still so.
CREATE TABLE people.figures (
    one boolean NOT NULL DEFAULT true,
    adult_years integer NOT NULL,
    time_zone text NOT NULL,
    passkey_age_ms bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT figures_are_one_row PRIMARY KEY (one),
    CONSTRAINT figures_one_is_true CHECK (one),
    CONSTRAINT figures_of_some_age CHECK (adult_years BETWEEN 1 AND 30 AND passkey_age_ms >= 0),
    CONSTRAINT figures_digest_is_sha256 CHECK (octet_length(digest) = 32)
);

-- Names what is missing by the name of a constraint, as an index or a check would.
CREATE FUNCTION people.demand(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ') USING ERRCODE = condition, CONSTRAINT = named;
    END IF;
END $$;

-- Whether a leaf tells of this act about these people, whose commitments open to what is said here.
CREATE FUNCTION people.leaf_tells(proof bigint, told text, moment timestamptz, about jsonb)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM record.leaf l
        WHERE l.seq = proof AND l.kind = told AND l.at = moment
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

-- PRV-MINOR: the first instant of the birthday by the operator's clocks: a function of the date, which
-- nobody sweeps.  Who was born on 29 February has it on the 28th when there is no such day.
CREATE FUNCTION people.comes_of_age_at(born date) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (born + make_interval(years => f.adult_years)) AT TIME ZONE f.time_zone
    FROM people.figures f
$$;

-- Whether somebody is of age at a moment; who is not known is not.
CREATE FUNCTION people.of_age(person bigint, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((
        SELECT people.comes_of_age_at(p.born_on) <= moment
        FROM people.person p WHERE p.person_id = person
    ), false)
$$;

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
    CONSTRAINT passkey_and_person UNIQUE (credential_id, person_id),
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

CREATE INDEX guardian_by_guardian ON people.guardian (guardian_id);

-- Who answers for somebody at a moment: nobody, from the instant on at which they are of age.
CREATE FUNCTION people.guardians_of(ward bigint, moment timestamptz) RETURNS SETOF people.guardian
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT g.* FROM people.guardian g
    WHERE g.ward_id = ward AND g.since <= moment AND (g.until IS NULL OR moment < g.until)
      AND NOT people.of_age(ward, moment)
$$;

CREATE FUNCTION people.answers_for(guardian bigint, ward bigint, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM people.guardians_of(ward, moment) g WHERE g.guardian_id = guardian)
$$;

-- The rules say it kindly before: a minor's guardian is somebody of age.
CREATE FUNCTION people.guardian_fits() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(people.of_age(NEW.guardian_id, NEW.since), 'guardian_is_of_age');
    PERFORM people.demand(NOT people.of_age(NEW.ward_id, NEW.since), 'guardian_of_a_minor');
    RETURN NEW;
END $$;

CREATE TRIGGER guardian_fits BEFORE INSERT ON people.guardian
    FOR EACH ROW EXECUTE FUNCTION people.guardian_fits();

-- That a new adult was told so, once for a birthday, however often a clock runs.
CREATE TABLE people.adulthood (
    person_id bigint NOT NULL,
    came_of_age_at timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT adulthood_told_once PRIMARY KEY (person_id, came_of_age_at),
    CONSTRAINT adulthood_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT adulthood_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT adulthood_never_early CHECK (told_at >= came_of_age_at)
);

-- Who may do what.
GRANT USAGE ON SCHEMA people TO tenure_app, tenure_privacy;
REVOKE ALL ON FUNCTION
    people.demand, people.leaf_tells, people.comes_of_age_at, people.of_age, people.guardians_of,
    people.answers_for, people.guardian_fits
    FROM PUBLIC;
-- A trigger runs with the rights of who inserts.
GRANT EXECUTE ON FUNCTION
    people.demand, people.comes_of_age_at, people.of_age, people.guardians_of, people.answers_for
    TO tenure_app;
GRANT SELECT ON people.figures TO tenure_app;
GRANT SELECT, INSERT ON people.adulthood TO tenure_app;
GRANT SELECT ON people.adulthood TO tenure_privacy;
-- The language is the person's own choice; nothing else of a profile is written here.
GRANT UPDATE (language) ON people.person TO tenure_app;
-- Whoever is on record as somebody's document or birthday stays it: the doors to a number ask for them.
GRANT SELECT, INSERT ON people.person TO tenure_app;
GRANT SELECT ON people.person, people.passkey, people.guardian TO tenure_privacy;
-- A key changes only in its counter, and ends; whose it is never changes.
GRANT SELECT, INSERT, UPDATE (sign_count, ended_at) ON people.passkey TO tenure_app;
GRANT SELECT, INSERT, UPDATE (until) ON people.guardian TO tenure_app;


-- people 2_corrections ----------------------------------------------------------------------

-- Who somebody is on record changes by one door, with the evidence that a registration needs.

-- INC-PROFILE, PRV-BIO: what was changed, as the witness signed it; the photo itself is not kept.
CREATE TABLE people.correction (
    leaf_seq bigint NOT NULL,
    person_id bigint NOT NULL,
    at timestamptz NOT NULL,
    body text NOT NULL,
    photo_ppm integer NOT NULL,
    photo_reference text NOT NULL,
    witness bigint NOT NULL,
    credential_id bytea NOT NULL,
    authenticator_data bytea NOT NULL,
    client_data_json bytea NOT NULL,
    signature bytea NOT NULL,
    own_credential_id bytea,
    own_authenticator_data bytea,
    own_client_data_json bytea,
    own_signature bytea,
    CONSTRAINT correction_has_its_leaf PRIMARY KEY (leaf_seq),
    CONSTRAINT correction_in_the_record FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT correction_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT correction_photo_matches CHECK (photo_ppm BETWEEN 950000 AND 1000000),
    CONSTRAINT correction_photo_has_a_reference CHECK (photo_reference <> ''),
    CONSTRAINT correction_by_an_own_key FOREIGN KEY (credential_id, witness)
        REFERENCES staff.passkey (credential_id, human_id),
    CONSTRAINT correction_signature_is_used_once UNIQUE (signature),
    -- WebAuthn section 5.8.1: what was signed says what it was asked to sign, in base64url.
    CONSTRAINT correction_signs_exactly_this CHECK (
        convert_from(client_data_json, 'UTF8')::jsonb ->> 'challenge' = rtrim(translate(
            encode(sha256(convert_to(body, 'UTF8')), 'base64'), '+/', '-_'), '=')
    ),
    CONSTRAINT correction_in_person CHECK (
        octet_length(authenticator_data) >= 37 AND get_byte(authenticator_data, 32) & 5 = 5
    ),
    -- Who cannot show the document on record signs with a passkey of their own.
    CONSTRAINT correction_signed_by_the_persons_key FOREIGN KEY (own_credential_id, person_id)
        REFERENCES people.passkey (credential_id, person_id),
    CONSTRAINT correction_own_signature_is_whole CHECK (
        num_nulls(own_credential_id, own_authenticator_data, own_client_data_json, own_signature)
        IN (0, 4)
    ),
    CONSTRAINT correction_own_signature_is_of_this CHECK (
        own_signature IS NULL
        OR convert_from(own_client_data_json, 'UTF8')::jsonb ->> 'challenge' = rtrim(translate(
            encode(sha256(convert_to(body, 'UTF8')), 'base64'), '+/', '-_'), '=')
           AND octet_length(own_authenticator_data) >= 37
           AND get_byte(own_authenticator_data, 32) & 5 = 5
    ),
    CONSTRAINT correction_body_is_of_this_person CHECK (
        body::jsonb ->> 'kind' = 'people.correction' AND body::jsonb ->> 'person' = person_id::text
        AND (body::jsonb ->> 'at')::bigint = (extract(epoch FROM at) * 1000)::bigint
    )
);

CREATE INDEX correction_by_person ON people.correction (person_id);

-- What of an identity can be corrected, and nothing else.
CREATE FUNCTION people.is_correctable(changes jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_typeof(changes) = 'object' AND changes <> '{}'
       AND (changes - 'name' - 'born_on' - 'document_kind' - 'document_number') = '{}'
       AND (changes ? 'document_kind') = (changes ? 'document_number')
$$;

-- The one door: looks at the evidence itself, then changes exactly what was signed.  `seen` is the
-- document that was shown, as KIND:NUMBER.
CREATE FUNCTION people.correct(given people.correction, seen text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known people.person;
    changes jsonb := given.body::jsonb -> 'changes';
BEGIN
    SELECT p.* INTO known FROM people.person p WHERE p.person_id = given.person_id FOR UPDATE;
    PERFORM people.demand(FOUND, 'correction_of_a_person');
    PERFORM people.demand(people.is_correctable(changes), 'correction_of_an_identity');
    PERFORM people.demand(
        NOT EXISTS (SELECT FROM people.merge m WHERE m.duplicate_id = given.person_id),
        'correction_not_of_a_duplicate'
    );
    IF given.own_credential_id IS NULL THEN
        PERFORM people.demand(
            seen = known.document_kind || ':' || known.document_number,
            'correction_shows_the_document_on_record'
        );
    ELSE
        PERFORM people.demand(EXISTS (
            SELECT FROM people.passkey k, people.figures f
            WHERE k.credential_id = given.own_credential_id AND k.person_id = given.person_id
              AND k.added_at + f.passkey_age_ms * interval '1 millisecond' <= given.at
              AND (k.ended_at IS NULL OR given.at < k.ended_at)
        ), 'correction_not_by_a_fresh_passkey');
        PERFORM people.demand(seen = coalesce(
            (changes ->> 'document_kind') || ':' || (changes ->> 'document_number'),
            known.document_kind || ':' || known.document_number
        ), 'correction_shows_the_new_document');
    END IF;
    PERFORM people.demand(EXISTS (
        SELECT FROM staff.human h
        WHERE h.human_id = given.witness AND h.suspended_at IS NULL
          AND (h.document_kind, h.document_number)
              IS DISTINCT FROM (known.document_kind, known.document_number)
    ), 'correction_seen_by_somebody_else');
    PERFORM people.demand(people.leaf_tells(
        given.leaf_seq, 'people.corrected', given.at,
        jsonb_build_object('person', given.person_id::text, 'body', given.body)
    ), 'correction_leaf_says_so');

    INSERT INTO people.correction SELECT given.*;
    UPDATE people.person p
    SET name = coalesce(changes ->> 'name', p.name),
        born_on = coalesce((changes ->> 'born_on')::date, p.born_on),
        document_kind = coalesce(changes ->> 'document_kind', p.document_kind),
        document_number = coalesce(changes ->> 'document_number', p.document_number)
    WHERE p.person_id = given.person_id;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION people.is_correctable, people.correct FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people.correct TO tenure_app;
GRANT SELECT ON people.correction TO tenure_app, tenure_privacy;


-- people 3_merging --------------------------------------------------------------------------

-- Two rows of one human become one, by four eyes.  Nobody's tenure is rewritten.

CREATE TABLE people.merge_request (
    request_hash bytea NOT NULL,
    body text NOT NULL,
    duplicate_id bigint NOT NULL,
    survivor_id bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT merge_request_pkey PRIMARY KEY (request_hash),
    CONSTRAINT merge_request_of_whom UNIQUE (request_hash, duplicate_id, survivor_id),
    CONSTRAINT merge_request_was_asked FOREIGN KEY (request_hash)
        REFERENCES staff.request (request_hash),
    CONSTRAINT merge_request_of_a_person FOREIGN KEY (duplicate_id)
        REFERENCES people.person (person_id),
    CONSTRAINT merge_request_into_a_person FOREIGN KEY (survivor_id)
        REFERENCES people.person (person_id),
    CONSTRAINT merge_request_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT merge_request_of_two CHECK (duplicate_id <> survivor_id),
    -- What is approved is the hash of exactly this.
    CONSTRAINT merge_request_hash_is_of_its_body CHECK (
        request_hash = sha256(convert_to(body, 'UTF8'))
        AND body::jsonb ->> 'kind' = 'people.merge'
        AND body::jsonb ->> 'duplicate' = duplicate_id::text
        AND body::jsonb ->> 'survivor' = survivor_id::text
    )
);

-- A duplicate leads to whom it is.  Its past tenures stay in its name, and are found from the survivor.
CREATE TABLE people.merge (
    duplicate_id bigint NOT NULL,
    survivor_id bigint NOT NULL,
    request_hash bytea NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT merge_once PRIMARY KEY (duplicate_id),
    CONSTRAINT merge_as_it_was_asked FOREIGN KEY (request_hash, duplicate_id, survivor_id)
        REFERENCES people.merge_request (request_hash, duplicate_id, survivor_id),
    CONSTRAINT merge_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT merge_of_two CHECK (duplicate_id <> survivor_id)
);

CREATE INDEX merge_by_survivor ON people.merge (survivor_id);

-- Who somebody is by now: themselves, or whoever their row was merged into, however often.
CREATE FUNCTION people.survivor_of(person bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT person AS person_id, 0 AS step
        UNION ALL
        SELECT m.survivor_id, c.step + 1 FROM chain c JOIN people.merge m ON m.duplicate_id = c.person_id
    )
    SELECT person_id FROM chain ORDER BY step DESC LIMIT 1
$$;

-- The one door.  Two humans who did not ask, and are neither of the two, approved exactly this.
CREATE FUNCTION people.merge_into(asked bytea, moment timestamptz, proof bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r people.merge_request;
    apart bigint;
BEGIN
    SELECT q.* INTO r FROM people.merge_request q WHERE q.request_hash = asked;
    PERFORM people.demand(FOUND, 'merge_as_it_was_asked');
    -- In one order, so that two merges of the same people wait for each other.
    PERFORM FROM people.person p
    WHERE p.person_id IN (r.duplicate_id, r.survivor_id) ORDER BY p.person_id FOR UPDATE;
    PERFORM people.demand(NOT EXISTS (
        SELECT FROM people.merge m WHERE m.duplicate_id IN (r.duplicate_id, r.survivor_id)
    ), 'merge_once', 'serialization_failure');
    SELECT count(*) INTO apart
    FROM staff.approvers(asked, moment, r.asked_at) AS approver (human_id)
    JOIN staff.request q ON q.request_hash = asked AND q.requested_by <> approver.human_id
    JOIN staff.human h ON h.human_id = approver.human_id
    WHERE NOT EXISTS (
        SELECT FROM people.person p
        WHERE p.person_id IN (r.duplicate_id, r.survivor_id)
          AND (p.document_kind, p.document_number) = (h.document_kind, h.document_number)
    );
    PERFORM people.demand(apart >= 2, 'merge_needs_two_others');
    PERFORM people.demand(people.leaf_tells(
        proof, 'people.merged', moment,
        jsonb_build_object('duplicate', r.duplicate_id::text, 'survivor', r.survivor_id::text)
    ), 'merge_leaf_says_so');

    INSERT INTO people.merge (duplicate_id, survivor_id, request_hash, at, leaf_seq)
    VALUES (r.duplicate_id, r.survivor_id, asked, moment, proof);
    -- What the duplicate could prove or answer for, it no longer can: the survivor does it anew.
    UPDATE people.passkey SET ended_at = greatest(moment, added_at)
    WHERE person_id = r.duplicate_id AND ended_at IS NULL;
    UPDATE people.guardian SET until = greatest(moment, since + interval '1 millisecond')
    WHERE r.duplicate_id IN (ward_id, guardian_id) AND (until IS NULL OR moment < until);
    UPDATE people.contact SET ended_at = greatest(moment, verified_at)
    WHERE person_id = r.duplicate_id AND ended_at IS NULL;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION people.survivor_of, people.merge_into FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people.survivor_of, people.merge_into TO tenure_app;
GRANT SELECT, INSERT ON people.merge_request TO tenure_app;
GRANT SELECT ON people.merge TO tenure_app;
GRANT SELECT ON people.merge_request, people.merge TO tenure_privacy;


-- people 4_contacts -------------------------------------------------------------------------

-- Where somebody can be reached besides their numbers, once they showed that it is theirs.

-- A code that was sent to an address: only a keyed hash of it, bound to person and address, is kept.
CREATE TABLE people.contact_code (
    code_id uuid NOT NULL,
    person_id bigint NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    keyed_hash bytea NOT NULL,
    asked_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    wrong_tries smallint NOT NULL DEFAULT 0,
    confirmed_at timestamptz,
    CONSTRAINT contact_code_pkey PRIMARY KEY (code_id),
    CONSTRAINT contact_code_and_what_it_confirms
        UNIQUE (code_id, person_id, channel, address, confirmed_at),
    CONSTRAINT contact_code_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT contact_code_channel_is_known CHECK (channel IN ('email', 'postal')),
    CONSTRAINT contact_code_address_has_a_form CHECK (
        length(address) BETWEEN 3 AND 500 AND address !~ '[[:cntrl:]]'
        AND (channel <> 'email' OR address ~ '^[^[:space:]@<>",;]{1,64}@[^[:space:]@<>",;]{1,255}$')
    ),
    CONSTRAINT contact_code_is_a_keyed_hash CHECK (octet_length(keyed_hash) = 32),
    CONSTRAINT contact_code_ends CHECK (until_at > asked_at),
    CONSTRAINT contact_code_in_time CHECK (confirmed_at >= asked_at AND confirmed_at < until_at),
    CONSTRAINT contact_code_not_guessed CHECK (wrong_tries BETWEEN 0 AND 5),
    CONSTRAINT contact_code_not_after_five_wrong_tries CHECK (confirmed_at IS NULL OR wrong_tries < 5)
);

CREATE INDEX contact_code_by_person ON people.contact_code (person_id, channel, asked_at);

-- An address cannot be here that no confirmed code was sent to.
CREATE TABLE people.contact (
    code_id uuid NOT NULL,
    person_id bigint NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    verified_at timestamptz NOT NULL,
    ended_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT contact_once_a_code PRIMARY KEY (code_id),
    CONSTRAINT contact_was_confirmed FOREIGN KEY (code_id, person_id, channel, address, verified_at)
        REFERENCES people.contact_code (code_id, person_id, channel, address, confirmed_at),
    CONSTRAINT contact_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT contact_ends_later CHECK (ended_at >= verified_at)
);

CREATE UNIQUE INDEX contact_one_of_a_channel ON people.contact (person_id, channel)
    WHERE ended_at IS NULL;

-- Who may do what.
GRANT SELECT, INSERT, UPDATE (wrong_tries, confirmed_at) ON people.contact_code TO tenure_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON people.contact TO tenure_app;
GRANT SELECT ON people.contact TO tenure_privacy;


-- people 5_subjects -------------------------------------------------------------------------

-- Everybody else of whom something is known: visitors, candidates, partners and the rest, as the pack
-- declares their kinds.  Rows are the same for all; what may stand in them is declared, and checked.

-- PRV-KINDS, PRV-OPTION: what the pack declares.  A declaration that was used stays when it is not
-- current any more, so that what was stored under it keeps its meaning.
CREATE TABLE people.kind (
    kind text NOT NULL,
    third_party boolean NOT NULL,
    registered boolean NOT NULL,
    CONSTRAINT kind_pkey PRIMARY KEY (kind, third_party, registered),
    CONSTRAINT kind_is_a_word CHECK (kind ~ '^[a-z][a-z0-9-]{0,39}$')
);

CREATE TABLE people.declared (
    kind text NOT NULL,
    item text NOT NULL,
    form text NOT NULL,
    many boolean NOT NULL,
    of_another boolean NOT NULL,
    -- PRV-SEC: its category is health, union, pay, a picture of a body: nobody keeps it in clear.
    sensitive boolean NOT NULL,
    CONSTRAINT declared_pkey PRIMARY KEY (kind, item, form, many, of_another),
    CONSTRAINT declared_as_it_is_kept UNIQUE (kind, item, form, many, of_another, sensitive),
    CONSTRAINT declared_item_is_a_word CHECK (item ~ '^[a-z][a-z0-9-]{0,39}$'),
    CONSTRAINT declared_form_is_known CHECK (form IN (
        'text', 'date', 'instant', 'whole', 'email', 'phone', 'country', 'choice', 'yes-no',
        'document', 'file', 'passage'
    ))
);

CREATE TABLE people.subject (
    subject_id bigint NOT NULL,
    kind text NOT NULL,
    third_party boolean NOT NULL,
    registered boolean NOT NULL,
    person_id bigint,
    occasion text NOT NULL,
    since timestamptz NOT NULL,
    -- PRV-THIRD: who named them, and said that they agree.
    named_by text,
    represented_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT subject_pkey PRIMARY KEY (subject_id),
    CONSTRAINT subject_and_kind UNIQUE (subject_id, kind, registered),
    CONSTRAINT subject_and_person UNIQUE (subject_id, person_id),
    CONSTRAINT subject_of_a_declared_kind FOREIGN KEY (kind, third_party, registered)
        REFERENCES people.kind (kind, third_party, registered),
    CONSTRAINT subject_is_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT subject_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT subject_registered_has_a_profile CHECK (registered = (person_id IS NOT NULL)),
    CONSTRAINT subject_of_another_agreed CHECK (
        third_party = (named_by IS NOT NULL) AND (named_by IS NULL) = (represented_at IS NULL)
    ),
    CONSTRAINT subject_represented_when_entered CHECK (represented_at <= since),
    CONSTRAINT subject_named_by_somebody CHECK (named_by ~ '^(person|subject) [0-9]{1,16}$')
);

CREATE UNIQUE INDEX subject_one_of_a_kind_per_person ON people.subject (person_id, kind);

CREATE TABLE people.item (
    subject_id bigint NOT NULL,
    kind text NOT NULL,
    registered boolean NOT NULL,
    -- The subject's own, so that an item is found by whose profile it goes with, and sealed with their key.
    person_id bigint,
    item text NOT NULL,
    form text NOT NULL,
    many boolean NOT NULL,
    of_another boolean NOT NULL,
    sensitive boolean NOT NULL,
    place smallint NOT NULL,
    value text,
    -- PRV-SEC: the value, under the key of whose it is, which is kept apart from this database.
    sealed bytea,
    occasion text NOT NULL,
    -- PRV-THIRD: whoever gave it says that the other person agrees, such as a friend with their number.
    represented boolean NOT NULL,
    since timestamptz NOT NULL,
    ended_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT item_pkey PRIMARY KEY (subject_id, item, place, since),
    CONSTRAINT item_of_a_subject FOREIGN KEY (subject_id, kind, registered)
        REFERENCES people.subject (subject_id, kind, registered),
    CONSTRAINT item_of_their_profile FOREIGN KEY (subject_id, person_id)
        REFERENCES people.subject (subject_id, person_id),
    CONSTRAINT item_registered_has_a_profile CHECK (registered = (person_id IS NOT NULL)),
    -- What becomes sensitive by a later pack is refused as long as a value of it stands in clear.
    CONSTRAINT item_as_it_is_declared FOREIGN KEY (kind, item, form, many, of_another, sensitive)
        REFERENCES people.declared (kind, item, form, many, of_another, sensitive) ON UPDATE CASCADE,
    CONSTRAINT item_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT item_one_unless_many CHECK (place >= 0 AND (many OR place = 0)),
    CONSTRAINT item_of_another_agreed CHECK (NOT of_another OR represented),
    CONSTRAINT item_ends_later CHECK (ended_at >= since),
    CONSTRAINT item_is_clear_or_sealed CHECK (num_nonnulls(value, sealed) = 1),
    CONSTRAINT item_sensitive_is_sealed CHECK (NOT sensitive OR sealed IS NOT NULL),
    CONSTRAINT item_sealed_is_an_envelope CHECK (octet_length(sealed) >= 45 AND get_byte(sealed, 0) = 1),
    CONSTRAINT item_value_has_its_form CHECK (value IS NULL OR CASE form
        WHEN 'text' THEN value <> '' AND length(value) <= 2000 AND value !~ '[\x01-\x08\x0B-\x1F\x7F]'
        WHEN 'date' THEN value ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
        WHEN 'instant' THEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?\+00:00$'
        WHEN 'whole' THEN value ~ '^-?[0-9]{1,18}$'
        WHEN 'email' THEN value ~ '^[^[:space:]@<>",;]{1,64}@[^[:space:]@<>",;]{1,255}$'
        WHEN 'phone' THEN value ~ '^[1-9][0-9]{6,14}$'
        WHEN 'country' THEN value ~ '^[A-Z]{2}$'
        WHEN 'choice' THEN value ~ '^[a-z][a-z0-9-]{0,39}$'
        WHEN 'yes-no' THEN value IN ('yes', 'no')
        WHEN 'document' THEN value ~ '^[a-z][a-z-]{1,29}:[0-9A-Za-z][0-9A-Za-z /.-]{0,39}$'
        WHEN 'file' THEN value ~ '^[^[:space:]/]{1,200} [0-9a-f]{64}$'
        WHEN 'passage' THEN value ~ '^[0-9T:.+-]{25,29} [0-9a-z-]{1,40}$'
        ELSE false
    END)
);

CREATE UNIQUE INDEX item_one_at_a_time ON people.item (subject_id, item, place)
    WHERE ended_at IS NULL;
CREATE INDEX item_of_a_person ON people.item (person_id) WHERE person_id IS NOT NULL;

-- The pack becomes what the database enforces.  Only the owner may.
CREATE FUNCTION people.publish(given jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM people.figures;
    INSERT INTO people.figures (adult_years, time_zone, passkey_age_ms, digest)
    VALUES ((given ->> 'adult_years')::integer, given ->> 'time_zone',
            (given ->> 'passkey_age_ms')::bigint, sha256(convert_to(given::text, 'UTF8')));
    INSERT INTO people.kind
    SELECT k ->> 'kind', (k ->> 'third_party')::boolean, (k ->> 'registered')::boolean
    FROM jsonb_array_elements(given -> 'kinds') AS k
    ON CONFLICT DO NOTHING;
    -- An item is sensitive or not, in whatever form it was ever declared.
    UPDATE people.declared d SET sensitive = (i ->> 'sensitive')::boolean
    FROM jsonb_array_elements(given -> 'kinds') AS k, jsonb_array_elements(k -> 'items') AS i
    WHERE (d.kind, d.item) = (k ->> 'kind', i ->> 'item')
      AND d.sensitive <> (i ->> 'sensitive')::boolean;
    INSERT INTO people.declared
    SELECT k ->> 'kind', i ->> 'item', i ->> 'form', (i ->> 'many')::boolean, (i ->> 'of_another')::boolean,
           (i ->> 'sensitive')::boolean
    FROM jsonb_array_elements(given -> 'kinds') AS k, jsonb_array_elements(k -> 'items') AS i
    ON CONFLICT DO NOTHING;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION people.publish FROM PUBLIC;
GRANT SELECT ON people.kind, people.declared TO tenure_app;
-- What was given is not rewritten: a new value ends the one before.
GRANT SELECT, INSERT ON people.subject TO tenure_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON people.item TO tenure_app;
GRANT SELECT ON people.subject, people.item TO tenure_privacy;


-- notices 1_notices -------------------------------------------------------------------------

-- You hear it from us before it costs you.

CREATE SCHEMA notices;

COMMENT ON SCHEMA notices IS 'You hear it from us before it costs you.';

-- What somebody is told, in the transaction of what it tells of.  The words are made when it is
-- sent, in the language that was chosen; here stand the kind and the facts.  `sent_at` is when it
-- was first handed over; `dropped` says why nothing more is tried, and both may be there.
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
    CONSTRAINT notice_channel_is_known CHECK (channel IN ('number', 'person', 'network')),
    CONSTRAINT notice_for_a_person_names_one CHECK (channel <> 'person' OR person_id IS NOT NULL),
    CONSTRAINT notice_is_dropped_for_a_reason CHECK ((dropped_at IS NULL) = (dropped IS NULL)),
    CONSTRAINT notice_reason_is_known
        CHECK (dropped IN ('changed hands', 'out of service', 'no other channel', 'no consent',
                           'too many', 'no longer true', 'too late', 'uncertain', 'undelivered')),
    -- What left and was not dropped for that may have arrived: only what never left is too late.
    CONSTRAINT notice_is_too_late_only_unsent CHECK (dropped <> 'too late' OR sent_at IS NULL),
    CONSTRAINT notice_is_sent_after_it_was_told CHECK (sent_at >= at)
) WITH (fillfactor = 85);  -- what is sent soon after it was told is updated on its page

CREATE INDEX notice_by_number ON notices.notice (msisdn, notice_id);

-- That a notice was sent is proof of it: neither the fact nor its end is changed afterwards.
CREATE FUNCTION notices.stays_as_it_is() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a notice that was sent or dropped stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_ends_once';
END $$;

CREATE TRIGGER notice_ends_once BEFORE UPDATE ON notices.notice
    FOR EACH ROW WHEN (
        OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at
        OR OLD.dropped_at IS NOT NULL
           AND (NEW.dropped_at, NEW.dropped) IS DISTINCT FROM (OLD.dropped_at, OLD.dropped)
    )
    EXECUTE FUNCTION notices.stays_as_it_is();

-- Who may do what.
GRANT USAGE ON SCHEMA notices TO tenure_app, tenure_privacy;
-- Nothing is written as sent: first it is told, and then it goes out.
GRANT SELECT, INSERT (msisdn, person_id, language, kind, channel, facts, at) ON notices.notice TO tenure_app;
GRANT UPDATE (sent_at, dropped_at, dropped) ON notices.notice TO tenure_app;
GRANT SELECT ON notices.notice TO tenure_privacy;
REVOKE ALL ON FUNCTION notices.stays_as_it_is() FROM PUBLIC;


-- notices 2_deliveries ----------------------------------------------------------------------

-- How a notice finds its way: what waits, and every attempt with its proof.

-- What is to be looked at again, and when: the oldest of the most urgent first.  A row comes with its
-- notice and goes with its end, so the table is as small as what is under way.
CREATE TABLE notices.due (
    notice_id bigint NOT NULL,
    urgency smallint NOT NULL,
    medium text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    tries smallint NOT NULL DEFAULT 0,
    CONSTRAINT due_pkey PRIMARY KEY (notice_id),
    CONSTRAINT due_urgency_is_known CHECK (urgency BETWEEN 0 AND 2),
    CONSTRAINT due_medium_is_known CHECK (medium IN ('sms', 'email')),
    CONSTRAINT due_tries_can_be_numbered CHECK (tries BETWEEN 0 AND 999)
) WITH (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05
);

CREATE INDEX due_next ON notices.due (medium, urgency, due_at, notice_id);

-- Whatever is told waits, whoever tells it: what is not in the queue would be lost.
-- Urgency: 0 now; 1 within the hour; 2 to many at once, so that nothing waits behind a million.
CREATE FUNCTION notices.awaits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO notices.due (notice_id, urgency, medium, due_at)
    SELECT notice_id,
           CASE split_part(kind, '.', 1)
               WHEN 'marketing' THEN 2 WHEN 'tariff' THEN 2 WHEN 'privacy' THEN 2 WHEN 'terms' THEN 2
               WHEN 'lifecycle' THEN 1 WHEN 'usage' THEN 1 WHEN 'expiry' THEN 1
               ELSE 0
           END,
           'sms', at
    FROM told WHERE sent_at IS NULL AND dropped_at IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER notice_awaits AFTER INSERT ON notices.notice
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION notices.awaits();

-- What ends with its period waits for nothing any more (PRV-KEEP).
CREATE FUNCTION notices.waits_no_more() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM notices.due d USING ended e WHERE d.notice_id = e.notice_id;
    RETURN NULL;
END $$;

CREATE TRIGGER notice_waits_no_more AFTER DELETE ON notices.notice
    REFERENCING OLD TABLE AS ended FOR EACH STATEMENT EXECUTE FUNCTION notices.waits_no_more();

-- An attempt.  It is written, and committed, before anything leaves: so nothing leaves unrecorded.
-- Its number is a thousand times that of its notice, and the attempt: one index finds both.
CREATE TABLE notices.delivery (
    delivery_id bigint NOT NULL,
    notice_id bigint GENERATED ALWAYS AS (delivery_id / 1000) STORED,
    medium text COLLATE "C" NOT NULL,
    via text COLLATE "C" NOT NULL,
    sent_to text COLLATE "C" NOT NULL,
    person_id bigint,
    receipts boolean NOT NULL,
    handing_at timestamptz NOT NULL,
    handed_at timestamptz,
    reference text COLLATE "C",
    ended_at timestamptz,
    ended text COLLATE "C",
    reason text,
    CONSTRAINT delivery_pkey PRIMARY KEY (delivery_id),
    CONSTRAINT delivery_of_a_notice FOREIGN KEY (notice_id) REFERENCES notices.notice (notice_id),
    CONSTRAINT delivery_is_numbered_from_one CHECK (delivery_id % 1000 > 0),
    CONSTRAINT delivery_medium_is_known CHECK (medium IN ('sms', 'email')),
    CONSTRAINT delivery_via_is_a_name CHECK (via ~ '^[a-z0-9][a-z0-9.-]{0,39}$'),
    CONSTRAINT delivery_is_handed_after_it_was_decided CHECK (handed_at >= handing_at),
    CONSTRAINT delivery_ends_after_it_was_decided CHECK (ended_at >= handing_at),
    CONSTRAINT delivery_is_called_something_once_handed
        CHECK (reference IS NULL OR handed_at IS NOT NULL),
    CONSTRAINT delivery_ends_at_an_instant CHECK ((ended IS NULL) = (ended_at IS NULL)),
    -- Only what was taken can be answered for, and only what was not taken can be refused.
    CONSTRAINT delivery_end_fits CHECK (
        CASE WHEN handed_at IS NULL THEN ended IN ('refused', 'unreachable', 'returned')
             ELSE ended IN ('delivered', 'failed', 'expired') END),
    CONSTRAINT delivery_is_answered_by_who_answers
        CHECK (receipts OR ended IN ('refused', 'unreachable', 'returned', 'failed'))
) WITH (fillfactor = 70);

-- A notice that ends takes its deliveries along.
CREATE INDEX delivery_by_notice ON notices.delivery (notice_id);
CREATE INDEX delivery_by_reference ON notices.delivery (via, reference)
    WHERE reference IS NOT NULL;
-- Only what counts towards "so many for one person": person_id is empty otherwise.
CREATE INDEX delivery_counted ON notices.delivery (person_id, handing_at)
    WHERE person_id IS NOT NULL;

-- The proof stays: what was sent, where, when, and what came back, each is written once.
CREATE FUNCTION notices.delivery_stays_as_it_was() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was sent, and what came back, stays as it was'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_stays_as_it_was';
END $$;

CREATE TRIGGER delivery_stays_as_it_was BEFORE UPDATE ON notices.delivery
    FOR EACH ROW WHEN (
        (NEW.delivery_id, NEW.medium, NEW.via, NEW.sent_to, NEW.person_id, NEW.receipts,
         NEW.handing_at)
        IS DISTINCT FROM
        (OLD.delivery_id, OLD.medium, OLD.via, OLD.sent_to, OLD.person_id, OLD.receipts,
         OLD.handing_at)
        OR OLD.handed_at IS NOT NULL
           AND (NEW.handed_at, NEW.reference) IS DISTINCT FROM (OLD.handed_at, OLD.reference)
        OR OLD.ended_at IS NOT NULL
           AND (NEW.ended_at, NEW.ended, NEW.reason, NEW.handed_at)
               IS DISTINCT FROM (OLD.ended_at, OLD.ended, OLD.reason, OLD.handed_at)
    )
    EXECUTE FUNCTION notices.delivery_stays_as_it_was();

-- GTC-MKT: no offer leaves without the standing consent of the person who holds the number now.
-- The rules have looked, in the same transaction; the database looks again.  Whoever holds the number
-- holds it until this is committed.  A holder who changed since the rules looked is no mistake but a
-- race: whoever sends looks again.
CREATE FUNCTION notices.offers_have_consent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM handing h JOIN notices.notice n USING (notice_id)
        WHERE n.kind LIKE 'marketing.%'
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM handing h JOIN notices.notice n USING (notice_id)
        JOIN numbers.tenure t ON t.msisdn = n.msisdn AND upper_inf(t.during)
        WHERE n.kind LIKE 'marketing.%' ORDER BY n.msisdn FOR SHARE OF t;
    IF EXISTS (
        SELECT FROM handing h JOIN notices.notice n USING (notice_id)
        LEFT JOIN numbers.tenure t ON t.msisdn = n.msisdn AND upper_inf(t.during)
        WHERE n.kind LIKE 'marketing.%' AND t.holder_id IS DISTINCT FROM n.person_id
    ) THEN
        RAISE EXCEPTION 'the number of an offer has another holder by now'
            USING ERRCODE = 'serialization_failure',
                CONSTRAINT = 'delivery_of_an_offer_reaches_its_person';
    END IF;
    IF EXISTS (
        SELECT FROM handing h JOIN notices.notice n USING (notice_id)
        WHERE n.kind LIKE 'marketing.%'
          AND NOT (n.person_id IS NOT NULL AND n.channel = 'number'
                   AND (h.medium <> 'sms' OR h.sent_to = n.msisdn)
                   AND coalesce(consent.may(n.person_id, n.facts ->> 'purpose', h.medium,
                                            h.handing_at), false))
    ) THEN
        RAISE EXCEPTION 'an offer needs the standing consent of who holds the number'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_of_an_offer_has_consent';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER delivery_of_an_offer_has_consent AFTER INSERT ON notices.delivery
    REFERENCING NEW TABLE AS handing FOR EACH STATEMENT
    EXECUTE FUNCTION notices.offers_have_consent();

-- Who may do what: an attempt is added, and learns what became of it; it is never taken away.
GRANT SELECT, DELETE, UPDATE (medium, due_at, tries) ON notices.due TO tenure_app;
GRANT SELECT,
    INSERT (delivery_id, medium, via, sent_to, person_id, receipts, handing_at),
    UPDATE (handed_at, reference, ended_at, ended, reason)
    ON notices.delivery TO tenure_app;
GRANT SELECT ON notices.due, notices.delivery TO tenure_privacy;
REVOKE ALL ON FUNCTION notices.awaits(), notices.waits_no_more(), notices.delivery_stays_as_it_was(),
    notices.offers_have_consent() FROM PUBLIC;


-- notices 3_campaigns -----------------------------------------------------------------------

-- One message to many people: who is meant is planned here, slim and resumable, and released to
-- notices.notice a few thousand at a time, so that nothing more urgent waits behind a million.

CREATE TABLE notices.campaign (
    campaign_id bigint GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL,
    kind text NOT NULL,
    audience jsonb NOT NULL,
    facts jsonb NOT NULL,
    prevailing text NOT NULL,
    until_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    cursor text COLLATE "C" NOT NULL DEFAULT '',
    runs integer NOT NULL DEFAULT 0,
    run_ended_at timestamptz,
    paused_at timestamptz,
    cancelled_at timestamptz,
    asked text,
    request_hash bytea,
    CONSTRAINT campaign_pkey PRIMARY KEY (campaign_id),
    CONSTRAINT campaign_is_opened_once UNIQUE (key),
    CONSTRAINT campaign_ends_later CHECK (until_at > opened_at),
    CONSTRAINT campaign_says_something_to_everybody CHECK (facts ? prevailing),
    CONSTRAINT campaign_run_ends_once_it_ran CHECK ((runs > 0) = (run_ended_at IS NOT NULL)),
    CONSTRAINT campaign_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    -- INC-STAFF, PRV-UPDATE: nobody tells everybody of new terms or a new privacy notice alone, and
    -- what was approved is exactly this version.  (Prices have the same in tariffs.version.)
    CONSTRAINT campaign_of_a_document_was_asked CHECK (
        num_nulls(asked, request_hash) = CASE WHEN kind IN ('terms.change', 'privacy.change')
                                              THEN 0 ELSE 2 END
    ),
    CONSTRAINT campaign_approval_is_of_what_was_asked
        CHECK (request_hash = sha256(convert_to(asked, 'UTF8'))),
    CONSTRAINT campaign_is_what_was_asked CHECK (
        asked IS NULL OR (
            asked::jsonb ->> 'kind' = 'document.publish'
            AND key = (asked::jsonb ->> 'document') || ' ' || (asked::jsonb ->> 'operator')
                      || ' ' || (asked::jsonb ->> 'version')
            AND kind = CASE asked::jsonb ->> 'document' WHEN 'general-terms' THEN 'terms.change'
                                                        WHEN 'privacy-notice' THEN 'privacy.change'
                       END
        ) IS TRUE
    ),
    CONSTRAINT campaign_approval_is_used_once UNIQUE (request_hash)
);

-- Who approved is a human other than who asked (staff.approval), and is not suspended now.
CREATE FUNCTION notices.campaign_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM staff.approvers(NEW.request_hash, NEW.opened_at, '-infinity')
    ) THEN
        RAISE EXCEPTION 'campaign approved by another human' USING ERRCODE = 'check_violation',
            SCHEMA = 'notices', TABLE = 'campaign',
            CONSTRAINT = 'campaign_approved_by_another_human';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaign_approved_by_another_human BEFORE INSERT ON notices.campaign
    FOR EACH ROW WHEN (NEW.request_hash IS NOT NULL) EXECUTE FUNCTION notices.campaign_approved();

-- Who is meant, once: by the number (`per` is the number), or by the person (`per` is empty).
-- person_id is 0 for a line that nobody holds; whoever gets the number later is somebody else.
CREATE TABLE notices.recipient (
    campaign_id bigint NOT NULL,
    per text COLLATE "C" NOT NULL,
    person_id bigint NOT NULL,
    msisdn text COLLATE "C" NOT NULL,
    language text NOT NULL,
    notice_id bigint,
    CONSTRAINT recipient_is_told_once PRIMARY KEY (campaign_id, per, person_id),
    CONSTRAINT recipient_of_a_campaign FOREIGN KEY (campaign_id)
        REFERENCES notices.campaign (campaign_id),
    CONSTRAINT recipient_is_told_by_a_notice FOREIGN KEY (notice_id)
        REFERENCES notices.notice (notice_id),
    CONSTRAINT recipient_per_number_or_person CHECK (per IN ('', msisdn)),
    CONSTRAINT recipient_per_person_is_somebody CHECK (per <> '' OR person_id > 0)
);

CREATE INDEX recipient_planned ON notices.recipient (campaign_id, msisdn) WHERE notice_id IS NULL;
CREATE UNIQUE INDEX recipient_has_a_notice_of_its_own ON notices.recipient (notice_id)
    WHERE notice_id IS NOT NULL;

-- Whoever was told by a notice stays told by that one, and what was said stays what was said.
CREATE FUNCTION notices.stays_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'who was told stays told'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'recipient_stays_told';
END $$;

CREATE TRIGGER recipient_stays_told BEFORE UPDATE ON notices.recipient
    FOR EACH ROW WHEN (OLD.notice_id IS NOT NULL) EXECUTE FUNCTION notices.stays_told();

-- Who may do what: what is said and to whom is not changed; only how far it is.
GRANT SELECT, INSERT (key, kind, audience, facts, prevailing, until_at, opened_at, leaf_seq, asked,
              request_hash)
    ON notices.campaign TO tenure_app;
GRANT UPDATE (cursor, runs, run_ended_at, paused_at, cancelled_at) ON notices.campaign TO tenure_app;
GRANT SELECT, INSERT (campaign_id, per, person_id, msisdn, language), UPDATE (notice_id)
    ON notices.recipient TO tenure_app;
GRANT SELECT ON notices.campaign, notices.recipient TO tenure_privacy;
GRANT SELECT ON notices.campaign TO tenure_regulator;
GRANT USAGE ON SCHEMA notices TO tenure_regulator;
REVOKE ALL ON FUNCTION notices.stays_told(), notices.campaign_approved() FROM PUBLIC;


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
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

-- What a closed month's usage came to when its details ended, so that the books still add up (PRV-KEEP).
-- `least_days` and `purses_min` are the pack's.  Legs are arrays: entries, and the six legs in
-- micros (funds, grants, owed, tax, overrun, contra).  A carried entry counts those it stands for.
CREATE TABLE money.usage_ended (
    month date NOT NULL,
    run smallint NOT NULL,
    stage text NOT NULL,
    at timestamptz NOT NULL,
    purses_min smallint NOT NULL,
    -- Fewer purses than that stood behind it: nothing is told of what it came to.
    few boolean NOT NULL DEFAULT false,
    least_days smallint NOT NULL,
    ended bigint NOT NULL,
    held bigint NOT NULL,
    legs_before bigint[] NOT NULL,
    legs_after bigint[] NOT NULL,
    totals_sha256 text NOT NULL,
    leaf_seq bigint,
    CONSTRAINT usage_ended_run_is_one PRIMARY KEY (month, run),
    CONSTRAINT usage_ended_is_of_a_month CHECK (extract(day FROM month) = 1 AND run >= 1),
    CONSTRAINT usage_ended_stage_is_known CHECK (stage IN ('details', 'totals', 'books')),
    -- Whoever rewrites a month: what it came to is what it came to, to the millionth.
    CONSTRAINT usage_ended_legs_are_unchanged
        CHECK (cardinality(legs_before) = 7 AND legs_before = legs_after),
    CONSTRAINT usage_ended_few_are_not_told CHECK (NOT few OR legs_before = '{0,0,0,0,0,0,0}'),
    -- Whose a movement of money was is kept for as long as the books are: for a year at the very least.
    CONSTRAINT usage_ended_books_are_kept CHECK (stage <> 'books' OR least_days >= 365),
    CONSTRAINT usage_ended_counts_up CHECK (ended >= 0 AND held >= 0 AND purses_min >= 2),
    -- No sooner than the law of any of our markets allows (GR 52/2000 article 18), and as the pack says.
    CONSTRAINT usage_ended_after_its_period CHECK (
        at >= (month + interval '4 months') AT TIME ZONE 'UTC'
        AND at >= (month + interval '1 month') AT TIME ZONE 'UTC' + least_days * interval '24 hours'
    ),
    CONSTRAINT usage_ended_hash_is_sha256 CHECK (totals_sha256 ~ '^[0-9a-f]{64}$')
);

-- What an anonymised month's usage came to, by day, account and route.  Where too few purses would
-- stand behind a sum it is merged with its neighbours: `route` is '' for several, `day` is NULL for the
-- whole month, and account 0 is for several.
CREATE TABLE money.usage_total (
    month date NOT NULL,
    run smallint NOT NULL,
    day date,
    account smallint NOT NULL,
    route text NOT NULL,
    entries bigint NOT NULL,
    purses bigint NOT NULL,
    purses_min smallint NOT NULL,
    funds_micros bigint NOT NULL,
    grants_micros bigint NOT NULL,
    owed_micros bigint NOT NULL,
    tax_micros bigint NOT NULL,
    overrun_micros bigint NOT NULL,
    contra_micros bigint NOT NULL,
    CONSTRAINT usage_total_is_one UNIQUE NULLS NOT DISTINCT (month, run, day, account, route),
    CONSTRAINT usage_total_hides_in_a_crowd CHECK (purses >= purses_min AND purses_min >= 2),
    CONSTRAINT usage_total_balances CHECK (
        funds_micros + grants_micros + owed_micros + tax_micros + overrun_micros + contra_micros = 0
    ),
    CONSTRAINT usage_total_of_a_run
        FOREIGN KEY (month, run) REFERENCES money.usage_ended (month, run)
);

-- The same by account: what went out of the entries, and what the totals tell.  Accounts that were
-- merged stand under 0 together.
CREATE TABLE money.usage_account (
    month date NOT NULL,
    run smallint NOT NULL,
    account smallint NOT NULL,
    gone bigint[] NOT NULL,
    told bigint[] NOT NULL,
    CONSTRAINT usage_account_is_one PRIMARY KEY (month, run, account),
    CONSTRAINT usage_account_totals_are_equal CHECK (cardinality(gone) = 7 AND gone = told),
    CONSTRAINT usage_account_of_a_run
        FOREIGN KEY (month, run) REFERENCES money.usage_ended (month, run)
);

-- Someone else wrote a purse since it was loaded: the batch is repeated with what they wrote.
CREATE FUNCTION money.contested() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION money.open_month(timestamptz), money.contested() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION money.open_month(timestamptz), money.contested() TO tenure_app;
-- Written by the door of privacy alone (privacy.end_usage).
GRANT SELECT ON money.usage_ended, money.usage_total, money.usage_account
    TO tenure_app, tenure_privacy, tenure_regulator;
GRANT USAGE ON SCHEMA money TO tenure_privacy;


-- tariffs 1_versions ------------------------------------------------------------------------

-- The price you were shown is the price you pay: which versions of the prices are published, and
-- from when each is in force.  The prices themselves are files; their digest stands here.

CREATE SCHEMA tariffs;

COMMENT ON SCHEMA tariffs IS 'The price you were shown is the price you pay.';

CREATE TABLE tariffs.version (
    operator text NOT NULL,
    version text NOT NULL,
    digest bytea NOT NULL,
    effective_from timestamptz NOT NULL,
    founding boolean NOT NULL,
    notice_ms bigint NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    leaf_seq bigint NOT NULL,
    offers text[] NOT NULL,
    asked text,
    request_hash bytea,
    approved_by bigint,
    campaign_id bigint,
    confirmed_at timestamptz,
    in_force_from timestamptz,
    confirmed_leaf_seq bigint,
    withdrawn_at timestamptz,
    withdrawn_because text,
    CONSTRAINT version_pkey PRIMARY KEY (operator, version),
    -- Two prices never hold at one instant.
    CONSTRAINT version_one_at_an_instant UNIQUE (operator, in_force_from),
    CONSTRAINT version_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT version_notice_is_no_less_than_nothing CHECK (notice_ms >= 0),
    CONSTRAINT version_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT version_force_has_its_leaf FOREIGN KEY (confirmed_leaf_seq)
        REFERENCES record.leaf (seq),
    -- GTC-CHANGE: published at least so long before the day that was announced.
    CONSTRAINT version_is_published_in_time CHECK (
        founding OR effective_from >= published_at + notice_ms * interval '1 ms'
    ),
    -- Never before the announced day, and never for what is past.
    CONSTRAINT version_never_in_force_early CHECK (in_force_from >= effective_from),
    CONSTRAINT version_prices_nothing_that_is_past CHECK (founding OR in_force_from >= confirmed_at),
    CONSTRAINT version_is_confirmed_or_not
        CHECK (num_nulls(confirmed_at, in_force_from, confirmed_leaf_seq) IN (0, 3)),
    -- What was in force when this database began needs no notice from it; all else does.
    CONSTRAINT version_is_announced CHECK (
        CASE WHEN founding
             THEN num_nulls(asked, request_hash, approved_by, campaign_id) = 4
                  AND in_force_from IS NOT NULL AND withdrawn_at IS NULL
             ELSE num_nulls(asked, request_hash, approved_by) = 0 END
    ),
    -- INC-STAFF: nobody changes prices alone, and what was approved is exactly this.
    CONSTRAINT version_approval_is_of_what_was_asked
        CHECK (request_hash = sha256(convert_to(asked, 'UTF8'))),
    CONSTRAINT version_is_what_was_asked CHECK (
        asked IS NULL OR asked::jsonb = jsonb_build_object(
            'kind', 'tariff.publish', 'operator', operator, 'version', version,
            'digest', encode(digest, 'hex'), 'offers', to_jsonb(offers),
            'effective_from_ms', (extract(epoch FROM effective_from) * 1000)::bigint,
            'notice_ms', notice_ms
        )
    ),
    CONSTRAINT version_approval_is_used_once UNIQUE (request_hash),
    CONSTRAINT version_approved_by_another_human FOREIGN KEY (request_hash, approved_by)
        REFERENCES staff.approval (request_hash, approved_by),
    CONSTRAINT version_is_told_by_a_campaign FOREIGN KEY (campaign_id)
        REFERENCES notices.campaign (campaign_id),
    CONSTRAINT version_is_withdrawn_for_a_reason CHECK (
        (withdrawn_at IS NULL) = (withdrawn_because IS NULL)
        AND coalesce(withdrawn_because ~ '\S', true)
    ),
    CONSTRAINT version_is_withdrawn_before_it_is_in_force CHECK (withdrawn_at < in_force_from)
);

-- People are told of one change at a time.
CREATE UNIQUE INDEX version_one_is_announced_at_a_time ON tariffs.version (operator)
    WHERE (confirmed_at IS NULL AND withdrawn_at IS NULL);

-- Who may do what: the functions of 2_doors.sql are the only way to change anything here.
GRANT USAGE ON SCHEMA tariffs TO tenure_app, tenure_regulator;
GRANT SELECT ON tariffs.version TO tenure_app, tenure_regulator;


-- tariffs 2_doors ---------------------------------------------------------------------------

-- The only doors to the versions of the prices: each verifies all of it in the transaction that
-- changes it, and names what it misses by the name of a constraint.

-- What depends on what others do at the same time fails as a race does ('unique_violation'), so that
-- whoever lost asks again and sees what they did.
CREATE FUNCTION tariffs.demand(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ')
            USING ERRCODE = condition, SCHEMA = 'tariffs', CONSTRAINT = named;
    END IF;
END $$;

-- A leaf of this kind that says this in clear.
CREATE FUNCTION tariffs.leaf_says(proof bigint, told text, clear jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM record.leaf l
        WHERE l.seq = proof AND l.kind = told AND l.body::jsonb ->> 'kind' = told
          AND l.body::jsonb -> 'said' @> clear
    )
$$;

-- The versions that are in force when a database begins; only once for each operator, and only such
-- as are in force at that moment.
CREATE FUNCTION tariffs.found(
    operator_ text, versions text[], digests bytea[], effective timestamptz[], notice bigint,
    clerk text, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE tariffs.version IN SHARE ROW EXCLUSIVE MODE;
    PERFORM tariffs.demand(
        NOT EXISTS (SELECT FROM tariffs.version v WHERE v.operator = operator_),
        'version_founding_is_the_beginning', 'unique_violation'
    );
    PERFORM tariffs.demand(
        moment >= ALL (effective), 'version_founding_is_in_force_at_the_beginning'
    );
    PERFORM tariffs.demand(
        tariffs.leaf_says(proof, 'tariffs.founded', jsonb_build_object(
            'operator', operator_, 'versions', to_jsonb(versions)
        )), 'version_has_its_leaf'
    );
    INSERT INTO tariffs.version (
        operator, version, digest, effective_from, founding, notice_ms, published_at, published_by,
        leaf_seq, offers, confirmed_at, in_force_from, confirmed_leaf_seq
    )
    SELECT operator_, one.version, one.digest, one.effective, true, notice, moment, clerk,
           proof, '{}', moment, one.effective, proof
    FROM unnest(versions, digests, effective) AS one (version, digest, effective);
END $$;

-- A version is published: two humans agreed to exactly this, the day is far enough, and the
-- campaign that tells everybody affected is open.
CREATE FUNCTION tariffs.publish(
    operator_ text, version_ text, digest_ bytea, effective timestamptz, affected text[],
    notice bigint, body text, approver bigint, campaign bigint, clerk text, proof bigint,
    moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Notice is never shorter than it was when this database began, or in any version since.
    PERFORM tariffs.demand(
        notice >= (SELECT max(v.notice_ms) FROM tariffs.version v WHERE v.operator = operator_),
        'version_notice_never_gets_shorter'
    );
    PERFORM tariffs.demand(
        effective >= moment + notice * interval '1 ms', 'version_is_published_in_time'
    );
    PERFORM tariffs.demand(
        approver IN (
            -- How long it could be approved stands in the request.
            SELECT staff.approvers(sha256(convert_to(body, 'UTF8')), moment, '-infinity')
        ), 'version_approved_by_another_human'
    );
    PERFORM tariffs.demand(
        (campaign IS NULL) = (cardinality(affected) = 0), 'version_is_told_by_a_campaign'
    );
    PERFORM tariffs.demand(campaign IS NULL OR EXISTS (
        SELECT FROM notices.campaign c
        WHERE c.campaign_id = campaign AND c.kind = 'tariff.change' AND c.cancelled_at IS NULL
          AND c.audience -> 'offers' = to_jsonb(affected)
    ), 'version_is_told_by_a_campaign');
    PERFORM tariffs.demand(
        tariffs.leaf_says(proof, 'tariffs.published', jsonb_build_object(
            'operator', operator_, 'version', version_, 'digest', encode(digest_, 'hex')
        )), 'version_has_its_leaf'
    );
    INSERT INTO tariffs.version (
        operator, version, digest, effective_from, founding, notice_ms, published_at, published_by,
        leaf_seq, offers, asked, request_hash, approved_by, campaign_id
    ) VALUES (
        operator_, version_, digest_, effective, false, notice, moment, clerk, proof, affected, body,
        sha256(convert_to(body, 'UTF8')), approver, campaign
    );
END $$;

-- Who is affected by a version and was not told in writing by an instant: lines of its offers whose
-- holder has had them since before it was published.  Whoever came later agreed with the published
-- change in view; the campaign tells them as well, but they are not waited for.
CREATE FUNCTION tariffs.untold(operator_ text, version_ text, told_by timestamptz)
RETURNS TABLE (msisdn text, person_id bigint, sent_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT l.msisdn::text, coalesce(t.holder_id, 0), n.sent_at
    FROM tariffs.version v
    JOIN numbers.line l ON l.offer = ANY (v.offers) AND l.since <= v.published_at
    LEFT JOIN numbers.tenure t ON t.msisdn = l.msisdn AND upper_inf(t.during)
    LEFT JOIN notices.recipient r ON r.campaign_id = v.campaign_id
        AND r.per = l.msisdn AND r.person_id = coalesce(t.holder_id, 0)
    LEFT JOIN notices.notice n ON n.notice_id = r.notice_id
    WHERE v.operator = operator_ AND v.version = version_
      AND (t.during IS NULL OR lower(t.during) <= v.published_at)
      AND (n.sent_at IS NULL OR n.sent_at > told_by);
END $$;

-- GTC-CHANGE: a version takes effect for nobody before everybody affected has had their notice for
-- so long.  Until then the former version goes on, whatever day was announced.
CREATE FUNCTION tariffs.put_in_force(
    operator_ text, version_ text, begins timestamptz, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known tariffs.version;
BEGIN
    SELECT v.* INTO known FROM tariffs.version v
    WHERE v.operator = operator_ AND v.version = version_ FOR UPDATE;
    PERFORM tariffs.demand(FOUND, 'version_is_published');
    PERFORM tariffs.demand(known.withdrawn_at IS NULL, 'version_is_not_withdrawn');
    PERFORM tariffs.demand(
        known.confirmed_at IS NULL, 'version_is_confirmed_once', 'unique_violation'
    );
    PERFORM tariffs.demand(begins >= known.effective_from, 'version_never_in_force_early');
    PERFORM tariffs.demand(begins >= moment, 'version_prices_nothing_that_is_past');
    PERFORM tariffs.demand(NOT EXISTS (
        SELECT FROM tariffs.version v WHERE v.operator = operator_ AND v.in_force_from >= begins
    ), 'version_follows_the_former_one');
    PERFORM tariffs.demand(NOT EXISTS (
        SELECT FROM tariffs.untold(
            operator_, version_, begins - known.notice_ms * interval '1 ms'
        )
    ), 'version_everybody_affected_was_told_in_time');
    PERFORM tariffs.demand(
        tariffs.leaf_says(proof, 'tariffs.in_force', jsonb_build_object(
            'operator', operator_, 'version', version_
        )), 'version_force_has_its_leaf'
    );
    UPDATE tariffs.version v
    SET confirmed_at = moment, in_force_from = begins, confirmed_leaf_seq = proof
    WHERE v.operator = operator_ AND v.version = version_;
END $$;

-- What is published is withdrawn before it is in force, or not at all.
CREATE FUNCTION tariffs.withdraw(
    operator_ text, version_ text, because text, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM tariffs.demand(
        tariffs.leaf_says(proof, 'tariffs.withdrawn', jsonb_build_object(
            'operator', operator_, 'version', version_
        )), 'version_has_its_leaf'
    );
    UPDATE tariffs.version v SET withdrawn_at = moment, withdrawn_because = because
    WHERE v.operator = operator_ AND v.version = version_ AND NOT v.founding
      AND v.withdrawn_at IS NULL;
    PERFORM tariffs.demand(FOUND, 'version_is_withdrawn_once', 'unique_violation');
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION tariffs.demand, tariffs.leaf_says, tariffs.found, tariffs.publish,
    tariffs.untold, tariffs.put_in_force, tariffs.withdraw FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tariffs.found, tariffs.publish, tariffs.untold, tariffs.put_in_force,
    tariffs.withdraw TO tenure_app;


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
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sum(CASE WHEN place % 2 = 1 THEN digit ELSE digit * 2 - CASE WHEN digit > 4 THEN 9 ELSE 0 END END) % 10 = 0
    FROM (
        SELECT substr(reverse(digits), place, 1)::integer AS digit, place
        FROM generate_series(1, length(digits)) AS place
    ) AS reversed
$$;

-- The figures of the pack that the database itself enforces: one row, or none before the first start.
-- The newest leaf of its kind says the same, or the audit tells.
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
    CONSTRAINT figures_are_one_row PRIMARY KEY (one),
    CONSTRAINT figures_one_is_true CHECK (one),
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
GRANT SELECT, INSERT ON numbers.stock TO tenure_app;
GRANT SELECT, INSERT (iccid, imsi, sealed, imported_at) ON numbers.sim TO tenure_app;
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


-- numbers 3_requests ------------------------------------------------------------------------

-- What is asked about a number, who agreed to exactly that, and the holder's lock.
--
-- A request is bound to the hash of its body; every consent and approval signs that hash.  Requests end
-- and take effect by functions alone: see 3_requests_effect.sql.

CREATE TABLE numbers.request (
    request_id uuid NOT NULL,
    kind text NOT NULL,
    msisdn text COLLATE "C" NOT NULL,
    from_holder bigint NOT NULL,
    to_holder bigint,
    iccid text COLLATE "C",
    purse_id bigint,
    funds_go boolean NOT NULL,
    -- SHA-256 of the paper that stands for a consent, in hexadecimal.
    document text NOT NULL,
    -- NULL: the holder, by themselves.
    requested_by bigint,
    requested_at timestamptz NOT NULL,
    body text NOT NULL,
    request_hash bytea NOT NULL,
    leaf_seq bigint NOT NULL,
    ended_at timestamptz,
    outcome text,
    ended_leaf_seq bigint,
    CONSTRAINT request_pkey PRIMARY KEY (request_id),
    CONSTRAINT request_is_asked_once UNIQUE (request_hash),
    CONSTRAINT request_and_its_hash UNIQUE (request_id, request_hash),
    CONSTRAINT request_kind_is_known CHECK (
        kind IN ('transfer', 'inheritance', 'legal-order', 'restoration', 'sim', 'unlock')
    ),
    CONSTRAINT request_hash_is_of_its_body CHECK (request_hash = sha256(convert_to(body, 'UTF8'))),
    -- What is signed is what is done, to the last word.
    CONSTRAINT request_says_what_its_body_says CHECK (
        body::jsonb = jsonb_build_object(
            'version', 1, 'request', request_id::text, 'kind', kind, 'msisdn', msisdn,
            'from', from_holder::text, 'to', to_holder::text, 'iccid', iccid, 'purse', purse_id::text,
            'funds_go', funds_go, 'document', document,
            'asked_at', (extract(epoch FROM requested_at) * 1000)::bigint, 'asked_by', requested_by::text
        )
    ),
    -- INC-STAFF: where no holder consents, whoever asks is one more of ours than those who approve.
    CONSTRAINT request_by_the_holder_needs_the_holder CHECK (
        requested_by IS NOT NULL OR kind IN ('transfer', 'sim', 'unlock')
    ),
    CONSTRAINT request_never_to_oneself CHECK (to_holder <> from_holder),
    CONSTRAINT request_changes_the_holder CHECK ((to_holder IS NULL) = (kind IN ('sim', 'unlock'))),
    CONSTRAINT request_brings_a_new_purse CHECK ((to_holder IS NULL) = (purse_id IS NULL)),
    CONSTRAINT request_names_the_new_sim CHECK (kind <> 'sim' OR iccid IS NOT NULL),
    CONSTRAINT request_rests_on_a_document CHECK (
        CASE WHEN kind IN ('inheritance', 'legal-order', 'restoration') THEN document ~ '^[0-9a-f]{64}$'
             ELSE document = '' END
    ),
    CONSTRAINT request_ends_once CHECK (
        (ended_at IS NULL) = (outcome IS NULL) AND (ended_at IS NULL) = (ended_leaf_seq IS NULL)
        AND outcome IN ('effected', 'stopped', 'expired') AND ended_at >= requested_at
    ),
    CONSTRAINT request_from_a_person FOREIGN KEY (from_holder) REFERENCES people.person (person_id),
    CONSTRAINT request_to_a_person FOREIGN KEY (to_holder) REFERENCES people.person (person_id),
    CONSTRAINT request_by_a_human FOREIGN KEY (requested_by) REFERENCES staff.human (human_id),
    CONSTRAINT request_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT request_end_has_its_leaf FOREIGN KEY (ended_leaf_seq) REFERENCES record.leaf (seq)
);

-- Two who ask for the same number: the first is answered, and the second told.
CREATE UNIQUE INDEX request_one_open_for_a_number ON numbers.request (msisdn) WHERE (ended_at IS NULL);
CREATE INDEX request_by_number ON numbers.request (msisdn, requested_at);

-- Somebody agreed, by a passkey of their own or in a shop before a witness.  What was signed is kept as
-- it was signed, so that anybody can verify it again.
CREATE TABLE numbers.consent (
    request_id uuid NOT NULL,
    request_hash bytea NOT NULL,
    party text NOT NULL,
    person_id bigint NOT NULL,
    means text NOT NULL,
    given_at timestamptz NOT NULL,
    -- Of the person, or of the witness.
    credential_id bytea NOT NULL,
    authenticator_data bytea NOT NULL,
    client_data_json bytea NOT NULL,
    signature bytea NOT NULL,
    witness bigint,
    document_kind text,
    photo_ppm integer,
    photo_reference text,
    leaf_seq bigint NOT NULL,
    own_key bytea GENERATED ALWAYS AS (CASE WHEN means = 'passkey' THEN credential_id END) STORED,
    witness_key bytea GENERATED ALWAYS AS (CASE WHEN means = 'presence' THEN credential_id END) STORED,
    CONSTRAINT consent_once_for_each_part PRIMARY KEY (request_id, party),
    CONSTRAINT consent_to_exactly_this_request FOREIGN KEY (request_id, request_hash)
        REFERENCES numbers.request (request_id, request_hash),
    CONSTRAINT consent_party_is_known
        CHECK (party IN ('from', 'to', 'from-guardian', 'to-guardian')),
    CONSTRAINT consent_by_passkey_or_presence CHECK (
        CASE means
            WHEN 'passkey' THEN num_nonnulls(witness, document_kind, photo_ppm, photo_reference) = 0
            WHEN 'presence' THEN num_nulls(witness, document_kind, photo_ppm, photo_reference) = 0
            ELSE false
        END
    ),
    -- PRV-BIO: the face is the one on the document.
    CONSTRAINT consent_photo_matches CHECK (photo_ppm BETWEEN 950000 AND 1000000),
    CONSTRAINT consent_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT consent_by_an_own_key FOREIGN KEY (own_key, person_id)
        REFERENCES people.passkey (credential_id, person_id),
    CONSTRAINT consent_witness_signs_with_an_own_key FOREIGN KEY (witness_key, witness)
        REFERENCES staff.passkey (credential_id, human_id),
    CONSTRAINT consent_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    -- Who gives a number to their own ward agrees in two parts, and a key signs the same twice.
    CONSTRAINT consent_signature_is_used_once UNIQUE (party, signature),
    -- WebAuthn section 5.8.1: what was signed says what it was asked to sign, in base64url.  A witness
    -- signs whom they saw, and in which part: that they saw one says nothing of the other.
    CONSTRAINT consent_signs_exactly_this_request CHECK (
        convert_from(client_data_json, 'UTF8')::jsonb ->> 'challenge'
        = rtrim(translate(encode(CASE means WHEN 'passkey' THEN request_hash ELSE sha256(convert_to(
            'seen ' || party || ' ' || person_id || ' ' || encode(request_hash, 'hex'), 'UTF8'
        )) END, 'base64'), '+/', '-_'), '=')
    ),
    -- WebAuthn section 6.1: the owner of the key was present and verified.
    CONSTRAINT consent_in_person CHECK (
        octet_length(authenticator_data) >= 37 AND get_byte(authenticator_data, 32) & 5 = 5
    )
);

-- The holder's lock.  It ends by the holder's own request, or with their tenure; never by one of ours.
CREATE TABLE numbers.lock (
    msisdn text COLLATE "C" NOT NULL,
    person_id bigint NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT lock_pkey PRIMARY KEY (msisdn, since),
    CONSTRAINT lock_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT lock_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT lock_ends_later CHECK (until >= since)
);

CREATE UNIQUE INDEX lock_one_at_a_time ON numbers.lock (msisdn) WHERE (until IS NULL);

-- Who may do what.  Nothing that was asked or agreed to can be changed by the application.
GRANT SELECT, INSERT ON numbers.consent TO tenure_app;
-- How a request or a lock ends is written by functions alone.
GRANT SELECT, INSERT (
    request_id, kind, msisdn, from_holder, to_holder, iccid, purse_id, funds_go, document,
    requested_by, requested_at, body, request_hash, leaf_seq
) ON numbers.request TO tenure_app;
GRANT SELECT, INSERT (msisdn, person_id, since, leaf_seq) ON numbers.lock TO tenure_app;
GRANT SELECT ON numbers.request, numbers.consent, numbers.lock TO tenure_privacy;


-- numbers 3_requests_doors ------------------------------------------------------------------

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


-- numbers 3_requests_effect -----------------------------------------------------------------

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


-- numbers 4_lifecycle -----------------------------------------------------------------------

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


-- numbers 5_register ------------------------------------------------------------------------

-- Where record and tables differ: found by the auditor, told to the holder on record, and kept.

CREATE TABLE numbers.alarm (
    alarm_id bigint GENERATED ALWAYS AS IDENTITY,
    msisdn text COLLATE "C" NOT NULL,
    wrong text NOT NULL,
    found_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    ended_at timestamptz,
    CONSTRAINT alarm_pkey PRIMARY KEY (alarm_id),
    CONSTRAINT alarm_names_what_is_wrong CHECK (wrong ~ '^[A-Z_]+$'),
    CONSTRAINT alarm_ends_after_it_was_found CHECK (ended_at >= found_at),
    CONSTRAINT alarm_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- However often the auditor looks, and however many auditors do, one difference is one alarm.
CREATE UNIQUE INDEX alarm_once_while_it_lasts ON numbers.alarm (msisdn, wrong)
    WHERE (ended_at IS NULL);

-- Who may do what.
GRANT SELECT, INSERT, UPDATE (ended_at) ON numbers.alarm TO tenure_app;
GRANT SELECT (alarm_id, wrong, found_at, ended_at, leaf_seq) ON numbers.alarm TO tenure_regulator;


-- numbers 6_expiry --------------------------------------------------------------------------

-- What a holder was told of the end of a validity.

-- One step of the schedule, for one end: a clock that runs twice tells of it once, and a top-up, which
-- has another end, begins anew.  So many days before the end; 0: that it ended.
CREATE TABLE numbers.expiry_notice (
    purse_id bigint NOT NULL,
    validity_end timestamptz NOT NULL,
    days_before smallint NOT NULL,
    msisdn text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    notice_id bigint NOT NULL,
    CONSTRAINT expiry_notice_once PRIMARY KEY (purse_id, validity_end, days_before),
    CONSTRAINT expiry_notice_is_one_notice UNIQUE (notice_id),
    CONSTRAINT expiry_notice_of_a_notice
        FOREIGN KEY (notice_id) REFERENCES notices.notice (notice_id),
    -- GTC-TOPUP: nobody is told that something ended before it did, nor that it will end afterwards.
    CONSTRAINT expiry_notice_says_what_is CHECK (
        days_before >= 0 AND (days_before = 0) = (at >= validity_end)
    )
);

-- Who may do what.
GRANT SELECT, INSERT ON numbers.expiry_notice TO tenure_app;
GRANT SELECT ON numbers.expiry_notice TO tenure_privacy;


-- numbers 7_merging -------------------------------------------------------------------------

-- Tenure is never rewritten: whoever is a duplicate holds nothing when that is put on record.

-- Whoever would give the duplicate a number meanwhile waits for its row, and then may not.
CREATE FUNCTION numbers.duplicate_holds_nothing() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.tenure t WHERE t.holder_id = NEW.duplicate_id AND upper_inf(t.during)
    ), 'merge_of_who_holds_nothing');
    RETURN NEW;
END $$;

CREATE TRIGGER merge_of_who_holds_nothing BEFORE INSERT ON people.merge
    FOR EACH ROW EXECUTE FUNCTION numbers.duplicate_holds_nothing();

-- Who may do what.
REVOKE ALL ON FUNCTION numbers.duplicate_holds_nothing FROM PUBLIC;


-- access ------------------------------------------------------------------------------------

-- Your service is cut only for a reason you are told.

CREATE SCHEMA access;

COMMENT ON SCHEMA access IS 'Your service is cut only for a reason you are told.';

-- Many lines restricted for one ground (GTC-TRAFFIC): who is meant is a whole offer, or a list.
-- Services are bits: 1 calls, 2 texts, 4 picture messages, 8 data, 16 content.
CREATE TABLE access.traffic_group (
    group_id bigint GENERATED ALWAYS AS IDENTITY,
    ground text NOT NULL,
    services smallint NOT NULL,
    ends_at timestamptz NOT NULL,
    chosen text NOT NULL,
    lines bigint NOT NULL,
    reason text NOT NULL,
    evidence text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    lifted_at timestamptz,
    CONSTRAINT traffic_group_pkey PRIMARY KEY (group_id),
    CONSTRAINT traffic_group_as_its_measures UNIQUE (group_id, ground, services, ends_at),
    -- GTC-TRAFFIC: for nothing else.
    CONSTRAINT traffic_group_ground_is_published CHECK (ground IN ('law', 'security', 'overload')),
    CONSTRAINT traffic_group_names_services CHECK (services BETWEEN 1 AND 31),
    CONSTRAINT traffic_group_overload_passes CHECK (
        ground <> 'overload' OR ends_at <= decided_at + interval '31 days'
    ),
    CONSTRAINT traffic_group_ends CHECK (
        ends_at > decided_at AND ends_at <= decided_at + interval '366 days'
    ),
    CONSTRAINT traffic_group_is_of_an_offer_or_a_list CHECK (chosen ~ '^(list$|offer:.)'),
    CONSTRAINT traffic_group_means_somebody CHECK (lines > 0),
    CONSTRAINT traffic_group_says_why CHECK (reason ~ '\S' AND evidence ~ '\S'),
    CONSTRAINT traffic_group_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- What was decided against a line, for whoever held it then: the purse is theirs alone.
CREATE TABLE access.measure (
    measure_id bigint GENERATED ALWAYS AS IDENTITY,
    msisdn text COLLATE "C" NOT NULL,
    purse_id bigint NOT NULL,
    kind text NOT NULL,
    clause text NOT NULL,
    ground text,
    services smallint NOT NULL,
    ends_at timestamptz,
    reason text NOT NULL,
    evidence text NOT NULL,
    proof text,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    group_id bigint,
    notice_id bigint NOT NULL,
    leaf_seq bigint NOT NULL,
    asked text,
    request_hash bytea,
    approved_by bigint,
    lifted_at timestamptz,
    lifted_by text,
    lifted_because text,
    lifted_notice_id bigint,
    CONSTRAINT measure_pkey PRIMARY KEY (measure_id),
    CONSTRAINT measure_kind_is_known
        CHECK (kind IN ('restriction', 'suspension', 'termination')),
    CONSTRAINT measure_clause_is_named
        CHECK (clause IN ('GTC-TRAFFIC', 'GTC-ABUSE', 'GTC-ILLEGAL', 'law')),
    -- GTC-TRAFFIC: only for these grounds, and it only restricts.
    CONSTRAINT measure_traffic_has_its_ground CHECK (
        (clause = 'GTC-TRAFFIC') = (ground IS NOT NULL)
        AND (ground IS NULL OR ground IN ('law', 'security', 'overload'))
    ),
    CONSTRAINT measure_traffic_only_restricts
        CHECK (clause <> 'GTC-TRAFFIC' OR kind = 'restriction'),
    CONSTRAINT measure_restriction_names_services CHECK (
        services = 0 AND kind <> 'restriction' OR services BETWEEN 1 AND 31 AND kind = 'restriction'
    ),
    CONSTRAINT measure_restriction_ends CHECK (
        (kind = 'restriction') = (ends_at IS NOT NULL)
        AND (ends_at IS NULL
             OR ends_at > decided_at AND ends_at <= decided_at + interval '366 days')
    ),
    -- GTC-TRAFFIC: an overload is imminent, temporary or extraordinary, and passes.
    CONSTRAINT measure_overload_passes CHECK (
        ground IS DISTINCT FROM 'overload' OR ends_at <= decided_at + interval '31 days'
    ),
    CONSTRAINT measure_says_why CHECK (reason ~ '\S' AND evidence ~ '\S'),
    -- GTC-ABUSE: only one proven guilty of systematic obstruction is terminated for abuse.
    CONSTRAINT measure_termination_for_abuse_is_proven CHECK (
        kind <> 'termination' OR clause <> 'GTC-ABUSE' OR coalesce(proof ~ '\S', false)
    ),
    -- INC-STAFF: nobody ends a contract alone, and what was approved is exactly this.
    CONSTRAINT measure_termination_is_approved CHECK (
        (kind = 'termination') = (approved_by IS NOT NULL)
        AND num_nulls(asked, request_hash, approved_by) IN (0, 3)
    ),
    CONSTRAINT measure_approval_is_of_what_was_asked
        CHECK (request_hash = sha256(convert_to(asked, 'UTF8'))),
    CONSTRAINT measure_is_what_was_asked CHECK (
        asked IS NULL OR asked::jsonb = jsonb_strip_nulls(jsonb_build_object(
            'kind', 'access.terminate', 'msisdn', msisdn, 'purse', purse_id, 'clause', clause,
            'reason', reason, 'evidence', evidence, 'proof', proof
        ))
    ),
    CONSTRAINT measure_approval_is_used_once UNIQUE (request_hash),
    CONSTRAINT measure_approved_by_another_human FOREIGN KEY (request_hash, approved_by)
        REFERENCES staff.approval (request_hash, approved_by),
    -- GTC-ABUSE: notification is always given, whatever the reason.
    CONSTRAINT measure_is_told FOREIGN KEY (notice_id) REFERENCES notices.notice (notice_id),
    CONSTRAINT measure_has_a_notice_of_its_own UNIQUE (notice_id),
    CONSTRAINT measure_end_is_told FOREIGN KEY (lifted_notice_id)
        REFERENCES notices.notice (notice_id),
    CONSTRAINT measure_is_lifted_by_somebody_for_a_reason CHECK (
        num_nulls(lifted_at, lifted_by, lifted_because, lifted_notice_id) IN (0, 4)
        AND coalesce(lifted_at >= decided_at, true) AND coalesce(lifted_because ~ '\S', true)
    ),
    -- A contract that is void is made anew, or not at all.
    CONSTRAINT measure_termination_is_final CHECK (kind <> 'termination' OR lifted_at IS NULL),
    CONSTRAINT measure_is_as_its_group FOREIGN KEY (group_id, ground, services, ends_at)
        REFERENCES access.traffic_group (group_id, ground, services, ends_at),
    CONSTRAINT measure_once_in_a_group UNIQUE (group_id, msisdn),
    CONSTRAINT measure_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX measure_of_line ON access.measure (purse_id);
CREATE UNIQUE INDEX measure_terminated_once ON access.measure (purse_id)
    WHERE (kind = 'termination');

-- What was lifted stays lifted, and the day of it stays.
CREATE FUNCTION access.stays_lifted() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was lifted stays lifted'
        USING ERRCODE = 'check_violation', SCHEMA = 'access',
              CONSTRAINT = TG_TABLE_NAME || '_is_lifted_once';
END $$;

CREATE TRIGGER measure_is_lifted_once BEFORE UPDATE ON access.measure
    FOR EACH ROW WHEN (OLD.lifted_at IS NOT NULL) EXECUTE FUNCTION access.stays_lifted();
CREATE TRIGGER traffic_group_is_lifted_once BEFORE UPDATE ON access.traffic_group
    FOR EACH ROW WHEN (OLD.lifted_at IS NOT NULL) EXECUTE FUNCTION access.stays_lifted();

-- Who may do what: what was decided stays as it was told; it can only be lifted.
GRANT USAGE ON SCHEMA access TO tenure_app, tenure_privacy, tenure_regulator;
GRANT SELECT, INSERT ON access.measure, access.traffic_group TO tenure_app;
GRANT UPDATE (lifted_at, lifted_by, lifted_because, lifted_notice_id) ON access.measure
    TO tenure_app;
GRANT UPDATE (lifted_at) ON access.traffic_group TO tenure_app;
GRANT SELECT ON access.measure TO tenure_privacy;
GRANT SELECT ON access.traffic_group TO tenure_privacy, tenure_regulator;
REVOKE ALL ON FUNCTION access.stays_lifted() FROM PUBLIC;


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

-- What somebody was told went down, once: of a grant, or of the funds since their last top-up (KH-USAGE).
CREATE TABLE charging.told (
    purse_id bigint      NOT NULL,
    kind     text        NOT NULL,
    mark     bigint      NOT NULL,
    at       timestamptz NOT NULL,
    CONSTRAINT told_once PRIMARY KEY (purse_id, kind, mark),
    CONSTRAINT told_kind_is_known CHECK (kind IN ('usage.most', 'usage.all', 'usage.low'))
);

-- Who may do what.
GRANT USAGE ON SCHEMA charging TO tenure_app;
GRANT SELECT, INSERT ON charging.answered, charging.told TO tenure_app;


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


-- privacy 1_privacy -------------------------------------------------------------------------

-- You may see all we hold, and it ends when it should.

CREATE SCHEMA privacy;

COMMENT ON SCHEMA privacy IS 'You may see all we hold, and it ends when it should.';

-- Who may do what.
GRANT USAGE ON SCHEMA privacy TO tenure_app, tenure_privacy;


-- privacy 2_rights --------------------------------------------------------------------------

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


-- privacy 3_exports -------------------------------------------------------------------------

-- Exports of what is held about somebody: jobs that a kill cannot double, and packages that end.

CREATE TABLE privacy.export (
    export_id uuid NOT NULL,
    -- Whom it is about: exactly one of the three.
    person_id bigint,
    subject_id bigint,
    human_id bigint,
    scope text NOT NULL,
    language text NOT NULL,
    case_id uuid,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    -- The key of the package: for the subject's passphrase, and for as long as it is written for us.
    salt bytea NOT NULL,
    nonce bytea NOT NULL,
    sealed_key bytea NOT NULL,
    working_key bytea,
    file text NOT NULL,
    pins jsonb NOT NULL,
    position jsonb NOT NULL,
    frames bigint NOT NULL DEFAULT 0,
    finished_at timestamptz,
    until_at timestamptz,
    leaf_seq bigint,
    fetched_at timestamptz,
    destroyed_at timestamptz,
    CONSTRAINT export_pkey PRIMARY KEY (export_id),
    CONSTRAINT export_about_one CHECK (num_nonnulls(person_id, subject_id, human_id) = 1),
    CONSTRAINT export_scope_is_known CHECK (scope IN ('copy', 'know')),
    -- PRV-SEC: one of ours needs a case; only somebody themselves needs none.
    CONSTRAINT export_by_ours_has_a_case CHECK (case_id IS NOT NULL OR asked_by = '<page>'),
    CONSTRAINT export_keys_are_sealed CHECK (
        octet_length(salt) = 16 AND octet_length(nonce) = 12 AND octet_length(sealed_key) = 48
        AND octet_length(working_key) = 60
    ),
    CONSTRAINT export_only_grows CHECK (frames >= 0),
    -- Once it is complete, nobody but who has the passphrase can open it; and it is in the record.
    CONSTRAINT export_complete_is_nobody_elses CHECK (
        (finished_at IS NULL AND until_at IS NULL AND leaf_seq IS NULL)
        OR (finished_at IS NOT NULL AND until_at IS NOT NULL AND leaf_seq IS NOT NULL
            AND working_key IS NULL AND until_at > finished_at)
    ),
    CONSTRAINT export_fetched_when_complete CHECK (fetched_at IS NULL OR fetched_at >= finished_at),
    CONSTRAINT export_destroyed_for_good CHECK (destroyed_at IS NULL OR working_key IS NULL),
    CONSTRAINT export_for_a_case FOREIGN KEY (case_id) REFERENCES privacy.rights_case (case_id),
    CONSTRAINT export_is_in_the_record FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- The same is not written twice at the same time.
CREATE UNIQUE INDEX export_one_under_way
    ON privacy.export (
        coalesce(person_id, -1), coalesce(subject_id, -1), coalesce(human_id, -1), scope,
        coalesce(case_id, '00000000-0000-0000-0000-000000000000')
    ) WHERE finished_at IS NULL AND destroyed_at IS NULL;
CREATE INDEX export_of_person ON privacy.export (person_id, asked_at);
CREATE INDEX export_to_destroy ON privacy.export (until_at) WHERE destroyed_at IS NULL;

-- A job goes forward, is finished once, is fetched once and is destroyed for good.
CREATE FUNCTION privacy.export_goes_forward() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.frames < OLD.frames
        OR (OLD.finished_at IS NOT NULL AND NEW.finished_at IS DISTINCT FROM OLD.finished_at)
        OR (OLD.until_at IS NOT NULL AND NEW.until_at IS DISTINCT FROM OLD.until_at)
        OR (OLD.fetched_at IS NOT NULL AND NEW.fetched_at IS DISTINCT FROM OLD.fetched_at)
        OR (OLD.destroyed_at IS NOT NULL AND NEW IS DISTINCT FROM OLD)
    THEN
        RAISE EXCEPTION 'an export goes forward only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'export_goes_forward';
    END IF;
    RETURN NEW;
END $$;

-- PRV-RIGHTS: a case is answered with what it asks, neither less nor more.
CREATE FUNCTION privacy.export_is_what_was_asked() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.case_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM privacy.rights_case c
        WHERE c.case_id = NEW.case_id
          AND NEW.scope = CASE c.right_name
            WHEN 'copy' THEN 'copy' WHEN 'know' THEN 'know' WHEN 'disclosed' THEN 'know'
          END
    ) THEN
        RAISE EXCEPTION 'a package is what its case asks'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'export_is_what_was_asked';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER export_is_what_was_asked BEFORE INSERT ON privacy.export
    FOR EACH ROW EXECUTE FUNCTION privacy.export_is_what_was_asked();
CREATE TRIGGER export_goes_forward BEFORE UPDATE ON privacy.export
    FOR EACH ROW EXECUTE FUNCTION privacy.export_goes_forward();

-- Who may do what.
GRANT SELECT, INSERT,
    UPDATE (position, frames, working_key, finished_at, until_at, leaf_seq, fetched_at, destroyed_at)
    ON privacy.export TO tenure_app;
GRANT SELECT (export_id, person_id, subject_id, human_id, scope, language, case_id, asked_by, asked_at, frames,
    finished_at, until_at, fetched_at, destroyed_at) ON privacy.export TO tenure_privacy;
REVOKE ALL ON FUNCTION privacy.export_goes_forward(), privacy.export_is_what_was_asked() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.export_goes_forward(), privacy.export_is_what_was_asked() TO tenure_app;


-- privacy 4_keys ----------------------------------------------------------------------------

-- Which keys have ended: the keys themselves are in a store of their own, apart from the database.

-- A sealed value: which key it needs, a nonce, and what only that key opens at that place (values/sealing).
CREATE DOMAIN privacy.sealed AS bytea
    CONSTRAINT sealed_is_an_envelope CHECK (octet_length(VALUE) >= 45 AND get_byte(VALUE, 0) = 1);

-- PRV-KEEP: all keys of a mark that are older than the number have ended, wherever they turn up again.
-- The mark is an HMAC of whose and of which class, which only the key store can compute.  It is written in
-- the transaction that erases; the keys are destroyed after its commit, and the destruction is noted.
CREATE TABLE privacy.fence (
    mark bytea NOT NULL,
    number bigint NOT NULL,
    class text NOT NULL,
    asked_at timestamptz NOT NULL,
    raised_at timestamptz,
    keys integer,
    leaf_seq bigint NOT NULL,
    CONSTRAINT fence_pkey PRIMARY KEY (mark, number),
    CONSTRAINT fence_mark_is_a_mark CHECK (octet_length(mark) = 32),
    CONSTRAINT fence_number_is_positive CHECK (number > 0),
    CONSTRAINT fence_is_told FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT fence_is_raised_with_a_count CHECK ((raised_at IS NULL) = (keys IS NULL) AND keys >= 0)
);

COMMENT ON TABLE privacy.fence IS 'Keys that have ended, under marks that only the key store can read.';

CREATE INDEX fence_waits ON privacy.fence (number) WHERE raised_at IS NULL;

-- What was destroyed stays destroyed: a fence is raised once, and never goes.
CREATE FUNCTION privacy.fence_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.raised_at IS NOT NULL
        OR (NEW.mark, NEW.number, NEW.class, NEW.asked_at, NEW.leaf_seq)
            IS DISTINCT FROM (OLD.mark, OLD.number, OLD.class, OLD.asked_at, OLD.leaf_seq)
    THEN
        RAISE EXCEPTION 'a key that ended stays ended'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'fence_stays';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER fence_stays BEFORE UPDATE OR DELETE ON privacy.fence
    FOR EACH ROW EXECUTE FUNCTION privacy.fence_stays();

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.fence_stays() FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE (raised_at, keys) ON privacy.fence TO tenure_app;
GRANT SELECT ON privacy.fence TO tenure_privacy, tenure_regulator;
GRANT USAGE ON SCHEMA privacy TO tenure_regulator;


-- privacy 5_retention -----------------------------------------------------------------------

-- It ends when it should (PRV-KEEP): how long what is kept, what is held back, and the ledger of what ended.

-- What the pack says; kind is '' for everybody, or a kind of people with days of its own.
CREATE TABLE privacy.keeping (
    keep text NOT NULL,
    kind text NOT NULL,
    starts text NOT NULL,
    minimum_ms bigint NOT NULL,
    maximum_ms bigint NOT NULL,
    disputed boolean NOT NULL,
    CONSTRAINT keeping_pkey PRIMARY KEY (keep, kind),
    CONSTRAINT keeping_starts_somewhere CHECK (starts IN ('row', 'relation')),
    CONSTRAINT keeping_ends_after_it_may CHECK (minimum_ms BETWEEN 0 AND maximum_ms)
);

-- What the register says: which rows of which table end how, and how they lead to whom.  The texts are
-- SQL over a row t, written by the owner alone.
CREATE TABLE privacy.step (
    nth integer NOT NULL,
    store text NOT NULL,
    keep text NOT NULL,
    act text NOT NULL,
    columns text[] NOT NULL,
    since text NOT NULL,
    kinds text[] NOT NULL,
    whoms text NOT NULL,
    about jsonb NOT NULL,
    needed text NOT NULL,
    emptied text NOT NULL,
    undone text NOT NULL,
    of_kind text NOT NULL,
    after text NOT NULL,
    CONSTRAINT step_pkey PRIMARY KEY (nth),
    CONSTRAINT step_once UNIQUE (store, act, keep),
    CONSTRAINT step_act_is_known CHECK (act IN ('delete', 'empty'))
);

CREATE TABLE privacy.plan (
    one boolean NOT NULL DEFAULT true,
    digest bytea NOT NULL,
    late_ms bigint NOT NULL,
    CONSTRAINT plan_is_one_row PRIMARY KEY (one),
    CONSTRAINT plan_one_is_true CHECK (one),
    CONSTRAINT plan_digest_is_sha256 CHECK (octet_length(digest) = 32)
);

-- The ledger: written, and committed, before anything ends.  It names nobody; the number of who asked
-- is what finds them again in a copy that is put back.
CREATE TABLE privacy.erasure (
    entry_id uuid NOT NULL,
    why text NOT NULL,
    kind text,
    whom bigint,
    written_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT erasure_pkey PRIMARY KEY (entry_id),
    CONSTRAINT erasure_why_is_known CHECK (why IN ('request', 'period', 'replay')),
    CONSTRAINT erasure_of_somebody CHECK (
        (why = 'period') = (whom IS NULL) AND (kind IS NULL) = (whom IS NULL)
    ),
    CONSTRAINT erasure_kind_is_known CHECK (kind IN ('person', 'subject', 'human')),
    CONSTRAINT erasure_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX erasure_by_whom ON privacy.erasure (kind, whom) WHERE whom IS NOT NULL;

-- What came of it so far, table by table: how many rows, never which.
CREATE TABLE privacy.ended (
    entry_id uuid NOT NULL,
    store text NOT NULL,
    act text NOT NULL,
    rows bigint NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT ended_pkey PRIMARY KEY (entry_id, store, act),
    CONSTRAINT ended_by_the_ledger FOREIGN KEY (entry_id)
        REFERENCES privacy.erasure (entry_id) ON DELETE CASCADE,
    CONSTRAINT ended_something CHECK (rows > 0)
);

-- What stays, until when, and why.  Nothing that stays keeps anything else.
CREATE TABLE privacy.deferred (
    entry_id uuid NOT NULL,
    store text NOT NULL,
    keep text NOT NULL,
    ground text NOT NULL,
    rows bigint NOT NULL,
    until_at timestamptz,
    CONSTRAINT deferred_pkey PRIMARY KEY (entry_id, store, keep, ground),
    CONSTRAINT deferred_by_the_ledger FOREIGN KEY (entry_id)
        REFERENCES privacy.erasure (entry_id) ON DELETE CASCADE,
    CONSTRAINT deferred_for_a_ground CHECK (ground IN ('lasts', 'minimum', 'held', 'needed', 'usage'))
);

-- When an entry is looked at next; NULL when nothing is left to do.
CREATE TABLE privacy.again (
    entry_id uuid NOT NULL,
    next_at timestamptz,
    CONSTRAINT again_pkey PRIMARY KEY (entry_id),
    CONSTRAINT again_by_the_ledger FOREIGN KEY (entry_id)
        REFERENCES privacy.erasure (entry_id) ON DELETE CASCADE
);

CREATE INDEX again_next ON privacy.again (next_at) WHERE next_at IS NOT NULL;

-- A legal hold postpones exactly what it names: whose, which classes (none: all), and what was over
-- when.  It counts from when it is asked, so that nothing goes meanwhile; who does not find a second
-- pair of eyes in time loses it again.
CREATE TABLE privacy.hold (
    hold_id uuid NOT NULL,
    kind text NOT NULL,
    whom bigint NOT NULL,
    keeps text[] NOT NULL,
    during tstzrange NOT NULL,
    reference text NOT NULL,
    authority text NOT NULL,
    document text NOT NULL,
    review_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL,
    body text NOT NULL,
    request_hash bytea NOT NULL,
    leaf_seq bigint NOT NULL,
    released_at timestamptz,
    release_hash bytea,
    release_leaf_seq bigint,
    CONSTRAINT hold_pkey PRIMARY KEY (hold_id),
    CONSTRAINT hold_kind_is_known CHECK (kind IN ('person', 'subject', 'human')),
    CONSTRAINT hold_covers_some_time CHECK (NOT isempty(during)),
    CONSTRAINT hold_names_case_and_authority CHECK (reference ~ '\S' AND authority ~ '\S'),
    CONSTRAINT hold_rests_on_a_document CHECK (document ~ '^[0-9a-f]{64}$'),
    CONSTRAINT hold_is_looked_at_again CHECK (
        review_at > asked_at AND review_at <= asked_at + interval '366 days'
    ),
    CONSTRAINT hold_was_asked FOREIGN KEY (request_hash) REFERENCES staff.request (request_hash),
    CONSTRAINT hold_is_asked_once UNIQUE (request_hash),
    -- What is approved is exactly this.
    CONSTRAINT hold_hash_is_of_its_body CHECK (request_hash = sha256(convert_to(body, 'UTF8'))),
    CONSTRAINT hold_is_what_was_asked CHECK (
        body::jsonb = jsonb_build_object(
            'kind', 'privacy.hold', 'hold', hold_id::text, 'whose', kind || ' ' || whom,
            'keeps', to_jsonb(keeps), 'reference', reference, 'authority', authority,
            'document', document,
            'from_ms', (extract(epoch FROM lower(during)) * 1000)::bigint,
            'until_ms', (extract(epoch FROM upper(during)) * 1000)::bigint,
            'review_ms', (extract(epoch FROM review_at) * 1000)::bigint
        )
    ),
    CONSTRAINT hold_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT hold_is_released_wholly CHECK (
        num_nulls(released_at, release_hash, release_leaf_seq) IN (0, 3) AND released_at >= asked_at
    ),
    CONSTRAINT hold_release_has_its_leaf FOREIGN KEY (release_leaf_seq) REFERENCES record.leaf (seq)
);

-- That a hold may end is asked as well, with the reason, and approved as exactly that.
CREATE TABLE privacy.hold_release (
    request_hash bytea NOT NULL,
    hold_id uuid NOT NULL,
    body text NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT hold_release_pkey PRIMARY KEY (request_hash),
    CONSTRAINT hold_release_and_hold UNIQUE (request_hash, hold_id),
    CONSTRAINT hold_release_of_a_hold FOREIGN KEY (hold_id)
        REFERENCES privacy.hold (hold_id) ON DELETE CASCADE,
    CONSTRAINT hold_release_was_asked FOREIGN KEY (request_hash)
        REFERENCES staff.request (request_hash),
    CONSTRAINT hold_release_hash_is_of_its_body CHECK (
        request_hash = sha256(convert_to(body, 'UTF8'))
        AND body::jsonb ->> 'kind' = 'privacy.release' AND body::jsonb ->> 'hold' = hold_id::text
    )
);

ALTER TABLE privacy.hold ADD CONSTRAINT hold_ends_as_it_was_asked
    FOREIGN KEY (release_hash, hold_id) REFERENCES privacy.hold_release (request_hash, hold_id);

CREATE INDEX hold_by_whom ON privacy.hold (kind, whom) WHERE released_at IS NULL;

-- Who may do what: nothing is taken out of the ledger; how a hold ends is written by a function alone.
GRANT SELECT ON privacy.keeping, privacy.step, privacy.plan TO tenure_app, tenure_privacy;
GRANT SELECT, INSERT (entry_id, why, kind, whom, written_at, leaf_seq) ON privacy.erasure
    TO tenure_app;
GRANT SELECT, INSERT, DELETE ON privacy.deferred TO tenure_app;
GRANT SELECT, INSERT, UPDATE (next_at) ON privacy.again TO tenure_app;
GRANT SELECT ON privacy.ended TO tenure_app;
GRANT SELECT, INSERT (
    hold_id, kind, whom, keeps, during, reference, authority, document, review_at, asked_at, body,
    request_hash, leaf_seq
) ON privacy.hold TO tenure_app;
GRANT SELECT, INSERT ON privacy.hold_release TO tenure_app;
GRANT SELECT ON privacy.hold_release, privacy.erasure, privacy.ended, privacy.deferred, privacy.again, privacy.hold
    TO tenure_privacy;


-- privacy 5_retention_doors -----------------------------------------------------------------

-- What holds a row back, how a hold ends, and how the owner publishes what the doors do.

CREATE FUNCTION privacy.insist(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ') USING ERRCODE = condition, CONSTRAINT = named;
    END IF;
END $$;

-- Whether a hold counts: asked and approved, or asked and still open for a second pair of eyes.
CREATE FUNCTION privacy.hold_counts(h privacy.hold, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.released_at IS NULL AND h.asked_at <= moment AND (
        EXISTS (SELECT FROM staff.approvers(h.request_hash, moment, h.asked_at))
        OR moment < (SELECT q.until_at FROM staff.request q WHERE q.request_hash = h.request_hash)
    )
$$;

-- Whether a row is held back: by a legal hold that covers it, or by what is open about a number.
CREATE FUNCTION privacy.is_held(
    kinds text[], whoms bigint[], kept text, since timestamptz, moment timestamptz
) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM unnest(kinds, whoms) AS w (kind, whom)
        JOIN privacy.hold h ON h.kind = w.kind AND h.whom = w.whom AND h.released_at IS NULL
        WHERE (h.keeps = '{}' OR kept = ANY (h.keeps)) AND (since IS NULL OR h.during @> since)
          AND privacy.hold_counts(h, moment)
    ) OR EXISTS (
        SELECT FROM privacy.keeping k, unnest(kinds, whoms) AS w (kind, whom)
        WHERE k.keep = kept AND k.kind = '' AND k.disputed AND w.kind = 'person'
          AND (EXISTS (
                  SELECT FROM numbers.tenure t JOIN numbers.hold h ON h.msisdn = t.msisdn
                  WHERE t.holder_id = w.whom AND (h.until IS NULL OR moment < h.until)
                    AND t.during && tstzrange(h.since, NULL)
              ) OR EXISTS (
                  SELECT FROM numbers.request r
                  WHERE w.whom IN (r.from_holder, r.to_holder) AND r.ended_at IS NULL
              ))
    )
$$;

-- A hold ends by four eyes, and what it postponed is looked at again from the same instant on.
CREATE FUNCTION privacy.release_hold(
    held uuid, asked bytea, moment timestamptz, proof bigint
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    h privacy.hold;
    waiting bigint;
BEGIN
    SELECT x.* INTO h FROM privacy.hold x WHERE x.hold_id = held FOR UPDATE;
    PERFORM privacy.insist(FOUND, 'release_of_a_hold');
    PERFORM privacy.insist(h.released_at IS NULL, 'release_once', 'serialization_failure');
    PERFORM privacy.insist(EXISTS (
        SELECT FROM staff.request q, staff.approvers(asked, moment, q.requested_at)
        WHERE q.request_hash = asked AND q.kind = 'privacy.release'
          AND q.requested_at <= moment
    ), 'release_needs_another_pair_of_eyes');
    UPDATE privacy.hold
    SET released_at = moment, release_hash = asked, release_leaf_seq = proof WHERE hold_id = held;
    UPDATE privacy.again a SET next_at = moment
    FROM privacy.erasure e
    WHERE e.entry_id = a.entry_id AND EXISTS (
        SELECT FROM privacy.deferred d WHERE d.entry_id = a.entry_id AND d.ground = 'held'
    );
    GET DIAGNOSTICS waiting = ROW_COUNT;
    PERFORM pg_notify('tenure_erasure', '');
    RETURN waiting;
END $$;

-- The pack and the register become what the database does.  Only the owner may.
CREATE FUNCTION privacy.publish_plan(given jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM privacy.keeping;
    DELETE FROM privacy.step;
    DELETE FROM privacy.plan;
    INSERT INTO privacy.keeping
    SELECT * FROM jsonb_populate_recordset(NULL::privacy.keeping, given -> 'keeps');
    INSERT INTO privacy.step
    SELECT * FROM jsonb_populate_recordset(NULL::privacy.step, given -> 'steps');
    INSERT INTO privacy.plan (digest, late_ms)
    VALUES (sha256(convert_to(given::text, 'UTF8')), (given ->> 'late_ms')::bigint);
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION
    privacy.insist, privacy.hold_counts, privacy.is_held, privacy.release_hold, privacy.publish_plan
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.release_hold TO tenure_app;


-- privacy 5_retention_ending ----------------------------------------------------------------

-- The one door by which what is held about people ends.  It trusts no rule of the application: period,
-- hold and ledger are looked at here, row by row, in the statement that ends the row.

-- Everybody of whom anything may be held back: once for a statement, so that nobody else is asked about.
CREATE FUNCTION privacy.held_whoms(moment timestamptz) RETURNS int8multirange
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(range_agg(int8range(whom, whom, '[]')), '{}') FROM (
        SELECT h.whom FROM privacy.hold h WHERE h.released_at IS NULL
        UNION
        SELECT t.holder_id FROM numbers.hold h JOIN numbers.tenure t ON t.msisdn = h.msisdn
        WHERE h.until IS NULL OR moment < h.until
        UNION
        SELECT w.whom FROM numbers.request r, unnest(ARRAY[r.from_holder, r.to_holder]) AS w (whom)
        WHERE r.ended_at IS NULL
    ) AS someone WHERE whom IS NOT NULL
$$;

-- When the relation with somebody was over, as SQL: NULL while it lasts, and long ago for who is not
-- there.  It is text, as the rest of the statement is, so that no function is called for each row.
CREATE FUNCTION privacy.person_over_at(whom text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format($sql$(
        SELECT CASE WHEN bool_or(upper_inf(held.during)) OR EXISTS (
                   SELECT FROM people.guardian g
                   JOIN numbers.tenure of_ward ON of_ward.holder_id = g.ward_id
                   WHERE g.guardian_id = %1$s AND g.until IS NULL AND upper_inf(of_ward.during)
               ) THEN NULL
               ELSE coalesce(
                   greatest(max(upper(held.during)),
                            (SELECT p.since FROM people.person p WHERE p.person_id = %1$s)),
                   '-infinity') END
        FROM numbers.tenure held WHERE held.holder_id = %1$s)$sql$, whom)
$$;

CREATE FUNCTION privacy.over_at(kind text, whom text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE kind
        WHEN 'person' THEN privacy.person_over_at(whom)
        WHEN 'subject' THEN format($sql$(
            SELECT CASE WHEN who.person_id IS NOT NULL THEN %2$s
                   ELSE greatest(who.since, (
                       SELECT max(i.since) FROM people.item i WHERE i.subject_id = %1$s
                   )) END
            FROM (SELECT) AS one LEFT JOIN people.subject who ON who.subject_id = %1$s)$sql$,
            whom, privacy.person_over_at('who.person_id'))
        ELSE format($sql$(
            SELECT CASE WHEN ours.human_id IS NULL THEN '-infinity' ELSE ours.suspended_at END
            FROM (SELECT) AS one LEFT JOIN staff.human ours ON ours.human_id = %1$s)$sql$, whom)
    END
$$;

-- From when on the time of a row counts, as SQL over `k`, `r`, `w` and `o`, where `o` has when each
-- relation was over: NULL while what it tells, or somebody's relation, lasts.  That one of ours had a
-- hand in it keeps nothing of a subscriber's: only where all are ours, ours count.
CREATE FUNCTION privacy.begins(kinds text[], OUT relations text, OUT begun text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(format(
               '(CASE WHEN k.starts <> ''row'' AND w.whoms[%1$s] IS NOT NULL THEN %2$s'
               ' ELSE ''-infinity'' END)::timestamptz AS o%1$s',
               nth, privacy.over_at(kind, format('w.whoms[%s]', nth))
           ), ', ' ORDER BY nth), '1'),
           CASE WHEN count(*) = 0 THEN 'r.since' ELSE format(
               'CASE WHEN k.starts = ''row'' OR num_nonnulls(%s) = 0 THEN r.since'
               ' WHEN num_nulls(%s) > 0 THEN NULL'
               ' ELSE nullif(greatest(r.since, %2$s), ''-infinity'') END',
               string_agg(format('w.whoms[%s]', nth), ', ' ORDER BY nth),
               string_agg(format('o.o%s', nth), ', ' ORDER BY nth)
           ) END
    FROM unnest(kinds) WITH ORDINALITY AS lead (kind, nth)
    WHERE kind <> 'human' OR NOT kinds && ARRAY['person', 'subject']
$$;

-- The rows of a step with what decides about each: `r`.since, `w`.whoms, `k`'s period, `b`.begins.  Of
-- everybody, or of whom $1 names; $2 is the moment.  What is `early` is asked first, and nothing more of
-- a row of which it is not true.
CREATE FUNCTION privacy.judging(s privacy.step, of_kind text, early text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format(
        ' FROM %s t CROSS JOIN LATERAL (SELECT (%s)::timestamptz AS since OFFSET 0) r'
        ' CROSS JOIN LATERAL (SELECT ARRAY[%s]::bigint[] AS whoms WHERE %s OFFSET 0) w'
        ' CROSS JOIN LATERAL (SELECT m.* FROM privacy.keeping m WHERE m.keep = %L'
        '   AND m.kind IN (%s, '''') ORDER BY m.kind DESC LIMIT 1) k'
        ' CROSS JOIN LATERAL (SELECT %s OFFSET 0) o'
        ' CROSS JOIN LATERAL (SELECT %s AS begins) b WHERE (%s) AND (%s)',
        s.store, s.since, s.whoms, early,
        s.keep, s.of_kind, said.relations, said.begun,
        CASE WHEN of_kind IS NULL THEN '$1::bigint IS NULL' ELSE s.about ->> of_kind END, s.undone
    ) FROM (SELECT EXISTS (
        SELECT FROM privacy.keeping m WHERE m.keep = s.keep AND m.starts <> 'row'
    )) AS counts (relation), privacy.begins(CASE WHEN relation THEN s.kinds ELSE '{}' END) AS said
$$;

-- Whether a row of the step is held back, as SQL over the same.
CREATE FUNCTION privacy.holding(s privacy.step) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format(
        '((%s) AND coalesce(privacy.is_held(%L, w.whoms, %L, r.since, $2), false))',
        coalesce(string_agg(format(
            '(SELECT privacy.held_whoms($2)) @> w.whoms[%s] IS TRUE', nth
        ), ' OR '), 'false'), s.kinds, s.keep
    ) FROM generate_series(1, cardinality(s.kinds)) AS nth
$$;

-- Whether the period of a row is over: on request its minimum, for everybody its maximum.
CREATE FUNCTION privacy.over(asked boolean) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN asked
        THEN 'k.minimum_ms = 0 OR b.begins + k.minimum_ms * interval ''1 millisecond'' <= $2'
        ELSE 'b.begins + k.maximum_ms * interval ''1 millisecond'' <= $2' END
$$;

-- What is cheap, and true of every row whose period is over: no row begins before what it tells is over.
CREATE FUNCTION privacy.early(s privacy.step, asked boolean) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN asked THEN 'true' ELSE (
        SELECT format('(%s r.since <= $2 - %s * interval ''1 millisecond'')',
                      CASE WHEN bool_or(m.starts <> 'row') THEN 'r.since IS NULL OR' END,
                      min(m.maximum_ms))
        FROM privacy.keeping m WHERE m.keep = s.keep
    ) END
$$;

-- Whether there is anything to look at: a statement over an empty table takes longer to plan than to run.
CREATE FUNCTION privacy.has_pages(store text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.relkind <> 'r' OR pg_relation_size(c.oid) > 0 FROM pg_class c WHERE c.oid = store::regclass
$$;

-- Ends at most so many rows of one step for one entry of the ledger: how many it were, and how many
-- pages the table has.  What ends of everybody is looked for in these pages alone: a table is gone
-- through once, and not from its beginning for each few thousand rows.
CREATE FUNCTION privacy.end_rows(
    entry uuid, nth_step integer, moment timestamptz, most integer, from_page bigint, until_page bigint,
    OUT done bigint, OUT pages bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e privacy.erasure;
    s privacy.step;
    due text;
BEGIN
    done := 0;
    pages := 0;
    SELECT x.* INTO e FROM privacy.erasure x WHERE x.entry_id = entry;
    PERFORM privacy.insist(
        FOUND AND e.written_in <> pg_current_xact_id() AND e.written_at <= moment,
        'erasure_is_in_the_ledger_before'
    );
    SELECT p.* INTO s FROM privacy.step p WHERE p.nth = nth_step;
    PERFORM privacy.insist(FOUND, 'erasure_follows_the_plan');
    IF e.whom IS NOT NULL AND NOT s.about ? e.kind OR NOT privacy.has_pages(s.store) THEN
        RETURN;
    END IF;
    due := format(
        'SELECT t.ctid %s AND (%s) AND NOT %s %s %s %s LIMIT $3 FOR UPDATE OF t SKIP LOCKED',
        privacy.judging(s, e.kind, format(
            '%s AND NOT %s', privacy.early(s, e.whom IS NOT NULL), s.needed
        )),
        privacy.over(e.whom IS NOT NULL), privacy.holding(s),
        -- No entry ends itself, however late it goes on: the next period ends it.
        CASE WHEN s.store IN ('privacy.erasure', 'privacy.ended', 'privacy.deferred', 'privacy.again')
            THEN format('AND t.entry_id <> %L', entry) ELSE '' END,
        CASE WHEN e.whom IS NULL
            THEN format('AND t.ctid >= ''(%s,0)'' AND t.ctid < ''(%s,0)''', from_page, until_page)
            ELSE '' END,
        s.after
    );
    -- What was said stays said, but for what ends here.
    PERFORM set_config('tenure.ending', 'yes', true);
    EXECUTE CASE s.act
        WHEN 'delete' THEN format('DELETE FROM %s WHERE ctid = ANY (ARRAY(%s))', s.store, due)
        ELSE format('UPDATE %s t SET %s WHERE ctid = ANY (ARRAY(%s))', s.store, s.emptied, due)
    END USING e.whom, moment, most;
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM set_config('tenure.ending', '', true);
    IF e.whom IS NULL THEN
        pages := pg_relation_size(s.store::regclass) / current_setting('block_size')::integer;
    END IF;
    IF done > 0 THEN
        INSERT INTO privacy.ended AS x (entry_id, store, act, rows, last_at)
        VALUES (entry, s.store, s.act, done, moment)
        ON CONFLICT ON CONSTRAINT ended_pkey
        DO UPDATE SET rows = x.rows + excluded.rows, last_at = excluded.last_at;
    END IF;
END $$;

-- Whether anything of anybody has been kept for longer than it may, since so long before the moment.
CREATE FUNCTION privacy.any_due(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s privacy.step;
    found_one boolean;
BEGIN
    FOR s IN SELECT p.* FROM privacy.step p WHERE privacy.has_pages(p.store) ORDER BY p.nth LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT %s AND (%s) AND NOT %s)',
            privacy.judging(s, NULL, format('%s AND NOT %s', privacy.early(s, false), s.needed)),
            privacy.over(false), privacy.holding(s)
        ) INTO found_one USING NULL::bigint, moment;
        IF found_one THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- How the rows of a step stand: of somebody (their period is the minimum), or of everybody (the maximum).
-- Grounds in this order: held, lasts, minimum, needed; '' for what can go.
CREATE FUNCTION privacy.judged(nth_step integer, of_kind text, whom bigint, moment timestamptz)
RETURNS TABLE (ground text, ends_at timestamptz, counted bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s privacy.step;
BEGIN
    SELECT p.* INTO s FROM privacy.step p WHERE p.nth = nth_step;
    IF of_kind IS NOT NULL AND NOT s.about ? of_kind OR NOT privacy.has_pages(s.store) THEN
        RETURN;
    END IF;
    -- Months and grounds of millions of rows are counted in memory; for this transaction alone.
    PERFORM set_config('work_mem', '64MB', true);
    RETURN QUERY EXECUTE format(
        'SELECT CASE WHEN held THEN ''held'' WHEN ends IS NULL THEN ''lasts'''
        '   WHEN ends > $2 THEN ''minimum'' WHEN needed THEN ''needed'' ELSE '''' END,'
        -- What has no minimum and stays for another reason has no end by itself.
        ' nullif(date_trunc(''month'', ends, ''UTC''), ''-infinity''), count(*)'
        ' FROM (SELECT %s AS held, %s AS needed,'
        '   CASE WHEN $1 IS NOT NULL AND k.minimum_ms = 0 THEN ''-infinity'''
        '   ELSE b.begins + CASE WHEN $1 IS NULL THEN k.maximum_ms ELSE k.minimum_ms END'
        '     * interval ''1 millisecond'' END AS ends %s) AS e GROUP BY 1, 2 ORDER BY 1, 2',
        privacy.holding(s), s.needed, privacy.judging(s, of_kind, 'true')
    ) USING whom, moment;
END $$;

-- What needs a row that ends is found by an index: PostgreSQL looks for it once for each row.
CREATE INDEX measure_ended_by_notice ON access.measure (lifted_notice_id)
    WHERE lifted_notice_id IS NOT NULL;
CREATE INDEX request_from_somebody ON numbers.request (from_holder);
CREATE INDEX request_to_somebody ON numbers.request (to_holder);
CREATE INDEX consent_by_somebody ON numbers.consent (person_id);
CREATE INDEX lock_of_somebody ON numbers.lock (person_id);

-- Who may do what.
REVOKE ALL ON FUNCTION
    privacy.held_whoms, privacy.person_over_at, privacy.over_at, privacy.begins, privacy.judging,
    privacy.holding, privacy.over, privacy.early, privacy.has_pages, privacy.end_rows, privacy.any_due, privacy.judged
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.end_rows, privacy.any_due, privacy.judged TO tenure_app;


-- privacy 6_usage ---------------------------------------------------------------------------

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


-- privacy 6_usage_books ---------------------------------------------------------------------

-- The last stage of a month: when the books need it no longer, one entry for each purse opens what follows.

-- Each purse that goes, with all that its entries of the month came to; its opening is dated as told.
CREATE FUNCTION privacy.books_opened(was text, opened text, held bigint[], opens timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        CREATE TABLE money.%I AS
        SELECT purse_id, max(seq) AS seq, min(seq) AS first_seq, %L::timestamptz AS at,
               sum(funds_micros)::bigint AS funds_micros, sum(grants_micros)::bigint AS grants_micros,
               sum(owed_micros)::bigint AS owed_micros, sum(tax_micros)::bigint AS tax_micros,
               sum(overrun_micros)::bigint AS overrun_micros, sum(contra_micros)::bigint AS contra_micros,
               (array_agg(funds_after_micros ORDER BY seq DESC))[1] AS funds_after_micros,
               sum(CASE WHEN kind = 14 THEN (explanation::jsonb ->> 'entries')::bigint ELSE 1 END) AS entries
        FROM money.%I WHERE NOT purse_id = ANY (%L::bigint[]) GROUP BY purse_id
    $sql$, opened, opens, was, held);
END $$;

-- What is held of the month stays; of every other purse one entry opens the next month there is.  Returns
-- entries and legs of both, as they stand in the books then.
CREATE FUNCTION privacy.books_carried(was text, next text, held bigint[], month_ date, since date)
RETURNS bigint[] LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    opened text := was || '_opened';
    opens timestamptz;
    stays bigint[];
    moved bigint[];
    broken bigint;
BEGIN
    SELECT min(u.month)::timestamp AT TIME ZONE 'UTC' INTO opens
    FROM privacy.usage_months() u WHERE u.month > month_;
    PERFORM people.demand(opens IS NOT NULL, 'books_open_a_month_that_follows');
    EXECUTE format('INSERT INTO money.%I SELECT * FROM money.%I WHERE purse_id = ANY ($1)', next, was)
        USING held;
    stays := privacy.usage_legs(next, 'true');
    PERFORM privacy.books_opened(was, opened, held, opens);
    -- Every balance can be explained: what was before the month, and what came of it, is what there was.
    EXECUTE format($sql$
        SELECT count(*) FROM money.%I o
        WHERE o.funds_after_micros <> o.funds_micros + coalesce((
            SELECT e.funds_after_micros FROM money.entry e
            WHERE e.purse_id = o.purse_id AND e.seq < o.first_seq AND e.at < %L
            ORDER BY e.seq DESC LIMIT 1), 0)
    $sql$, opened, opens) INTO broken;
    PERFORM people.demand(broken = 0, 'books_open_with_the_balance');
    EXECUTE format($sql$
        INSERT INTO money.entry
        SELECT purse_id, seq, at, 14, 19, funds_micros, grants_micros, owed_micros, tax_micros,
               overrun_micros, contra_micros, funds_after_micros, 'opening', '',
               '{"ended":"' || %L || '","entries":' || entries || ',"opening":"' || %L || '"}'
        FROM money.%I
    $sql$, since, to_char(month_, 'YYYY-MM'), opened);
    EXECUTE format($sql$
        SELECT ARRAY[coalesce(sum((e.explanation::jsonb ->> 'entries')::bigint), 0),
                     coalesce(sum(e.funds_micros), 0), coalesce(sum(e.grants_micros), 0),
                     coalesce(sum(e.owed_micros), 0), coalesce(sum(e.tax_micros), 0),
                     coalesce(sum(e.overrun_micros), 0), coalesce(sum(e.contra_micros), 0)]::bigint[]
        FROM money.%I o JOIN money.entry e ON e.purse_id = o.purse_id AND e.seq = o.seq
        WHERE e.at = %L AND e.kind = 14
    $sql$, opened, opens) INTO moved;
    EXECUTE format('DROP TABLE money.%I', opened);
    RETURN (SELECT array_agg(s.leg + m.leg ORDER BY s.nth)
            FROM unnest(stays) WITH ORDINALITY AS s (leg, nth)
            JOIN unnest(moved) WITH ORDINALITY AS m (leg, nth) USING (nth));
END $$;

-- Totals by account of all that ends of a month.  An account with too few purses is told with the other
-- such; if even they are too few, they join the smallest that is told.
CREATE FUNCTION privacy.total_books(was text, month_ date, run_ smallint, held bigint[], few integer)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.usage_total
        WITH goes AS NOT MATERIALIZED (
            SELECT * FROM money.%1$I WHERE NOT purse_id = ANY (%2$L::bigint[])
        ), crowd AS MATERIALIZED (
            SELECT account, count(DISTINCT purse_id) AS p FROM goes GROUP BY account
        ), rest AS MATERIALIZED (
            SELECT count(DISTINCT purse_id) AS p FROM goes
            WHERE account IN (SELECT account FROM crowd WHERE p < %3$s)
        ), merged AS MATERIALIZED (
            SELECT account FROM crowd WHERE p < %3$s
            UNION ALL
            (SELECT c.account FROM crowd c, rest WHERE rest.p BETWEEN 1 AND %3$s - 1 AND c.p >= %3$s
             ORDER BY c.p, c.account LIMIT 1)
        )
        SELECT %4$L::date, %5$L::smallint, NULL::date,
               (CASE WHEN account IN (SELECT account FROM merged) THEN 0 ELSE account END)::smallint AS told,
               '', count(*), count(DISTINCT purse_id), %3$s, sum(funds_micros), sum(grants_micros),
               sum(owed_micros), sum(tax_micros), sum(overrun_micros), sum(contra_micros)
        FROM goes GROUP BY told
    $sql$, was, held, few, month_, run_);
END $$;

-- The finer totals of a month end with its books; those of its whole stay.
CREATE FUNCTION privacy.totals_dropped(month_ date) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM money.usage_account a USING money.usage_ended e
    WHERE a.month = month_ AND e.month = month_ AND e.run = a.run AND e.stage = 'totals';
    DELETE FROM money.usage_total t USING money.usage_ended e
    WHERE t.month = month_ AND e.month = month_ AND e.run = t.run AND e.stage = 'totals';
$$;

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.books_opened, privacy.books_carried, privacy.total_books, privacy.totals_dropped FROM PUBLIC;


-- privacy 6_usage_doors ---------------------------------------------------------------------

-- The doors by which a month of usage is rewritten: made beside, compared, and put in its place.

-- The same entries without whom they were with and why they cost what they did.
CREATE FUNCTION privacy.without_details(was text, next text, held bigint[], since date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.%I
        SELECT purse_id, seq, at, kind, account, funds_micros, grants_micros, owed_micros, tax_micros,
               overrun_micros, contra_micros, funds_after_micros, reference,
               CASE WHEN ends THEN '' ELSE party END,
               CASE WHEN ends AND NOT starts_with(explanation, '{"ended"')
                    THEN '{"ended":"' || %L || '","route":"'
                         || split_part(split_part(explanation, '"route":"', 2), '"', 1) || '"}'
                    ELSE explanation END
        FROM (SELECT *, kind IN (1, 2, 3, 8) AND NOT purse_id = ANY (%L::bigint[]) AS ends
              FROM money.%I) e
    $sql$, next, since, held, was);
END $$;

-- Totals by day, account and route.  A cell with too few purses is merged with the other such cells
-- of its day and account, these of the month and account, and these of the month; if even then
-- too few are left, they join the smallest cell there is.
CREATE FUNCTION privacy.total_usage(
    was text, month_ date, run_ smallint, held bigint[], few integer, zone text
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.usage_total
        WITH usage AS NOT MATERIALIZED (
            SELECT purse_id, (at AT TIME ZONE %L)::date AS day, account,
                   CASE kind WHEN 3 THEN 'refund'
                        ELSE split_part(split_part(explanation, '"route":"', 2), '"', 1)
                   END COLLATE "C" AS route,
                   funds_micros AS f, grants_micros AS g, owed_micros AS o, tax_micros AS t,
                   overrun_micros AS v, contra_micros AS c
            FROM money.%I WHERE kind IN (1, 2, 3, 8) AND NOT purse_id = ANY (%L::bigint[])
        ), cell AS MATERIALIZED (
            SELECT day, account, route, count(*) AS n, count(DISTINCT purse_id) AS p, sum(f) AS f,
                   sum(g) AS g, sum(o) AS o, sum(t) AS t, sum(v) AS v, sum(c) AS c
            FROM usage GROUP BY day, account, route
        ), few_of_day AS MATERIALIZED (
            SELECT purse_id, day, account, count(*) AS n, sum(u.f) AS f, sum(u.g) AS g,
                   sum(u.o) AS o, sum(u.t) AS t, sum(u.v) AS v, sum(u.c) AS c
            FROM usage u JOIN (SELECT day, account, route FROM cell WHERE p < %5$s) s
                 USING (day, account, route)
            GROUP BY purse_id, day, account
        ), by_day AS MATERIALIZED (
            SELECT day, account, sum(n) AS n, count(*) AS p, sum(f) AS f, sum(g) AS g, sum(o) AS o,
                   sum(t) AS t, sum(v) AS v, sum(c) AS c
            FROM few_of_day GROUP BY day, account
        ), few_of_month AS MATERIALIZED (
            SELECT purse_id, account, sum(u.n) AS n, sum(u.f) AS f, sum(u.g) AS g, sum(u.o) AS o,
                   sum(u.t) AS t, sum(u.v) AS v, sum(u.c) AS c
            FROM few_of_day u JOIN (SELECT day, account FROM by_day WHERE p < %5$s) s
                 USING (day, account)
            GROUP BY purse_id, account
        ), by_month AS MATERIALIZED (
            SELECT account, sum(n) AS n, count(*) AS p, sum(f) AS f, sum(g) AS g, sum(o) AS o,
                   sum(t) AS t, sum(v) AS v, sum(c) AS c
            FROM few_of_month GROUP BY account
        ), rest AS MATERIALIZED (
            SELECT sum(u.n) AS n, count(DISTINCT purse_id) AS p, sum(u.f) AS f, sum(u.g) AS g,
                   sum(u.o) AS o, sum(u.t) AS t, sum(u.v) AS v, sum(u.c) AS c
            FROM few_of_month u JOIN (SELECT account FROM by_month WHERE p < %5$s) s USING (account)
        ), shown AS MATERIALIZED (
            SELECT *, row_number() OVER (ORDER BY p, n, day, account, route) AS place FROM (
                SELECT day, account, route, n, p, f, g, o, t, v, c FROM cell WHERE p >= %5$s
                UNION ALL SELECT day, account, '', n, p, f, g, o, t, v, c FROM by_day WHERE p >= %5$s
                UNION ALL SELECT NULL, account, '', n, p, f, g, o, t, v, c FROM by_month WHERE p >= %5$s
            ) enough
        ), taken AS MATERIALIZED (
            SELECT s.place FROM shown s, rest WHERE s.place = 1 AND rest.p BETWEEN 1 AND %5$s - 1
        ), merged AS (
            SELECT n, p, f, g, o, t, v, c FROM rest WHERE p > 0
            UNION ALL
            SELECT n, p, f, g, o, t, v, c FROM shown WHERE place IN (SELECT place FROM taken)
        )
        SELECT %4$L::date, %6$L::smallint, day, account, route, n, p, %5$s, f, g, o, t, v, c
        FROM shown WHERE place NOT IN (SELECT place FROM taken)
        UNION ALL
        SELECT %4$L::date, %6$L::smallint, NULL, 0::smallint, '', sum(n), max(p), %5$s, sum(f), sum(g),
               sum(o), sum(t), sum(v), sum(c)
        FROM merged HAVING sum(n) > 0
    $sql$, zone, was, held, month_, few, run_);
END $$;

-- What stays: everything that is not usage, what is held, and for each run of usage between two of
-- these one entry that carries its sums, dated like what follows it, which tells nothing new.
CREATE FUNCTION privacy.carried_forward(was text, next text, held bigint[], month_ date, since date)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.%I
        SELECT * FROM money.%I
        WHERE NOT kind IN (1, 2, 3, 8) OR purse_id = ANY (%L::bigint[])
    $sql$, next, was, held);
    EXECUTE format($sql$
        INSERT INTO money.%I
        SELECT purse_id, max(seq), coalesce(max(follows) FILTER (WHERE last), %L::timestamptz), 14, 19,
               sum(funds_micros), sum(grants_micros), sum(owed_micros), sum(tax_micros),
               sum(overrun_micros), sum(contra_micros), max(funds_after_micros) FILTER (WHERE last),
               'carried', '', '{"ended":"' || %L || '","entries":' || count(*) || '}'
        FROM (
            SELECT *, count(*) FILTER (WHERE NOT goes) OVER line AS before,
                   lead(goes) OVER line IS NOT TRUE AS last, lead(at) OVER line AS follows
            FROM (
                SELECT purse_id, seq, at, funds_micros, grants_micros, owed_micros, tax_micros,
                       overrun_micros, contra_micros, funds_after_micros,
                       kind IN (1, 2, 3, 8) AND NOT purse_id = ANY (%L::bigint[]) AS goes
                FROM money.%I
            ) e
            WINDOW line AS (PARTITION BY purse_id ORDER BY seq, at)
        ) e
        WHERE goes GROUP BY purse_id, before
    $sql$, next, (month_ + interval '1 month') AT TIME ZONE 'UTC' - interval '1 millisecond', since,
        held, was);
END $$;

-- By account: what goes out of the entries, and what the totals tell.  Accounts of which anything was
-- merged with another one are compared together, under 0.
CREATE FUNCTION privacy.compare_accounts(
    was text, goes text, month_ date, run_ smallint, held bigint[]
)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO money.usage_account
        WITH gone AS MATERIALIZED (
            SELECT account, count(*) AS n, sum(funds_micros) AS f, sum(grants_micros) AS g,
                   sum(owed_micros) AS o, sum(tax_micros) AS t, sum(overrun_micros) AS v,
                   sum(contra_micros) AS c
            FROM money.%I WHERE %5$s AND NOT purse_id = ANY (%2$L::bigint[])
            GROUP BY account
        ), told AS MATERIALIZED (
            SELECT account, sum(entries) AS n, sum(funds_micros) AS f, sum(grants_micros) AS g,
                   sum(owed_micros) AS o, sum(tax_micros) AS t, sum(overrun_micros) AS v,
                   sum(contra_micros) AS c
            FROM money.usage_total WHERE month = %3$L AND run = %4$L GROUP BY account
        ), pooled AS (
            SELECT account FROM gone LEFT JOIN told USING (account)
            WHERE gone.n IS DISTINCT FROM told.n
            UNION ALL SELECT 0::smallint
        ), sides AS (
            SELECT CASE WHEN account IN (SELECT account FROM pooled) THEN 0 ELSE account END AS account,
                   side, sum(n) AS n, sum(f) AS f, sum(g) AS g, sum(o) AS o, sum(t) AS t, sum(v) AS v,
                   sum(c) AS c
            FROM (SELECT *, 'gone' AS side FROM gone UNION ALL SELECT *, 'told' FROM told) both_
            GROUP BY 1, 2
        )
        SELECT %3$L::date, %4$L::smallint, account,
               coalesce(max(ARRAY[n, f, g, o, t, v, c]) FILTER (WHERE side = 'gone'), '{}')::bigint[],
               coalesce(max(ARRAY[n, f, g, o, t, v, c]) FILTER (WHERE side = 'told'), '{}')::bigint[]
        FROM sides GROUP BY account
    $sql$, was, held, month_, run_, goes);
END $$;

-- The totals of a run in one fixed order, hashed: what the leaf of the record says.
CREATE FUNCTION privacy.totals_sha256(month_ date, run_ smallint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(coalesce(string_agg(
        concat_ws('|', coalesce(day::text, ''), account, route, entries, purses, funds_micros,
                  grants_micros, owed_micros, tax_micros, overrun_micros, contra_micros) || E'\n',
        '' ORDER BY day NULLS LAST, account, route COLLATE "C"), ''), 'UTF8')), 'hex')
    FROM money.usage_total WHERE month = month_ AND run = run_
$$;

-- Writes the month anew beside itself, and shows by constraints that it came to the same.  Nothing is
-- replaced yet: the leaf comes first.  Returns the run.  While it works the month can be read, and
-- every other month be written.
CREATE FUNCTION privacy.end_usage(
    month_ date, stage_ text, least_days smallint, few smallint, zone text, moment timestamptz
) RETURNS smallint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was text := 'entry_' || to_char(month_, 'YYYY_MM');
    next text := was || '_next';
    since date := (moment AT TIME ZONE zone)::date;
    held bigint[] := privacy.usage_held(moment, privacy.month_of(month_));
    begins timestamptz := month_::timestamp AT TIME ZONE 'UTC';
    goes text := CASE stage_ WHEN 'books' THEN 'true' ELSE 'kind IN (1, 2, 3, 8)' END;
    made money.usage_ended;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('privacy.end_usage'));
    -- Sorts of a whole month; for this transaction alone.
    PERFORM set_config('work_mem', '256MB', true), set_config('maintenance_work_mem', '512MB', true);
    PERFORM money.open_month(begins);
    EXECUTE format('LOCK TABLE ONLY money.%I IN SHARE MODE', was);
    EXECUTE format(
        'SELECT count(*) < $2 FROM (SELECT DISTINCT purse_id FROM money.%I'
        ' WHERE %s AND NOT purse_id = ANY ($1) LIMIT $2) AS found', was, goes
    ) INTO made.few USING held, few;
    EXECUTE format('CREATE TABLE money.%I (LIKE money.entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', next);
    made.month := month_;
    made.run := 1 + coalesce((SELECT max(run) FROM money.usage_ended WHERE month = month_), 0);
    made.legs_before := privacy.usage_legs(was, 'true');
    IF stage_ = 'details' THEN
        PERFORM privacy.without_details(was, next, held, since);
        made.legs_after := privacy.usage_legs(next, 'true');
    ELSIF stage_ = 'totals' THEN
        PERFORM privacy.carried_forward(was, next, held, month_, since);
        made.legs_after := privacy.usage_legs(next, 'true');
    ELSE
        made.legs_after := privacy.books_carried(was, next, held, month_, since);
    END IF;
    -- The key of what is new serves to count what was held, and what stays besides.
    EXECUTE format('ALTER TABLE money.%I ADD PRIMARY KEY (purse_id, seq, at)', next);
    EXECUTE format('SELECT count(*) FROM money.%I WHERE %s AND purse_id = ANY ($1)', next, goes)
        INTO made.held USING held;
    EXECUTE format('SELECT count(*) FROM money.%I WHERE %s', was, goes) INTO made.ended;
    made.ended := made.ended - made.held;
    INSERT INTO money.usage_ended VALUES (
        month_, made.run, stage_, moment, few, false, least_days, made.ended, made.held, made.legs_before,
        made.legs_after, encode(sha256(''::bytea), 'hex'), NULL
    );
    IF stage_ = 'books' THEN
        PERFORM privacy.totals_dropped(month_);
    END IF;
    IF made.few THEN
        -- It was compared; but sums of so few would tell of each of them.
        UPDATE money.usage_ended
        SET few = true, legs_before = '{0,0,0,0,0,0,0}', legs_after = '{0,0,0,0,0,0,0}'
        WHERE month = month_ AND run = made.run;
    ELSIF stage_ = 'totals' THEN
        PERFORM privacy.total_usage(was, month_, made.run, held, few, zone);
        PERFORM privacy.compare_accounts(was, goes, month_, made.run, held);
    ELSIF stage_ = 'books' THEN
        PERFORM privacy.total_books(was, month_, made.run, held, few);
        PERFORM privacy.compare_accounts(was, goes, month_, made.run, held);
    END IF;
    UPDATE money.usage_ended SET totals_sha256 = privacy.totals_sha256(month_, made.run)
    WHERE month = month_ AND run = made.run;
    EXECUTE format('ANALYZE money.%I', next);
    EXECUTE format('ALTER TABLE money.%I ADD CONSTRAINT of_its_month CHECK (at >= %L AND at < %L)',
        next, begins, begins + interval '1 month');
    EXECUTE format(
        'CREATE TRIGGER usage_ends_on_arrival BEFORE INSERT ON money.%I'
        ' FOR EACH ROW EXECUTE FUNCTION privacy.usage_ends_on_arrival(%L)', next, since);
    RETURN made.run;
END $$;


-- privacy 6_usage_releases ------------------------------------------------------------------

-- What analysis was told, and what of each year's privacy that has cost.

-- One spending names the one before, and its key carries what was spent by then: so two at once are
-- one, nothing is spent twice, and the budget of a year is the one that its first spending knew.
CREATE TABLE privacy.spending (
    dataset text NOT NULL,
    year smallint NOT NULL,
    seq integer NOT NULL,
    after_seq integer,
    spent_before_millionths bigint NOT NULL,
    epsilon_millionths bigint NOT NULL,
    spent_millionths bigint NOT NULL,
    budget_millionths bigint NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT spending_one_at_a_time PRIMARY KEY (dataset, year, seq),
    CONSTRAINT spending_as_it_was
        UNIQUE (dataset, year, seq, spent_millionths, budget_millionths),
    CONSTRAINT spending_follows_the_one_before
        FOREIGN KEY (dataset, year, after_seq, spent_before_millionths, budget_millionths)
        REFERENCES privacy.spending (dataset, year, seq, spent_millionths, budget_millionths),
    CONSTRAINT spending_counts_up CHECK (
        seq = coalesce(after_seq, 0) + 1 AND (after_seq IS NULL) = (seq = 1)
        AND (after_seq IS NOT NULL OR spent_before_millionths = 0)
        AND epsilon_millionths > 0
        AND spent_millionths = spent_before_millionths + epsilon_millionths
    ),
    -- Whoever asks: what is spent is spent.
    CONSTRAINT spending_within_budget CHECK (spent_millionths <= budget_millionths),
    CONSTRAINT spending_in_its_year CHECK (year = extract(year FROM at AT TIME ZONE 'UTC')),
    CONSTRAINT spending_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- An answer as it was given.  Asked again for the same month it is this one, and costs nothing.
CREATE TABLE privacy.release (
    question text NOT NULL,
    month date NOT NULL,
    dataset text NOT NULL,
    method text NOT NULL,
    measure text NOT NULL,
    by_columns text[] NOT NULL,
    people_min integer NOT NULL,
    least_people bigint,
    bound bigint NOT NULL,
    year smallint,
    spending_seq integer,
    answer text NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT release_once_a_month PRIMARY KEY (question, month),
    CONSTRAINT release_is_of_a_month CHECK (extract(day FROM month) = 1),
    CONSTRAINT release_method_is_known CHECK (method IN ('crowd', 'noise')),
    CONSTRAINT release_hides_in_a_crowd CHECK (
        method = 'noise' AND least_people IS NULL
        OR (method = 'crowd' AND least_people >= people_min AND people_min >= 2) IS TRUE
    ),
    CONSTRAINT release_with_noise_is_paid_for CHECK (
        (method = 'noise') = (spending_seq IS NOT NULL) AND (year IS NULL) = (spending_seq IS NULL)
        AND (method = 'crowd' OR bound > 0)
    ),
    CONSTRAINT release_pays_once UNIQUE (dataset, year, spending_seq),
    CONSTRAINT release_was_paid_for FOREIGN KEY (dataset, year, spending_seq)
        REFERENCES privacy.spending (dataset, year, seq),
    CONSTRAINT release_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- What was told stays told, and what was spent stays spent, whoever asks.
CREATE FUNCTION privacy.stays_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what analysis was told, and what that cost, is never changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stays_told';
END $$;

CREATE TRIGGER spending_stays_told BEFORE UPDATE OR DELETE ON privacy.spending
    FOR EACH ROW EXECUTE FUNCTION privacy.stays_told();
CREATE TRIGGER release_stays_told BEFORE UPDATE OR DELETE ON privacy.release
    FOR EACH ROW EXECUTE FUNCTION privacy.stays_told();

-- Whoever may be counted: of age, with a yes to analysis that holds, and not restricted.
CREATE FUNCTION privacy.counted(moment timestamptz) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.person_id
    FROM (SELECT DISTINCT c.person_id FROM consent.event c
          WHERE c.purpose = 'analysis' AND c.medium = 'none' AND c.word = 'given') e
    WHERE consent.may(e.person_id, 'analysis', 'none', moment) AND people.of_age(e.person_id, moment)
$$;

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.stays_told, privacy.counted FROM PUBLIC;
GRANT SELECT, INSERT ON privacy.spending, privacy.release TO tenure_app;
GRANT SELECT ON privacy.spending, privacy.release TO tenure_privacy, tenure_regulator;
GRANT USAGE ON SCHEMA privacy TO tenure_regulator;
GRANT EXECUTE ON FUNCTION privacy.counted TO tenure_app;


-- privacy 6_usage_replacing -----------------------------------------------------------------

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


-- privacy 7_disclosures ---------------------------------------------------------------------

-- PRV-WHO, PRV-XFER: what left to whom, by which agreement, of whom.  Nothing leaves that is not here.

-- What the pack says of somebody named.  Another set of fields is another version; the tuple that
-- disclosures refer to never changes, and nothing goes abroad without a measure.
CREATE TABLE privacy.agreement (
    recipient text NOT NULL,
    version text NOT NULL,
    class text NOT NULL,
    basis text NOT NULL,
    country text NOT NULL,
    is_abroad boolean NOT NULL,
    measure text NOT NULL,
    is_confidential boolean NOT NULL,
    purpose text NOT NULL,
    consent text NOT NULL,
    consent_media text[] NOT NULL,
    fields text[] NOT NULL,
    ends_at timestamptz,
    -- In the pack that was published last.
    is_listed boolean NOT NULL,
    CONSTRAINT agreement_pkey PRIMARY KEY (recipient, version),
    CONSTRAINT agreement_as_it_is_disclosed_by
        UNIQUE (recipient, version, class, basis, country, measure, purpose, fields),
    CONSTRAINT agreement_basis_is_known CHECK (basis IN ('contract', 'consent', 'law', 'order')),
    CONSTRAINT agreement_measure_is_known
        CHECK (measure IN ('none', 'adequacy', 'safeguards', 'consent')),
    CONSTRAINT agreement_abroad_has_a_measure CHECK (is_abroad = (measure <> 'none')),
    CONSTRAINT agreement_consent_protects_where_it_is_the_basis
        CHECK (measure <> 'consent' OR basis = 'consent'),
    -- WEB-SHARE: only to who keeps it to themselves, or by law.
    CONSTRAINT agreement_is_confidential_or_law CHECK (
        is_confidential OR class = 'authorities'
    ),
    CONSTRAINT agreement_law_is_for_authorities
        CHECK ((class = 'authorities') = (basis IN ('law', 'order'))),
    CONSTRAINT agreement_consent_is_named
        CHECK ((basis = 'consent') = (consent <> '' AND cardinality(consent_media) > 0)),
    CONSTRAINT agreement_gives_something CHECK (cardinality(fields) > 0)
);

-- Where somebody named hears of changes (GDPR article 19), and the Ed25519 keys by which it answers,
-- each the x of a JWK (RFC 8037).  Whoever left the pack and was given something is told all the same.
CREATE TABLE privacy.recipient (
    recipient text NOT NULL,
    deliver text NOT NULL,
    keys text[] NOT NULL,
    CONSTRAINT recipient_pkey PRIMARY KEY (recipient),
    CONSTRAINT recipient_hears_and_answers
        CHECK ((deliver = '') = (cardinality(keys) = 0) AND deliver ~ '^(|file|https?://.+)$'),
    CONSTRAINT recipient_key_is_of_32_octets
        CHECK (array_to_string(keys, ' ', '?') ~ '^([A-Za-z0-9_-]{43}( |$))*$')
);

-- One time that something left.  The agreement's fields ride with the key, so that a field beside
-- them cannot be written down as disclosed, by whoever writes it.
CREATE TABLE privacy.disclosure (
    disclosure_id uuid NOT NULL,
    recipient text NOT NULL,
    agreement text NOT NULL,
    class text NOT NULL,
    basis text NOT NULL,
    country text NOT NULL,
    measure text NOT NULL,
    purpose text NOT NULL,
    agreed text[] NOT NULL,
    fields text[] NOT NULL,
    order_ref text,
    order_sha256 text,
    request_hash bytea,
    report text,
    period text,
    subjects integer NOT NULL,
    payload_sha256 bytea NOT NULL,
    at timestamptz NOT NULL,
    login text NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT disclosure_pkey PRIMARY KEY (disclosure_id),
    CONSTRAINT disclosure_by_an_agreement
        FOREIGN KEY (recipient, agreement, class, basis, country, measure, purpose, agreed)
        REFERENCES privacy.agreement (recipient, version, class, basis, country, measure, purpose, fields),
    CONSTRAINT disclosure_only_of_what_was_agreed CHECK (fields <@ agreed AND cardinality(fields) > 0),
    -- An authority shows its document, and two others of ours agreed to exactly this.
    CONSTRAINT disclosure_by_order_has_its_document CHECK (
        num_nulls(order_ref, order_sha256, request_hash) = CASE basis WHEN 'order' THEN 0 ELSE 3 END
        AND order_ref <> '' AND order_sha256 ~ '^[0-9a-f]{64}$'
    ),
    CONSTRAINT disclosure_of_what_was_asked
        FOREIGN KEY (request_hash) REFERENCES staff.request (request_hash),
    CONSTRAINT disclosure_once_an_order UNIQUE (request_hash),
    CONSTRAINT disclosure_report_has_a_period
        CHECK ((report IS NULL) = (period IS NULL) AND (report IS NULL OR basis = 'law')),
    CONSTRAINT disclosure_report_once_a_period UNIQUE (recipient, report, period),
    CONSTRAINT disclosure_hash_is_sha256 CHECK (octet_length(payload_sha256) = 32),
    CONSTRAINT disclosure_is_of_somebody CHECK (subjects > 0),
    CONSTRAINT disclosure_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX disclosure_by_time ON privacy.disclosure (at);

-- Of whom it was.  By the reference the recipient knows them, and by nothing else of ours.
CREATE TABLE privacy.disclosed (
    disclosure_id uuid NOT NULL,
    person_id bigint NOT NULL,
    reference bytea NOT NULL,
    CONSTRAINT disclosed_pkey PRIMARY KEY (disclosure_id, person_id),
    -- Those of whom something is about to leave are picked before the rest of it is known.
    CONSTRAINT disclosed_is_on_record FOREIGN KEY (disclosure_id)
        REFERENCES privacy.disclosure (disclosure_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT disclosed_reference_has_its_length CHECK (octet_length(reference) = 16)
);

CREATE INDEX disclosed_by_person ON privacy.disclosed (person_id);

-- What a transaction is disclosing just now: gone before it ends, and nobody else's to see.
CREATE TABLE privacy.disclosing (
    transaction_id xid8 NOT NULL,
    disclosure_id uuid NOT NULL,
    basis text NOT NULL,
    consent text NOT NULL,
    consent_media text[] NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT disclosing_one_at_a_time PRIMARY KEY (transaction_id)
);

-- Who may do what.
GRANT SELECT ON privacy.agreement, privacy.recipient, privacy.disclosure, privacy.disclosed
    TO tenure_app, tenure_privacy;
GRANT SELECT ON privacy.disclosing TO tenure_app;


-- privacy 7_disclosures_care ----------------------------------------------------------------

-- Tools of care see rows through a look that somebody of ours made for an open case, and no others.

-- Whom a transaction of care attends to just now, by which look: written by one door alone.
CREATE TABLE privacy.attending (
    transaction_id xid8 NOT NULL,
    look_id bigint NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT attending_one_at_a_time PRIMARY KEY (transaction_id),
    CONSTRAINT attending_of_a_look FOREIGN KEY (look_id) REFERENCES staff.look (look_id) ON DELETE CASCADE
);

-- From here to its end a transaction sees this person.  A setting could be set by whoever injects a
-- statement; this cannot: the look is in the record with who looked, why, and at whom, and is young
-- by the record's own time; the case is still open, and about this very person or a number they hold.
CREATE FUNCTION privacy.open_session(look bigint, person bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        EXISTS (
            SELECT FROM staff.look l
            JOIN staff.case c ON c.case_id = l.case_id AND c.about = l.about AND c.closed_at IS NULL
            JOIN staff.human h ON h.human_id = l.human_id AND h.suspended_at IS NULL
            JOIN staff.role r ON r.login = l.login AND r.role IN ('care', 'supervisor')
            WHERE l.look_id = look
              AND l.at > (SELECT f.at FROM record.leaf f ORDER BY f.seq DESC LIMIT 1) - interval '15 minutes'
              AND (c.about = sha256(c.salt || convert_to('person ' || person, 'UTF8')) OR EXISTS (
                  SELECT FROM numbers.tenure t
                  WHERE t.holder_id = person AND upper_inf(t.during)
                    AND c.about = sha256(c.salt || convert_to(t.msisdn, 'UTF8'))
              ))
        ), 'attending_by_a_look_for_an_open_case'
    );
    PERFORM people.demand(NOT consent.is_restricted(person), 'attending_nobody_at_rest');
    INSERT INTO privacy.attending VALUES (pg_current_xact_id(), look, person);
END $$;

-- It is forgotten before the transaction ends.
CREATE FUNCTION privacy.session_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM privacy.attending a WHERE a.transaction_id = NEW.transaction_id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER session_ends AFTER INSERT ON privacy.attending
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION privacy.session_ends();

-- Whether somebody is whom this transaction attends to; of anybody else it says no.
CREATE FUNCTION privacy.is_attended(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM privacy.attending a
        WHERE a.transaction_id = pg_current_xact_id_if_assigned() AND a.person_id = person
    )
$$;

-- Who may do what.  Analysis sees what was released and sums with a crowd behind each, and no more.
REVOKE ALL ON FUNCTION privacy.open_session, privacy.session_ends, privacy.is_attended FROM PUBLIC;
GRANT SELECT ON privacy.attending TO tenure_privacy;
GRANT EXECUTE ON FUNCTION privacy.open_session, privacy.is_attended TO tenure_care;
GRANT USAGE ON SCHEMA privacy, people, numbers, money, consent TO tenure_care;
GRANT USAGE ON SCHEMA privacy, money TO tenure_analysis;
GRANT SELECT (question, month, dataset, method, measure, by_columns, answer)
    ON privacy.release TO tenure_analysis;
GRANT SELECT (month, day, account, route, entries, purses, funds_micros, tax_micros)
    ON money.usage_total TO tenure_analysis;


-- privacy 7_disclosures_doors ---------------------------------------------------------------

-- The doors of what leaves: who is picked, what the roles of purposes see meanwhile, and the log.

-- The pack becomes what the database enforces.  Only the owner may.  What left by a version stays
-- as it was, so that a changed agreement needs another version.
CREATE FUNCTION privacy.publish_agreements(given jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE privacy.agreement SET is_listed = false WHERE is_listed;
    INSERT INTO privacy.agreement
    SELECT g.recipient, g.version, g.class, g.basis, g.country, g.is_abroad, g.measure,
           g.is_confidential, g.purpose, g.consent, g.consent_media, g.fields, g.ends_at, true
    FROM jsonb_populate_recordset(NULL::privacy.agreement, given) AS g
    -- A version by which nothing left yet may still be written otherwise.
    ON CONFLICT (recipient, version) DO UPDATE
    SET class = excluded.class, basis = excluded.basis, country = excluded.country,
        is_abroad = excluded.is_abroad, measure = excluded.measure,
        is_confidential = excluded.is_confidential, purpose = excluded.purpose,
        consent = excluded.consent, consent_media = excluded.consent_media, fields = excluded.fields
    WHERE NOT EXISTS (
        SELECT FROM privacy.disclosure d
        WHERE (d.recipient, d.agreement) = (agreement.recipient, agreement.version)
    );
    UPDATE privacy.agreement a SET is_listed = true, ends_at = g.ends_at
    FROM jsonb_populate_recordset(NULL::privacy.agreement, given) AS g
    WHERE (a.recipient, a.version) = (g.recipient, g.version)
      AND (a.class, a.basis, a.country, a.is_abroad, a.measure, a.is_confidential, a.purpose, a.consent,
           a.consent_media, a.fields)
        = (g.class, g.basis, g.country, g.is_abroad, g.measure, g.is_confidential, g.purpose, g.consent,
           g.consent_media, g.fields);
    INSERT INTO privacy.recipient
    SELECT g.recipient, g.deliver, g.keys FROM jsonb_populate_recordset(NULL::privacy.recipient, given) AS g
    ON CONFLICT (recipient) DO UPDATE SET deliver = excluded.deliver, keys = excluded.keys;
    PERFORM people.demand(
        (SELECT count(*) FROM privacy.agreement WHERE is_listed) = jsonb_array_length(given),
        'agreement_of_a_version_is_one'
    );
END $$;

-- Picks those of whom something may leave, and lets the role of the purpose see them, and only them,
-- until this transaction ends.  ``persons`` NULL is everybody who holds a number.
CREATE FUNCTION privacy.pick(
    disclosure uuid, recipient_ text, version_ text, persons bigint[], secret bytea, moment timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    by_ privacy.agreement;
    many bigint;
BEGIN
    SELECT a.* INTO by_ FROM privacy.agreement a
    WHERE a.recipient = recipient_ AND a.version = version_ AND a.is_listed
      AND (a.ends_at IS NULL OR moment < a.ends_at);
    PERFORM people.demand(FOUND, 'disclosure_by_an_agreement');
    PERFORM people.demand(persons IS NOT NULL OR by_.basis = 'law', 'disclosure_of_everybody_is_law');
    INSERT INTO privacy.disclosing
    VALUES (pg_current_xact_id(), disclosure, by_.basis, by_.consent, by_.consent_media, moment);
    INSERT INTO privacy.disclosed (disclosure_id, person_id, reference)
    SELECT disclosure, p.person_id,
           substr(sha256(secret || convert_to(p.person_id::text, 'UTF8')), 1, 16)
    FROM (
        SELECT DISTINCT t.holder_id AS person_id FROM numbers.tenure t
        WHERE persons IS NULL AND t.during @> moment
        UNION
        SELECT one FROM unnest(persons) AS one
    ) AS p
    WHERE (by_.basis IN ('law', 'order') OR NOT consent.is_restricted(p.person_id))
      AND (by_.basis <> 'consent' OR EXISTS (
          SELECT FROM unnest(by_.consent_media) AS m (medium)
          WHERE consent.may(p.person_id, by_.consent, m.medium, moment)
      ));
    GET DIAGNOSTICS many = ROW_COUNT;
    IF many = 0 THEN
        DELETE FROM privacy.disclosing s WHERE s.disclosure_id = disclosure;
    END IF;
    RETURN many;
END $$;

-- Whether somebody is among those whom this transaction discloses; outside of one nobody is.  It
-- says nothing about anybody else, so that a role can find out nothing with it.
CREATE FUNCTION privacy.is_picked(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM privacy.disclosing s
        JOIN privacy.disclosed d ON d.disclosure_id = s.disclosure_id AND d.person_id = person
        WHERE s.transaction_id = pg_current_xact_id_if_assigned()
    )
$$;

-- Of those picked: whose data rests, and who agrees to the purpose of the agreement.
CREATE FUNCTION privacy.is_at_rest(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT privacy.is_picked(person) AND consent.is_restricted(person)
$$;

CREATE FUNCTION privacy.agrees(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM privacy.disclosing s
        JOIN privacy.disclosed d ON d.disclosure_id = s.disclosure_id AND d.person_id = person
        CROSS JOIN LATERAL unnest(s.consent_media) AS m (medium)
        WHERE s.transaction_id = pg_current_xact_id_if_assigned()
          AND consent.may(person, s.consent, m.medium, s.at)
    )
$$;

-- Those picked, in their order, some at a time.
CREATE FUNCTION privacy.picked(after bigint, most integer) RETURNS TABLE (person_id bigint, reference bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.person_id, d.reference
    FROM privacy.disclosing s JOIN privacy.disclosed d ON d.disclosure_id = s.disclosure_id
    WHERE s.transaction_id = pg_current_xact_id_if_assigned() AND d.person_id > after
    ORDER BY d.person_id LIMIT most
$$;

-- Writes down what leaves, before it does; and what two others agreed to, where an authority asks.
CREATE FUNCTION privacy.disclose(
    disclosure uuid, recipient_ text, version_ text, chosen text[], order_ jsonb, report_ text, period_ text,
    payload bytea, clerk text, proof bigint, moment timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    by_ privacy.agreement;
    many bigint;
    asked bytea;
BEGIN
    SELECT a.* INTO STRICT by_ FROM privacy.agreement a
    WHERE a.recipient = recipient_ AND a.version = version_;
    DELETE FROM privacy.disclosing s
    WHERE s.transaction_id = pg_current_xact_id_if_assigned() AND s.disclosure_id = disclosure;
    PERFORM people.demand(FOUND, 'disclosure_of_those_picked');
    SELECT count(*) INTO many FROM privacy.disclosed d WHERE d.disclosure_id = disclosure;
    IF by_.basis = 'order' THEN
        PERFORM people.demand(order_ IS NOT NULL, 'disclosure_by_order_has_its_document');
        asked := sha256(convert_to(order_ ->> 'body', 'UTF8'));
        PERFORM people.demand(
            (SELECT count(*) >= 2 FROM staff.approvers(asked, moment, '-infinity')),
            'disclosure_approved_by_two_others'
        );
        -- What they signed is exactly this: whom, what, by which document, to whom.
        PERFORM people.demand(
            (order_ ->> 'body')::jsonb @> jsonb_build_object(
                'recipient', recipient_, 'agreement', version_, 'fields', to_jsonb(chosen),
                'order', order_ ->> 'reference', 'order_sha256', order_ ->> 'sha256'
            ) AND NOT EXISTS (
                SELECT FROM privacy.disclosed d
                WHERE d.disclosure_id = disclosure
                  AND NOT (order_ ->> 'body')::jsonb -> 'persons' @> to_jsonb(d.person_id)
            ), 'disclosure_of_what_was_approved'
        );
    END IF;
    PERFORM people.demand(
        tariffs.leaf_says(proof, 'privacy.disclosed', jsonb_build_object(
            'recipient', recipient_, 'agreement', version_, 'basis', by_.basis,
            'country', by_.country, 'measure', by_.measure, 'fields', to_jsonb(chosen),
            'subjects', many, 'payload', encode(payload, 'hex')
        )), 'disclosure_has_its_leaf'
    );
    INSERT INTO privacy.disclosure VALUES (
        disclosure, recipient_, version_, by_.class, by_.basis, by_.country, by_.measure, by_.purpose,
        by_.fields, chosen, order_ ->> 'reference', order_ ->> 'sha256', asked, report_, period_, many,
        payload, moment, clerk, proof
    );
    RETURN many;
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION
    privacy.publish_agreements, privacy.pick, privacy.is_picked, privacy.is_at_rest, privacy.agrees,
    privacy.picked, privacy.disclose
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.pick, privacy.disclose TO tenure_app;
GRANT EXECUTE ON FUNCTION privacy.is_picked, privacy.picked TO tenure_service, tenure_partner, tenure_authority;
GRANT EXECUTE ON FUNCTION privacy.is_at_rest TO tenure_service, tenure_partner;
GRANT EXECUTE ON FUNCTION privacy.agrees TO tenure_partner;
GRANT USAGE ON SCHEMA privacy, people, numbers, money, consent
    TO tenure_service, tenure_partner, tenure_authority;


-- privacy 7_disclosures_grants --------------------------------------------------------------

-- Which columns the roles of purposes see: made from the register by the rule ``grants``, and held to
-- it by a test.  Do not edit: change the register, or what a purpose needs.

GRANT SELECT (during, iccid, imsi, msisdn)
    ON numbers.binding TO tenure_service;
GRANT SELECT (during, holder_id, msisdn, prepaid, purse_id, slot)
    ON numbers.tenure TO tenure_service;
GRANT SELECT (address, channel, ended_at, person_id, verified_at)
    ON people.contact TO tenure_service;
GRANT SELECT (born_on, document_kind, document_number, language, name, person_id)
    ON people.person TO tenure_service;
GRANT SELECT (during, msisdn)
    ON numbers.binding TO tenure_partner;
GRANT SELECT (during, holder_id, msisdn, prepaid, purse_id, slot)
    ON numbers.tenure TO tenure_partner;
GRANT SELECT (address, channel, ended_at, person_id, verified_at)
    ON people.contact TO tenure_partner;
GRANT SELECT (language, person_id)
    ON people.person TO tenure_partner;
GRANT SELECT (after_at, after_seq, after_word, at, by_person_id, evidence, language, meaning, medium, notice_sha256, notice_version, person_id, purpose, purpose_document, purpose_sha256, purpose_version, record_id, seq, until_at, way, word)
    ON consent.event TO tenure_authority;
GRANT SELECT (at, explanation, funds_after_micros, funds_micros, grants_micros, kind, owed_micros, party, purse_id, reference, seq, tax_micros)
    ON money.entry TO tenure_authority;
GRANT SELECT (during, iccid, imsi, msisdn)
    ON numbers.binding TO tenure_authority;
GRANT SELECT (during, holder_id, msisdn, opened_as, prepaid, purse_id, request_id, slot)
    ON numbers.tenure TO tenure_authority;
GRANT SELECT (address, channel, ended_at, person_id, verified_at)
    ON people.contact TO tenure_authority;
GRANT SELECT (born_on, document_kind, document_number, language, name, person_id, since)
    ON people.person TO tenure_authority;
GRANT SELECT (at, explanation, funds_after_micros, funds_micros, grants_micros, kind, owed_micros, purse_id, reference, seq, tax_micros)
    ON money.entry TO tenure_care;
GRANT SELECT (during, msisdn)
    ON numbers.binding TO tenure_care;
GRANT SELECT (during, holder_id, msisdn, prepaid, purse_id, slot)
    ON numbers.tenure TO tenure_care;
GRANT SELECT (address, channel, ended_at, person_id, verified_at)
    ON people.contact TO tenure_care;
GRANT SELECT (language, person_id)
    ON people.person TO tenure_care;


-- privacy 7_disclosures_policies ------------------------------------------------------------

-- Which rows the roles of purposes see: of those whom a transaction discloses, and of nobody else.
--
-- Tenure itself, its owner's functions and the privacy officer see all rows: a policy that is always
-- true costs them nothing, since the planner drops it.  FORCE binds the owner's functions to policies
-- as well, so that a table that loses this one is empty for everybody, and is noticed.
--
-- Made from the register by the rule ``policies``, and held to it by a test.  Do not edit.

ALTER TABLE consent.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent.event FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON consent.event
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_those_picked ON consent.event FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority USING (privacy.is_picked(person_id));
CREATE POLICY only_of_the_case ON consent.event FOR SELECT
    TO tenure_care USING (privacy.is_attended(person_id));
CREATE POLICY nobody_at_rest ON consent.event AS RESTRICTIVE FOR SELECT
    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest(person_id));
CREATE POLICY only_who_agrees ON consent.event AS RESTRICTIVE FOR SELECT
    TO tenure_partner USING (privacy.agrees(person_id));

ALTER TABLE money.entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE money.entry FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON money.entry
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_of_numbers_seen ON money.entry FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority, tenure_care USING (EXISTS (
        SELECT FROM numbers.tenure h
        WHERE h.purse_id = entry.purse_id OFFSET 0
    ));

ALTER TABLE numbers.binding ENABLE ROW LEVEL SECURITY;
ALTER TABLE numbers.binding FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON numbers.binding
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_of_numbers_seen ON numbers.binding FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority, tenure_care USING (EXISTS (
        SELECT FROM numbers.tenure h
        WHERE h.msisdn = binding.msisdn AND h.during && binding.during OFFSET 0
    ));

ALTER TABLE numbers.tenure ENABLE ROW LEVEL SECURITY;
ALTER TABLE numbers.tenure FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON numbers.tenure
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_those_picked ON numbers.tenure FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority USING (privacy.is_picked(holder_id));
CREATE POLICY only_of_the_case ON numbers.tenure FOR SELECT
    TO tenure_care USING (privacy.is_attended(holder_id));
CREATE POLICY nobody_at_rest ON numbers.tenure AS RESTRICTIVE FOR SELECT
    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest(holder_id));
CREATE POLICY only_who_agrees ON numbers.tenure AS RESTRICTIVE FOR SELECT
    TO tenure_partner USING (privacy.agrees(holder_id));

ALTER TABLE people.contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.contact FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON people.contact
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_those_picked ON people.contact FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority USING (privacy.is_picked(person_id));
CREATE POLICY only_of_the_case ON people.contact FOR SELECT
    TO tenure_care USING (privacy.is_attended(person_id));
CREATE POLICY nobody_at_rest ON people.contact AS RESTRICTIVE FOR SELECT
    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest(person_id));
CREATE POLICY only_who_agrees ON people.contact AS RESTRICTIVE FOR SELECT
    TO tenure_partner USING (privacy.agrees(person_id));

ALTER TABLE people.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.person FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON people.person
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_those_picked ON people.person FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority USING (privacy.is_picked(person_id));
CREATE POLICY only_of_the_case ON people.person FOR SELECT
    TO tenure_care USING (privacy.is_attended(person_id));
CREATE POLICY nobody_at_rest ON people.person AS RESTRICTIVE FOR SELECT
    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest(person_id));
CREATE POLICY only_who_agrees ON people.person AS RESTRICTIVE FOR SELECT
    TO tenure_partner USING (privacy.agrees(person_id));


-- privacy 7_propagation ---------------------------------------------------------------------

-- GDPR article 19: what recipients are told of a change, signed, until they signed that it is done.

CREATE TABLE privacy.message (
    message_id uuid NOT NULL,
    recipient text NOT NULL,
    person_id bigint NOT NULL,
    change text NOT NULL,
    -- As the recipient knows them; what was disclosed may have ended by the time it is told.
    refs text[] NOT NULL,
    -- Whose request it was; it is closed when everybody has answered.
    case_id uuid,
    asked_at timestamptz NOT NULL,
    expected_by timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    -- A JSON Web Signature (RFC 7515): what is sent again is the same octets.
    signed text,
    done_at timestamptz,
    -- Whole, as the recipient signed it, so that anybody can verify it again.
    receipt text,
    done_leaf_seq bigint,
    leaf_seq bigint NOT NULL,
    CONSTRAINT message_pkey PRIMARY KEY (message_id),
    CONSTRAINT message_change_is_known
        CHECK (change IN ('correction', 'erasure', 'restriction', 'lifting')),
    CONSTRAINT message_is_done_by_a_receipt CHECK (
        num_nulls(done_at, receipt, done_leaf_seq) IN (0, 3) AND (done_at IS NULL) = (next_at IS NOT NULL)
        AND octet_length(receipt) <= 4096
    ),
    CONSTRAINT message_is_signed_before_it_leaves
        CHECK ((attempts = 0) = (signed IS NULL) AND (done_at IS NULL OR signed IS NOT NULL)),
    CONSTRAINT message_names_whom CHECK (cardinality(refs) > 0),
    CONSTRAINT message_is_expected_later CHECK (expected_by > asked_at AND attempts >= 0),
    CONSTRAINT message_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT message_is_done_on_record FOREIGN KEY (done_leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX message_due ON privacy.message (next_at) WHERE done_at IS NULL;
CREATE INDEX message_by_person ON privacy.message (person_id);
CREATE INDEX message_by_case ON privacy.message (case_id);

-- What was signed and sent stays the same text.
CREATE FUNCTION privacy.message_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        OLD.signed IS NULL OR NEW.signed = OLD.signed, 'message_stays_as_it_was_signed'
    );
    PERFORM people.demand(OLD.receipt IS NULL, 'message_stays_done');
    RETURN NEW;
END $$;

CREATE TRIGGER message_stays BEFORE UPDATE ON privacy.message
    FOR EACH ROW EXECUTE FUNCTION privacy.message_stays();

-- base64url (RFC 4648 section 5) as the JSON it holds; NULL for nothing.
CREATE FUNCTION privacy.signed_part(jws text, place integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT convert_from(
        decode(rpad(translate(part, '-_', '+/'), (length(part) + 3) / 4 * 4, '='), 'base64'), 'UTF8'
    )::jsonb
    FROM split_part(jws, '.', place) AS part
$$;

-- The one door by which a message is done.  It cannot verify a signature; it sees that the receipt
-- names a key of this recipient, this message, and the very octets that were sent.
CREATE FUNCTION privacy.acknowledge(which uuid, given text, proof bigint, moment timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known privacy.message;
    said jsonb := privacy.signed_part(given, 2);
    key text := privacy.signed_part(given, 1) ->> 'kid';
BEGIN
    SELECT m.* INTO STRICT known FROM privacy.message m WHERE m.message_id = which FOR UPDATE;
    PERFORM people.demand(
        EXISTS (
            SELECT FROM privacy.recipient r CROSS JOIN LATERAL unnest(r.keys) AS k (x)
            WHERE r.recipient = known.recipient AND key = rtrim(translate(encode(sha256(convert_to(
                format('{"crv":"Ed25519","kty":"OKP","x":"%s"}', k.x), 'UTF8'
            )), 'base64'), '+/', '-_'), '=')
        ), 'receipt_by_a_key_of_the_recipient'
    );
    PERFORM people.demand(
        coalesce(said ->> 'subject_request_id' = which::text AND said ->> 'request_status' = 'completed'
            AND said ->> 'message_sha256' = encode(sha256(convert_to(known.signed, 'UTF8')), 'hex'), false),
        'receipt_of_what_was_sent'
    );
    PERFORM people.demand(
        tariffs.leaf_says(proof, 'privacy.acknowledged', jsonb_build_object(
            'recipient', known.recipient, 'change', known.change,
            'receipt', encode(sha256(convert_to(given, 'UTF8')), 'hex')
        )), 'receipt_has_its_leaf'
    );
    UPDATE privacy.message m
    SET done_at = moment, receipt = given, done_leaf_seq = proof, next_at = NULL
    WHERE m.message_id = which;
END $$;

-- A request is closed when everybody who was told of it has signed that it is done.
CREATE FUNCTION privacy.rights_closed_when_answered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        NOT EXISTS (SELECT FROM privacy.message m WHERE m.case_id = NEW.case_id AND m.done_at IS NULL),
        'rights_step_closed_when_recipients_answered'
    );
    RETURN NEW;
END $$;

CREATE TRIGGER rights_closed_when_answered BEFORE INSERT ON privacy.rights_step
    FOR EACH ROW WHEN (NEW.step = 'close') EXECUTE FUNCTION privacy.rights_closed_when_answered();

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.message_stays, privacy.signed_part, privacy.acknowledge,
    privacy.rights_closed_when_answered FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.acknowledge TO tenure_app;
GRANT SELECT, INSERT, UPDATE (attempts, next_at, signed) ON privacy.message TO tenure_app;
GRANT SELECT ON privacy.message TO tenure_privacy;


-- privacy 8_website -------------------------------------------------------------------------

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


-- privacy 8_website_letters -----------------------------------------------------------------

-- Letters to who sent a form: what one of ours answers, and the link by which somebody shows that an
-- address is theirs.  Each is sealed under the key of its form, and ends with it.
CREATE TABLE privacy.letter (
    entry_id uuid NOT NULL,
    number smallint NOT NULL,
    subject_id bigint NOT NULL,
    kind text NOT NULL,
    sealed privacy.sealed NOT NULL,
    written_at timestamptz NOT NULL,
    written_by text NOT NULL,
    tries smallint NOT NULL DEFAULT 0,
    -- When it is tried next; then since when it is under way; then when the server had taken it.
    due_at timestamptz,
    handing_at timestamptz,
    handed_at timestamptz,
    reason text,
    CONSTRAINT letter_pkey PRIMARY KEY (entry_id, number),
    CONSTRAINT letter_of_a_form FOREIGN KEY (entry_id, subject_id)
        REFERENCES privacy.entry (entry_id, subject_id) ON DELETE CASCADE,
    CONSTRAINT letter_kind_is_known CHECK (kind IN ('answer', 'link')),
    CONSTRAINT letter_is_numbered_from_one CHECK (number > 0 AND tries >= 0),
    CONSTRAINT letter_waits_or_goes CHECK (due_at IS NULL OR handing_at IS NULL),
    CONSTRAINT letter_goes_before_it_is_taken CHECK (handed_at IS NULL OR handed_at >= handing_at),
    CONSTRAINT letter_taken_was_under_way CHECK (handed_at IS NULL OR handing_at IS NOT NULL),
    CONSTRAINT letter_that_stays_says_why CHECK (num_nonnulls(due_at, handing_at) > 0 OR reason <> '')
);

CREATE INDEX letter_due ON privacy.letter (due_at) WHERE due_at IS NOT NULL;

-- WEB-USE: a letter leaves once.  What was taken stays as it was, and nothing goes that did not wait.
CREATE FUNCTION privacy.letter_leaves_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a letter leaves once, as it was written'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'letter_leaves_once';
END $$;

CREATE TRIGGER letter_leaves_once BEFORE UPDATE ON privacy.letter
    FOR EACH ROW WHEN (
        OLD.handed_at IS NOT NULL
        OR (NEW.entry_id, NEW.number, NEW.subject_id, NEW.kind, NEW.sealed::bytea, NEW.written_at, NEW.written_by)
           IS DISTINCT FROM
           (OLD.entry_id, OLD.number, OLD.subject_id, OLD.kind, OLD.sealed::bytea, OLD.written_at, OLD.written_by)
        OR NEW.handing_at IS NOT NULL AND NEW.handing_at IS DISTINCT FROM OLD.handing_at AND OLD.due_at IS NULL
    )
    EXECUTE FUNCTION privacy.letter_leaves_once();

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.letter_leaves_once FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE (tries, due_at, handing_at, handed_at, reason) ON privacy.letter TO tenure_app;
GRANT SELECT ON privacy.letter TO tenure_privacy;


-- privacy 9_breaches ------------------------------------------------------------------------

-- A breach: data of people reached others.  What, whose, since when it is known, who was told when.

-- PRV-SEC: the clocks begin when somebody of ours knows of it, and they are kept with it: a changed
-- pack moves no deadline that runs.
CREATE TABLE privacy.breach (
    breach_id uuid NOT NULL,
    known_at timestamptz NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    tables text[] NOT NULL,
    by_login text,
    subjects_until timestamptz NOT NULL,
    authority_until timestamptz NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT breach_pkey PRIMARY KEY (breach_id),
    CONSTRAINT breach_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT breach_began_before_it_was_known CHECK (
        began_at <= coalesce(ended_at, known_at) AND began_at <= known_at AND known_at <= opened_at
    ),
    CONSTRAINT breach_is_of_something CHECK (cardinality(tables) > 0),
    CONSTRAINT breach_clocks_run_from_when_it_is_known
        CHECK (subjects_until > known_at AND authority_until > known_at)
);

-- What is said of it, in each language; a later wording replaces none, it is added.
CREATE TABLE privacy.breach_words (
    breach_id uuid NOT NULL,
    language text NOT NULL,
    seq integer NOT NULL,
    what text NOT NULL,
    how text NOT NULL,
    handling text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT breach_words_pkey PRIMARY KEY (breach_id, language, seq),
    CONSTRAINT breach_words_of_a_breach FOREIGN KEY (breach_id)
        REFERENCES privacy.breach (breach_id) ON DELETE CASCADE,
    -- Which data, when and how, handling and recovery: nobody is told half of it.
    CONSTRAINT breach_words_say_everything
        CHECK (btrim(what) <> '' AND btrim(how) <> '' AND btrim(handling) <> '')
);

-- Whose data it was, found from the register.
CREATE TABLE privacy.breach_affected (
    breach_id uuid NOT NULL,
    person_id bigint,
    subject_id bigint,
    human_id bigint,
    found_at timestamptz NOT NULL,
    notice_id bigint,
    told_at timestamptz,
    CONSTRAINT breach_affected_once
        UNIQUE NULLS NOT DISTINCT (breach_id, person_id, subject_id, human_id),
    CONSTRAINT breach_affected_of_a_breach FOREIGN KEY (breach_id)
        REFERENCES privacy.breach (breach_id),
    CONSTRAINT breach_affected_is_somebody CHECK (num_nonnulls(person_id, subject_id, human_id) = 1),
    CONSTRAINT breach_affected_told_by_a_notice CHECK (notice_id IS NULL OR told_at IS NOT NULL)
);

CREATE INDEX breach_affected_waits ON privacy.breach_affected (breach_id) WHERE told_at IS NULL;
CREATE INDEX breach_affected_by_person ON privacy.breach_affected (person_id);

-- What was done and decided, in its order; nothing of it changes.
CREATE TABLE privacy.breach_step (
    breach_id uuid NOT NULL,
    seq integer NOT NULL,
    step text NOT NULL,
    at timestamptz NOT NULL,
    by_login text NOT NULL,
    note text NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT breach_step_pkey PRIMARY KEY (breach_id, seq),
    CONSTRAINT breach_step_of_a_breach FOREIGN KEY (breach_id)
        REFERENCES privacy.breach (breach_id),
    CONSTRAINT breach_step_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT breach_step_is_known CHECK (step IN (
        'noted', 'scoped', 'subjects-told', 'authority-told', 'public-told', 'closed'
    )),
    CONSTRAINT breach_step_says_what CHECK (btrim(note) <> '')
);

CREATE UNIQUE INDEX breach_step_told_once ON privacy.breach_step (breach_id, step)
    WHERE step IN ('subjects-told', 'authority-told', 'public-told', 'closed');

-- The rules say it kindly before: nothing ends half told, and nothing happens after the end.
CREATE FUNCTION privacy.breach_step_fits() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Two steps at once wait for each other here.
    known privacy.breach;
    done text[];
BEGIN
    SELECT b.* INTO known FROM privacy.breach b WHERE b.breach_id = NEW.breach_id FOR UPDATE;
    SELECT array_agg(s.step) INTO done FROM privacy.breach_step s WHERE s.breach_id = NEW.breach_id;
    IF 'closed' = ANY (coalesce(done, '{}')) THEN
        RAISE EXCEPTION 'a closed breach goes on' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'breach_step_not_after_the_end';
    END IF;
    IF NEW.step = 'subjects-told' AND EXISTS (
        SELECT FROM privacy.breach_affected a
        WHERE a.breach_id = NEW.breach_id AND a.told_at IS NULL
    ) THEN
        RAISE EXCEPTION 'somebody was not told' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'breach_step_everybody_was_told';
    END IF;
    IF NEW.step = 'closed'
       AND NOT coalesce(done, '{}') @> ARRAY['subjects-told', 'authority-told'] THEN
        RAISE EXCEPTION 'a breach ends when subjects and authority were told' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'breach_step_closed_when_told';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER breach_step_fits BEFORE INSERT ON privacy.breach_step
    FOR EACH ROW EXECUTE FUNCTION privacy.breach_step_fits();

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.breach_step_fits FROM PUBLIC;
GRANT SELECT, INSERT ON privacy.breach, privacy.breach_words, privacy.breach_step TO tenure_app;
-- A row lock needs a right to change something.
GRANT UPDATE (ended_at) ON privacy.breach TO tenure_app;
GRANT SELECT, INSERT, UPDATE (notice_id, told_at) ON privacy.breach_affected TO tenure_app;
GRANT SELECT ON privacy.breach, privacy.breach_words, privacy.breach_affected, privacy.breach_step
    TO tenure_privacy;
