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
