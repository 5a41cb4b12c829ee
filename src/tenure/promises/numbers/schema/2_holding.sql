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
