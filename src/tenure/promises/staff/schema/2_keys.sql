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
