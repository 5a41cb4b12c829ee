-- No one of ours can act alone against you.

CREATE SCHEMA staff;

COMMENT ON SCHEMA staff IS 'No one of ours can act alone against you.';

-- One login.  Two logins of one human have the same human_id: approvals count humans.
CREATE TABLE staff.member (
    login text NOT NULL,
    human_id bigint NOT NULL,
    name text NOT NULL,
    since timestamptz NOT NULL,
    suspended_at timestamptz,
    CONSTRAINT member_pkey PRIMARY KEY (login),
    CONSTRAINT member_login_is_a_name CHECK (login ~ '^[a-z][a-z0-9._-]{0,39}$')
);

CREATE TABLE staff.role (
    login text NOT NULL,
    role text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT role_pkey PRIMARY KEY (login, role),
    CONSTRAINT role_of_a_member FOREIGN KEY (login) REFERENCES staff.member (login),
    CONSTRAINT role_is_known
        CHECK (role IN ('care', 'fraud', 'finance', 'engineer', 'privacy', 'supervisor'))
);

-- Exactly what was asked, by its hash, and who asked.
CREATE TABLE staff.request (
    request_hash bytea NOT NULL,
    kind text NOT NULL,
    requested_by bigint NOT NULL,
    requested_at timestamptz NOT NULL,
    CONSTRAINT request_pkey PRIMARY KEY (request_hash),
    CONSTRAINT request_and_who_asked UNIQUE (request_hash, requested_by),
    CONSTRAINT request_hash_is_sha256 CHECK (octet_length(request_hash) = 32)
);

-- The check needs no trigger and the key of the request carries the asker, so that an approver
-- can neither approve an own request nor lie about who asked.
CREATE TABLE staff.approval (
    request_hash bytea NOT NULL,
    requested_by bigint NOT NULL,
    approved_by bigint NOT NULL,
    approved_at timestamptz NOT NULL,
    CONSTRAINT approval_pkey PRIMARY KEY (request_hash, approved_by),
    CONSTRAINT approval_never_by_the_asker CHECK (approved_by <> requested_by),
    CONSTRAINT approval_of_exactly_this_request FOREIGN KEY (request_hash, requested_by)
        REFERENCES staff.request (request_hash, requested_by)
);

-- Who may do what.
GRANT USAGE ON SCHEMA staff TO tenure_app;
GRANT SELECT, INSERT, UPDATE (name, suspended_at) ON staff.member TO tenure_app;
GRANT SELECT, INSERT, DELETE ON staff.role TO tenure_app;
GRANT SELECT, INSERT ON staff.request, staff.approval TO tenure_app;
