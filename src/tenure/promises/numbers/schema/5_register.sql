-- Where record and tables differ: found by the auditor, told to the holder on record, and kept.

CREATE TABLE numbers.alarm (
    alarm_id bigint GENERATED ALWAYS AS IDENTITY,
    msisdn text COLLATE "C" NOT NULL,
    wrong text NOT NULL,
    found_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    ended_at timestamptz,
    CONSTRAINT alarm_pkey PRIMARY KEY (alarm_id),
    CONSTRAINT alarm_names_what_is_wrong CHECK (wrong ~ '^[A-Z_]+$'),
    CONSTRAINT alarm_ends_after_it_was_found CHECK (ended_at >= found_at),
    CONSTRAINT alarm_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

-- However often the auditor looks, and however many auditors do, one difference is one alarm.
CREATE UNIQUE INDEX alarm_once_while_it_lasts ON numbers.alarm (msisdn, wrong)
    WHERE (ended_at IS NULL);

-- Who may do what.
GRANT SELECT, INSERT, UPDATE (ended_at) ON numbers.alarm TO tenure_app;
GRANT SELECT (alarm_id, wrong, found_at, ended_at, leaf_seq) ON numbers.alarm TO tenure_regulator;
