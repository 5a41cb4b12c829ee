-- Letters to who sent a form: what one of ours answers, and the link by which somebody shows that an
-- address is theirs.  Each is sealed under the key of its form, and ends with it.
CREATE TABLE privacy.letter (
    entry_id uuid NOT NULL,
    number smallint NOT NULL,
    subject_id bigint NOT NULL,
    kind text NOT NULL,
    sealed privacy.sealed NOT NULL,
    written_at timestamptz NOT NULL,
    written_by text NOT NULL,
    tries smallint NOT NULL DEFAULT 0,
    -- When it is tried next; then since when it is under way; then when the server had taken it.
    due_at timestamptz,
    handing_at timestamptz,
    handed_at timestamptz,
    reason text,
    CONSTRAINT letter_pkey PRIMARY KEY (entry_id, number),
    CONSTRAINT letter_of_a_form FOREIGN KEY (entry_id, subject_id)
        REFERENCES privacy.entry (entry_id, subject_id) ON DELETE CASCADE,
    CONSTRAINT letter_kind_is_known CHECK (kind IN ('answer', 'link')),
    CONSTRAINT letter_is_numbered_from_one CHECK (number > 0 AND tries >= 0),
    CONSTRAINT letter_waits_or_goes CHECK (due_at IS NULL OR handing_at IS NULL),
    CONSTRAINT letter_goes_before_it_is_taken CHECK (handed_at IS NULL OR handed_at >= handing_at),
    CONSTRAINT letter_taken_was_under_way CHECK (handed_at IS NULL OR handing_at IS NOT NULL),
    CONSTRAINT letter_that_stays_says_why CHECK (num_nonnulls(due_at, handing_at) > 0 OR reason <> '')
);

CREATE INDEX letter_due ON privacy.letter (due_at) WHERE due_at IS NOT NULL;

-- WEB-USE: a letter leaves once.  What was taken stays as it was, and nothing goes that did not wait.
CREATE FUNCTION privacy.letter_leaves_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a letter leaves once, as it was written'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'letter_leaves_once';
END $$;

CREATE TRIGGER letter_leaves_once BEFORE UPDATE ON privacy.letter
    FOR EACH ROW WHEN (
        OLD.handed_at IS NOT NULL
        OR (NEW.entry_id, NEW.number, NEW.subject_id, NEW.kind, NEW.sealed::bytea, NEW.written_at, NEW.written_by)
           IS DISTINCT FROM
           (OLD.entry_id, OLD.number, OLD.subject_id, OLD.kind, OLD.sealed::bytea, OLD.written_at, OLD.written_by)
        OR NEW.handing_at IS NOT NULL AND NEW.handing_at IS DISTINCT FROM OLD.handing_at AND OLD.due_at IS NULL
    )
    EXECUTE FUNCTION privacy.letter_leaves_once();

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.letter_leaves_once FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE (tries, due_at, handing_at, handed_at, reason) ON privacy.letter TO tenure_app;
GRANT SELECT ON privacy.letter TO tenure_privacy;
