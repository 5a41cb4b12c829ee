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
