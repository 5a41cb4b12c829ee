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
