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
