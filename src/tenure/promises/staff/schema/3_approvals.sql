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
