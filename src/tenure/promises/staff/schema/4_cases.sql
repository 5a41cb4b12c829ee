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
