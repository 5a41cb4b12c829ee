-- What is unusual about what somebody of ours did, for a reviewer to look at.

CREATE TABLE staff.concern (
    concern_id bigint GENERATED ALWAYS AS IDENTITY,
    human_id bigint NOT NULL,
    pattern text NOT NULL,
    day date NOT NULL,
    -- How many times over the limit: more of the same day is another concern.
    level integer NOT NULL,
    counted integer NOT NULL,
    raised_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by bigint,
    words text,
    CONSTRAINT concern_pkey PRIMARY KEY (concern_id),
    -- The clock may come late or twice.
    CONSTRAINT concern_raised_once UNIQUE (human_id, pattern, day, level),
    CONSTRAINT concern_about_a_human FOREIGN KEY (human_id) REFERENCES staff.human (human_id),
    CONSTRAINT concern_closed_by_a_human FOREIGN KEY (closed_by) REFERENCES staff.human (human_id),
    CONSTRAINT concern_never_closed_by_the_one_it_is_about CHECK (closed_by <> human_id),
    CONSTRAINT concern_closed_with_words CHECK (
        (closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (words IS NULL)
        AND words <> ''
    ),
    CONSTRAINT concern_counts_something CHECK (level > 0 AND counted > 0),
    CONSTRAINT concern_pattern_is_known CHECK (pattern IN (
        'many-looks', 'broken-glass', 'refused-requests', 'refused', 'off-hours'
    ))
);

CREATE INDEX concern_open ON staff.concern (raised_at) WHERE closed_at IS NULL;

-- Who may do what.
GRANT SELECT, INSERT, UPDATE (closed_at, closed_by, words) ON staff.concern TO tenure_app;
