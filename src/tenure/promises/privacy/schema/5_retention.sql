-- It ends when it should (PRV-KEEP): how long what is kept, what is held back, and the ledger of what ended.

-- What the pack says; kind is '' for everybody, or a kind of people with days of its own.
CREATE TABLE privacy.keeping (
    keep text NOT NULL,
    kind text NOT NULL,
    starts text NOT NULL,
    minimum_ms bigint NOT NULL,
    maximum_ms bigint NOT NULL,
    disputed boolean NOT NULL,
    CONSTRAINT keeping_pkey PRIMARY KEY (keep, kind),
    CONSTRAINT keeping_starts_somewhere CHECK (starts IN ('row', 'relation')),
    CONSTRAINT keeping_ends_after_it_may CHECK (minimum_ms BETWEEN 0 AND maximum_ms)
);

-- What the register says: which rows of which table end how, and how they lead to whom.  The texts are
-- SQL over a row t, written by the owner alone.
CREATE TABLE privacy.step (
    nth integer NOT NULL,
    store text NOT NULL,
    keep text NOT NULL,
    act text NOT NULL,
    columns text[] NOT NULL,
    since text NOT NULL,
    kinds text[] NOT NULL,
    whoms text NOT NULL,
    about jsonb NOT NULL,
    needed text NOT NULL,
    emptied text NOT NULL,
    undone text NOT NULL,
    of_kind text NOT NULL,
    after text NOT NULL,
    CONSTRAINT step_pkey PRIMARY KEY (nth),
    CONSTRAINT step_once UNIQUE (store, act, keep),
    CONSTRAINT step_act_is_known CHECK (act IN ('delete', 'empty'))
);

CREATE TABLE privacy.plan (
    one boolean NOT NULL DEFAULT true,
    digest bytea NOT NULL,
    late_ms bigint NOT NULL,
    CONSTRAINT plan_is_one_row PRIMARY KEY (one),
    CONSTRAINT plan_one_is_true CHECK (one),
    CONSTRAINT plan_digest_is_sha256 CHECK (octet_length(digest) = 32)
);

