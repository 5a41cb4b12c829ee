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
