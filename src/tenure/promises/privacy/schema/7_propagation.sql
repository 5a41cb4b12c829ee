-- GDPR article 19: what recipients are told of a change, signed, until they signed that it is done.

CREATE TABLE privacy.message (
    message_id uuid NOT NULL,
    recipient text NOT NULL,
    person_id bigint NOT NULL,
    change text NOT NULL,
    -- As the recipient knows them; what was disclosed may have ended by the time it is told.
    refs text[] NOT NULL,
    -- Whose request it was; it is closed when everybody has answered.
    case_id uuid,
    asked_at timestamptz NOT NULL,
    expected_by timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    -- A JSON Web Signature (RFC 7515): what is sent again is the same octets.
    signed text,
    done_at timestamptz,
    -- Whole, as the recipient signed it, so that anybody can verify it again.
    receipt text,
    done_leaf_seq bigint,
    leaf_seq bigint NOT NULL,
    CONSTRAINT message_pkey PRIMARY KEY (message_id),
    CONSTRAINT message_change_is_known
        CHECK (change IN ('correction', 'erasure', 'restriction', 'lifting')),
    CONSTRAINT message_is_done_by_a_receipt CHECK (
        num_nulls(done_at, receipt, done_leaf_seq) IN (0, 3) AND (done_at IS NULL) = (next_at IS NOT NULL)
        AND octet_length(receipt) <= 4096
    ),
    CONSTRAINT message_is_signed_before_it_leaves
        CHECK ((attempts = 0) = (signed IS NULL) AND (done_at IS NULL OR signed IS NOT NULL)),
    CONSTRAINT message_names_whom CHECK (cardinality(refs) > 0),
    CONSTRAINT message_is_expected_later CHECK (expected_by > asked_at AND attempts >= 0),
    CONSTRAINT message_has_its_leaf FOREIGN KEY (leaf_seq) REFERENCES record.leaf (seq),
    CONSTRAINT message_is_done_on_record FOREIGN KEY (done_leaf_seq) REFERENCES record.leaf (seq)
);

CREATE INDEX message_due ON privacy.message (next_at) WHERE done_at IS NULL;
CREATE INDEX message_by_person ON privacy.message (person_id);
CREATE INDEX message_by_case ON privacy.message (case_id);

-- What was signed and sent stays the same text.
CREATE FUNCTION privacy.message_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        OLD.signed IS NULL OR NEW.signed = OLD.signed, 'message_stays_as_it_was_signed'
    );
    PERFORM people.demand(OLD.receipt IS NULL, 'message_stays_done');
    RETURN NEW;
END $$;

CREATE TRIGGER message_stays BEFORE UPDATE ON privacy.message
    FOR EACH ROW EXECUTE FUNCTION privacy.message_stays();

-- base64url (RFC 4648 section 5) as the JSON it holds; NULL for nothing.
CREATE FUNCTION privacy.signed_part(jws text, place integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT convert_from(
        decode(rpad(translate(part, '-_', '+/'), (length(part) + 3) / 4 * 4, '='), 'base64'), 'UTF8'
    )::jsonb
    FROM split_part(jws, '.', place) AS part
$$;

-- The one door by which a message is done.  It cannot verify a signature; it sees that the receipt
-- names a key of this recipient, this message, and the very octets that were sent.
CREATE FUNCTION privacy.acknowledge(which uuid, given text, proof bigint, moment timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known privacy.message;
    said jsonb := privacy.signed_part(given, 2);
    key text := privacy.signed_part(given, 1) ->> 'kid';
BEGIN
    SELECT m.* INTO STRICT known FROM privacy.message m WHERE m.message_id = which FOR UPDATE;
    PERFORM people.demand(
        EXISTS (
            SELECT FROM privacy.recipient r CROSS JOIN LATERAL unnest(r.keys) AS k (x)
            WHERE r.recipient = known.recipient AND key = rtrim(translate(encode(sha256(convert_to(
                format('{"crv":"Ed25519","kty":"OKP","x":"%s"}', k.x), 'UTF8'
            )), 'base64'), '+/', '-_'), '=')
        ), 'receipt_by_a_key_of_the_recipient'
    );
    PERFORM people.demand(
        coalesce(said ->> 'subject_request_id' = which::text AND said ->> 'request_status' = 'completed'
            AND said ->> 'message_sha256' = encode(sha256(convert_to(known.signed, 'UTF8')), 'hex'), false),
        'receipt_of_what_was_sent'
    );
    PERFORM people.demand(
        tariffs.leaf_says(proof, 'privacy.acknowledged', jsonb_build_object(
            'recipient', known.recipient, 'change', known.change,
            'receipt', encode(sha256(convert_to(given, 'UTF8')), 'hex')
        )), 'receipt_has_its_leaf'
    );
    UPDATE privacy.message m
    SET done_at = moment, receipt = given, done_leaf_seq = proof, next_at = NULL
    WHERE m.message_id = which;
END $$;

-- A request is closed when everybody who was told of it has signed that it is done.
CREATE FUNCTION privacy.rights_closed_when_answered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        NOT EXISTS (SELECT FROM privacy.message m WHERE m.case_id = NEW.case_id AND m.done_at IS NULL),
        'rights_step_closed_when_recipients_answered'
    );
    RETURN NEW;
END $$;

CREATE TRIGGER rights_closed_when_answered BEFORE INSERT ON privacy.rights_step
    FOR EACH ROW WHEN (NEW.step = 'close') EXECUTE FUNCTION privacy.rights_closed_when_answered();

-- Who may do what.
REVOKE ALL ON FUNCTION privacy.message_stays, privacy.signed_part, privacy.acknowledge,
    privacy.rights_closed_when_answered FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.acknowledge TO tenure_app;
GRANT SELECT, INSERT, UPDATE (attempts, next_at, signed) ON privacy.message TO tenure_app;
GRANT SELECT ON privacy.message TO tenure_privacy;
