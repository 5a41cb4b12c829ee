-- Where somebody can be reached besides their numbers, once they showed that it is theirs.

-- A code that was sent to an address: only a keyed hash of it, bound to person and address, is kept.
CREATE TABLE people.contact_code (
    code_id uuid NOT NULL,
    person_id bigint NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    keyed_hash bytea NOT NULL,
    asked_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    wrong_tries smallint NOT NULL DEFAULT 0,
    confirmed_at timestamptz,
    CONSTRAINT contact_code_pkey PRIMARY KEY (code_id),
    CONSTRAINT contact_code_and_what_it_confirms
        UNIQUE (code_id, person_id, channel, address, confirmed_at),
    CONSTRAINT contact_code_of_a_person FOREIGN KEY (person_id) REFERENCES people.person (person_id),
    CONSTRAINT contact_code_channel_is_known CHECK (channel IN ('email', 'postal')),
    CONSTRAINT contact_code_address_has_a_form CHECK (
        length(address) BETWEEN 3 AND 500 AND address !~ '[[:cntrl:]]'
        AND (channel <> 'email' OR address ~ '^[^[:space:]@<>",;]{1,64}@[^[:space:]@<>",;]{1,255}$')
    ),
    CONSTRAINT contact_code_is_a_keyed_hash CHECK (octet_length(keyed_hash) = 32),
    CONSTRAINT contact_code_ends CHECK (until_at > asked_at),
    CONSTRAINT contact_code_in_time CHECK (confirmed_at >= asked_at AND confirmed_at < until_at),
    CONSTRAINT contact_code_not_guessed CHECK (wrong_tries BETWEEN 0 AND 5),
    CONSTRAINT contact_code_not_after_five_wrong_tries CHECK (confirmed_at IS NULL OR wrong_tries < 5)
);

CREATE INDEX contact_code_by_person ON people.contact_code (person_id, channel, asked_at);

-- An address cannot be here that no confirmed code was sent to.
CREATE TABLE people.contact (
    code_id uuid NOT NULL,
    person_id bigint NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    verified_at timestamptz NOT NULL,
    ended_at timestamptz,
    leaf_seq bigint NOT NULL,
    CONSTRAINT contact_once_a_code PRIMARY KEY (code_id),
    CONSTRAINT contact_was_confirmed FOREIGN KEY (code_id, person_id, channel, address, verified_at)
        REFERENCES people.contact_code (code_id, person_id, channel, address, confirmed_at),
    CONSTRAINT contact_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT contact_ends_later CHECK (ended_at >= verified_at)
);

CREATE UNIQUE INDEX contact_one_of_a_channel ON people.contact (person_id, channel)
    WHERE ended_at IS NULL;

-- Who may do what.
GRANT SELECT, INSERT, UPDATE (wrong_tries, confirmed_at) ON people.contact_code TO tenure_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON people.contact TO tenure_app;
GRANT SELECT ON people.contact TO tenure_privacy;
