-- A breach: data of people reached others.  What, whose, since when it is known, who was told when.

-- PRV-SEC: the clocks begin when somebody of ours knows of it, and they are kept with it: a changed
-- pack moves no deadline that runs.
CREATE TABLE privacy.breach (
    breach_id uuid NOT NULL,
    known_at timestamptz NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    tables text[] NOT NULL,
    by_login text,
    subjects_until timestamptz NOT NULL,
    authority_until timestamptz NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT breach_pkey PRIMARY KEY (breach_id),
    CONSTRAINT breach_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT breach_began_before_it_was_known CHECK (
        began_at <= coalesce(ended_at, known_at) AND began_at <= known_at AND known_at <= opened_at
    ),
    CONSTRAINT breach_is_of_something CHECK (cardinality(tables) > 0),
    CONSTRAINT breach_clocks_run_from_when_it_is_known
        CHECK (subjects_until > known_at AND authority_until > known_at)
);

-- What is said of it, in each language; a later wording replaces none, it is added.
CREATE TABLE privacy.breach_words (
    breach_id uuid NOT NULL,
    language text NOT NULL,
    seq integer NOT NULL,
    what text NOT NULL,
    how text NOT NULL,
    handling text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT breach_words_pkey PRIMARY KEY (breach_id, language, seq),
    CONSTRAINT breach_words_of_a_breach FOREIGN KEY (breach_id)
        REFERENCES privacy.breach (breach_id) ON DELETE CASCADE,
    -- Which data, when and how, handling and recovery: nobody is told half of it.
    CONSTRAINT breach_words_say_everything
        CHECK (btrim(what) <> '' AND btrim(how) <> '' AND btrim(handling) <> '')
);

-- Whose data it was, found from the register.
CREATE TABLE privacy.breach_affected (
    breach_id uuid NOT NULL,
    person_id bigint,
    subject_id bigint,
    human_id bigint,
    found_at timestamptz NOT NULL,
    notice_id bigint,
    told_at timestamptz,
    CONSTRAINT breach_affected_once
        UNIQUE NULLS NOT DISTINCT (breach_id, person_id, subject_id, human_id),
    CONSTRAINT breach_affected_of_a_breach FOREIGN KEY (breach_id)
        REFERENCES privacy.breach (breach_id),
    CONSTRAINT breach_affected_is_somebody CHECK (num_nonnulls(person_id, subject_id, human_id) = 1),
    CONSTRAINT breach_affected_told_by_a_notice CHECK (notice_id IS NULL OR told_at IS NOT NULL)
);

CREATE INDEX breach_affected_waits ON privacy.breach_affected (breach_id) WHERE told_at IS NULL;
CREATE INDEX breach_affected_by_person ON privacy.breach_affected (person_id);

-- What was done and decided, in its order; nothing of it changes.
CREATE TABLE privacy.breach_step (
    breach_id uuid NOT NULL,
    seq integer NOT NULL,
    step text NOT NULL,
    at timestamptz NOT NULL,
    by_login text NOT NULL,
    note text NOT NULL,
    leaf_seq bigint NOT NULL,
    CONSTRAINT breach_step_pkey PRIMARY KEY (breach_id, seq),
    CONSTRAINT breach_step_of_a_breach FOREIGN KEY (breach_id)
        REFERENCES privacy.breach (breach_id),
    CONSTRAINT breach_step_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT breach_step_is_known CHECK (step IN (
        'noted', 'scoped', 'subjects-told', 'authority-told', 'public-told', 'closed'
    )),
    CONSTRAINT breach_step_says_what CHECK (btrim(note) <> '')
);

CREATE UNIQUE INDEX breach_step_told_once ON privacy.breach_step (breach_id, step)
    WHERE step IN ('subjects-told', 'authority-told', 'public-told', 'closed');

-- The rules say it kindly before: nothing ends half told, and nothing happens after the end.
CREATE FUNCTION privacy.breach_step_fits() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Two steps at once wait for each other here.
    known privacy.breach;
    done text[];
BEGIN
    SELECT b.* INTO known FROM privacy.breach b WHERE b.breach_id = NEW.breach_id FOR UPDATE;
    SELECT array_agg(s.step) INTO done FROM privacy.breach_step s WHERE s.breach_id = NEW.breach_id;
    IF 'closed' = ANY (coalesce(done, '{}')) THEN
        RAISE EXCEPTION 'a closed breach goes on' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'breach_step_not_after_the_end';
    END IF;
    IF NEW.step = 'subjects-told' AND EXISTS (
        SELECT FROM privacy.breach_affected a
        WHERE a.breach_id = NEW.breach_id AND a.told_at IS NULL
    ) THEN
        RAISE EXCEPTION 'somebody was not told' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'breach_step_everybody_was_told';
    END IF;
    IF NEW.step = 'closed'
       AND NOT coalesce(done, '{}') @> ARRAY['subjects-told', 'authority-told'] THEN
        RAISE EXCEPTION 'a breach ends when subjects and authority were told' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'breach_step_closed_when_told';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER breach_step_fits BEFORE INSERT ON privacy.breach_step
    FOR EACH ROW EXECUTE FUNCTION privacy.breach_step_fits();

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.breach_step_fits FROM PUBLIC;
GRANT SELECT, INSERT ON privacy.breach, privacy.breach_words, privacy.breach_step TO tenure_app;
-- A row lock needs a right to change something.
GRANT UPDATE (ended_at) ON privacy.breach TO tenure_app;
GRANT SELECT, INSERT, UPDATE (notice_id, told_at) ON privacy.breach_affected TO tenure_app;
GRANT SELECT ON privacy.breach, privacy.breach_words, privacy.breach_affected, privacy.breach_step
    TO tenure_privacy;
