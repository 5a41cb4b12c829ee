-- What analysis was told, and what of each year's privacy that has cost.

-- One spending names the one before, and its key carries what was spent by then: so two at once are
-- one, nothing is spent twice, and the budget of a year is the one that its first spending knew.
CREATE TABLE privacy.spending (
    dataset text NOT NULL,
    year smallint NOT NULL,
    seq integer NOT NULL,
    after_seq integer,
    spent_before_millionths bigint NOT NULL,
    epsilon_millionths bigint NOT NULL,
    spent_millionths bigint NOT NULL,
    budget_millionths bigint NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT spending_one_at_a_time PRIMARY KEY (dataset, year, seq),
    CONSTRAINT spending_as_it_was
        UNIQUE (dataset, year, seq, spent_millionths, budget_millionths),
    CONSTRAINT spending_follows_the_one_before
        FOREIGN KEY (dataset, year, after_seq, spent_before_millionths, budget_millionths)
        REFERENCES privacy.spending (dataset, year, seq, spent_millionths, budget_millionths),
    CONSTRAINT spending_counts_up CHECK (
        seq = coalesce(after_seq, 0) + 1 AND (after_seq IS NULL) = (seq = 1)
        AND (after_seq IS NOT NULL OR spent_before_millionths = 0)
        AND epsilon_millionths > 0
        AND spent_millionths = spent_before_millionths + epsilon_millionths
    ),
    -- Whoever asks: what is spent is spent.
    CONSTRAINT spending_within_budget CHECK (spent_millionths <= budget_millionths),
    CONSTRAINT spending_in_its_year CHECK (year = extract(year FROM at AT TIME ZONE 'UTC')),
    CONSTRAINT spending_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- An answer as it was given.  Asked again for the same month it is this one, and costs nothing.
CREATE TABLE privacy.release (
    question text NOT NULL,
    month date NOT NULL,
    dataset text NOT NULL,
    method text NOT NULL,
    measure text NOT NULL,
    by_columns text[] NOT NULL,
    people_min integer NOT NULL,
    least_people bigint,
    bound bigint NOT NULL,
    year smallint,
    spending_seq integer,
    answer text NOT NULL,
    at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT release_once_a_month PRIMARY KEY (question, month),
    CONSTRAINT release_is_of_a_month CHECK (extract(day FROM month) = 1),
    CONSTRAINT release_method_is_known CHECK (method IN ('crowd', 'noise')),
    CONSTRAINT release_hides_in_a_crowd CHECK (
        method = 'noise' AND least_people IS NULL
        OR (method = 'crowd' AND least_people >= people_min AND people_min >= 2) IS TRUE
    ),
    CONSTRAINT release_with_noise_is_paid_for CHECK (
        (method = 'noise') = (spending_seq IS NOT NULL) AND (year IS NULL) = (spending_seq IS NULL)
        AND (method = 'crowd' OR bound > 0)
    ),
    CONSTRAINT release_pays_once UNIQUE (dataset, year, spending_seq),
    CONSTRAINT release_was_paid_for FOREIGN KEY (dataset, year, spending_seq)
        REFERENCES privacy.spending (dataset, year, seq),
    CONSTRAINT release_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- What was told stays told, and what was spent stays spent, whoever asks.
CREATE FUNCTION privacy.stays_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what analysis was told, and what that cost, is never changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stays_told';
END $$;

CREATE TRIGGER spending_stays_told BEFORE UPDATE OR DELETE ON privacy.spending
    FOR EACH ROW EXECUTE FUNCTION privacy.stays_told();
CREATE TRIGGER release_stays_told BEFORE UPDATE OR DELETE ON privacy.release
    FOR EACH ROW EXECUTE FUNCTION privacy.stays_told();

-- Whoever may be counted: of age, with a yes to analysis that holds, and not restricted.
CREATE FUNCTION privacy.counted(moment timestamptz) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.person_id
    FROM (SELECT DISTINCT c.person_id FROM consent.event c
          WHERE c.purpose = 'analysis' AND c.medium = 'none' AND c.word = 'given') e
    WHERE consent.may(e.person_id, 'analysis', 'none', moment) AND people.of_age(e.person_id, moment)
$$;

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.stays_told, privacy.counted FROM PUBLIC;
GRANT SELECT, INSERT ON privacy.spending, privacy.release TO tenure_app;
GRANT SELECT ON privacy.spending, privacy.release TO tenure_privacy, tenure_regulator;
GRANT USAGE ON SCHEMA privacy TO tenure_regulator;
GRANT EXECUTE ON FUNCTION privacy.counted TO tenure_app;