-- The ledger: written, and committed, before anything ends.  It names nobody; the number of who asked
-- is what finds them again in a copy that is put back.
CREATE TABLE privacy.erasure (
    entry_id uuid NOT NULL,
    why text NOT NULL,
    kind text,
    whom bigint,
    written_at timestamptz NOT NULL,
    leaf_seq bigint NOT NULL,
    written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT erasure_pkey PRIMARY KEY (entry_id),
    CONSTRAINT erasure_why_is_known CHECK (why IN ('request', 'period', 'replay')),
    CONSTRAINT erasure_of_somebody CHECK (
        (why = 'period') = (whom IS NULL) AND (kind IS NULL) = (whom IS NULL)
    ),
    CONSTRAINT erasure_kind_is_known CHECK (kind IN ('person', 'subject', 'human')),
    CONSTRAINT erasure_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX erasure_by_whom ON privacy.erasure (kind, whom) WHERE whom IS NOT NULL;

-- What came of it so far, table by table: how many rows, never which.
CREATE TABLE privacy.ended (
    entry_id uuid NOT NULL,
    store text NOT NULL,
    act text NOT NULL,
    rows bigint NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT ended_pkey PRIMARY KEY (entry_id, store, act),
    CONSTRAINT ended_by_the_ledger FOREIGN KEY (entry_id)
        REFERENCES privacy.erasure (entry_id) ON DELETE CASCADE,
    CONSTRAINT ended_something CHECK (rows > 0)
);

-- What stays, until when, and why.  Nothing that stays keeps anything else.
CREATE TABLE privacy.deferred (
    entry_id uuid NOT NULL,
    store text NOT NULL,
    keep text NOT NULL,
    ground text NOT NULL,
    rows bigint NOT NULL,
    until_at timestamptz,
    CONSTRAINT deferred_pkey PRIMARY KEY (entry_id, store, keep, ground),
    CONSTRAINT deferred_by_the_ledger FOREIGN KEY (entry_id)
        REFERENCES privacy.erasure (entry_id) ON DELETE CASCADE,
    CONSTRAINT deferred_for_a_ground CHECK (ground IN ('lasts', 'minimum', 'held', 'needed', 'usage'))
);

-- When an entry is looked at next; NULL when nothing is left to do.
CREATE TABLE privacy.again (
    entry_id uuid NOT NULL,
    next_at timestamptz,
    CONSTRAINT again_pkey PRIMARY KEY (entry_id),
    CONSTRAINT again_by_the_ledger FOREIGN KEY (entry_id)
        REFERENCES privacy.erasure (entry_id) ON DELETE CASCADE
);

CREATE INDEX again_next ON privacy.again (next_at) WHERE next_at IS NOT NULL;

-- A legal hold postpones exactly what it names: whose, which classes (none: all), and what was over
-- when.  It counts from when it is asked, so that nothing goes meanwhile; who does not find a second
-- pair of eyes in time loses it again.
CREATE TABLE privacy.hold (
    hold_id uuid NOT NULL,
    kind text NOT NULL,
    whom bigint NOT NULL,
    keeps text[] NOT NULL,
    during tstzrange NOT NULL,
    reference text NOT NULL,
    authority text NOT NULL,
    document text NOT NULL,
    review_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL,
    body text NOT NULL,
    request_hash bytea NOT NULL,
    leaf_seq bigint NOT NULL,
    released_at timestamptz,
    release_hash bytea,
    release_leaf_seq bigint,
    CONSTRAINT hold_pkey PRIMARY KEY (hold_id),
    CONSTRAINT hold_kind_is_known CHECK (kind IN ('person', 'subject', 'human')),
    CONSTRAINT hold_covers_some_time CHECK (NOT isempty(during)),
    CONSTRAINT hold_names_case_and_authority CHECK (reference ~ '\S' AND authority ~ '\S'),
    CONSTRAINT hold_rests_on_a_document CHECK (document ~ '^[0-9a-f]{64}$'),
    CONSTRAINT hold_is_looked_at_again CHECK (
        review_at > asked_at AND review_at <= asked_at + interval '366 days'
    ),
    CONSTRAINT hold_was_asked FOREIGN KEY (request_hash) REFERENCES staff.request (request_hash),
    CONSTRAINT hold_is_asked_once UNIQUE (request_hash),
    -- What is approved is exactly this.
    CONSTRAINT hold_hash_is_of_its_body CHECK (request_hash = sha256(convert_to(body, 'UTF8'))),
    CONSTRAINT hold_is_what_was_asked CHECK (
        body::jsonb = jsonb_build_object(
            'kind', 'privacy.hold', 'hold', hold_id::text, 'whose', kind || ' ' || whom,
            'keeps', to_jsonb(keeps), 'reference', reference, 'authority', authority,
            'document', document,
            'from_ms', (extract(epoch FROM lower(during)) * 1000)::bigint,
            'until_ms', (extract(epoch FROM upper(during)) * 1000)::bigint,
            'review_ms', (extract(epoch FROM review_at) * 1000)::bigint
        )
    ),
    CONSTRAINT hold_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT hold_is_released_wholly CHECK (
        num_nulls(released_at, release_hash, release_leaf_seq) IN (0, 3) AND released_at >= asked_at
    ),
    CONSTRAINT hold_release_has_its_leaf FOREIGN KEY (release_leaf_seq) REFERENCES record.leaf (seq)
);

-- That a hold may end is asked as well, with the reason, and approved as exactly that.
CREATE TABLE privacy.hold_release (
    request_hash bytea NOT NULL,
    hold_id uuid NOT NULL,
    body text NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT hold_release_pkey PRIMARY KEY (request_hash),
    CONSTRAINT hold_release_and_hold UNIQUE (request_hash, hold_id),
    CONSTRAINT hold_release_of_a_hold FOREIGN KEY (hold_id)
        REFERENCES privacy.hold (hold_id) ON DELETE CASCADE,
    CONSTRAINT hold_release_was_asked FOREIGN KEY (request_hash)
        REFERENCES staff.request (request_hash),
    CONSTRAINT hold_release_hash_is_of_its_body CHECK (
        request_hash = sha256(convert_to(body, 'UTF8'))
        AND body::jsonb ->> 'kind' = 'privacy.release' AND body::jsonb ->> 'hold' = hold_id::text
    )
);

ALTER TABLE privacy.hold ADD CONSTRAINT hold_ends_as_it_was_asked
    FOREIGN KEY (release_hash, hold_id) REFERENCES privacy.hold_release (request_hash, hold_id);

CREATE INDEX hold_by_whom ON privacy.hold (kind, whom) WHERE released_at IS NULL;

-- Who may do what: nothing is taken out of the ledger; how a hold ends is written by a function alone.
GRANT SELECT ON privacy.keeping, privacy.step, privacy.plan TO tenure_app, tenure_privacy;
GRANT SELECT, INSERT (entry_id, why, kind, whom, written_at, leaf_seq) ON privacy.erasure
    TO tenure_app;
GRANT SELECT, INSERT, DELETE ON privacy.deferred TO tenure_app;
GRANT SELECT, INSERT, UPDATE (next_at) ON privacy.again TO tenure_app;
GRANT SELECT ON privacy.ended TO tenure_app;
GRANT SELECT, INSERT (
    hold_id, kind, whom, keeps, during, reference, authority, document, review_at, asked_at, body,
    request_hash, leaf_seq
) ON privacy.hold TO tenure_app;
GRANT SELECT, INSERT ON privacy.hold_release TO tenure_app;
GRANT SELECT ON privacy.hold_release, privacy.erasure, privacy.ended, privacy.deferred, privacy.again, privacy.hold
    TO tenure_privacy;
