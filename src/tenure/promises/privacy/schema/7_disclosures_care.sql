-- Tools of care see rows through a look that somebody of ours made for an open case, and no others.

-- Whom a transaction of care attends to just now, by which look: written by one door alone.
CREATE TABLE privacy.attending (
    transaction_id xid8 NOT NULL,
    look_id bigint NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT attending_one_at_a_time PRIMARY KEY (transaction_id),
    CONSTRAINT attending_of_a_look FOREIGN KEY (look_id) REFERENCES staff.look (look_id) ON DELETE CASCADE
);

-- From here to its end a transaction sees this person.  A setting could be set by whoever injects a
-- statement; this cannot: the look is in the record with who looked, why, and at whom, and is young
-- by the record's own time; the case is still open, and about this very person or a number they hold.
CREATE FUNCTION privacy.open_session(look bigint, person bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM people.demand(
        EXISTS (
            SELECT FROM staff.look l
            JOIN staff.case c ON c.case_id = l.case_id AND c.about = l.about AND c.closed_at IS NULL
            JOIN staff.human h ON h.human_id = l.human_id AND h.suspended_at IS NULL
            JOIN staff.role r ON r.login = l.login AND r.role IN ('care', 'supervisor')
            WHERE l.look_id = look
              AND l.at > (SELECT f.at FROM record.leaf f ORDER BY f.seq DESC LIMIT 1) - interval '15 minutes'
              AND (c.about = sha256(c.salt || convert_to('person ' || person, 'UTF8')) OR EXISTS (
                  SELECT FROM numbers.tenure t
                  WHERE t.holder_id = person AND upper_inf(t.during)
                    AND c.about = sha256(c.salt || convert_to(t.msisdn, 'UTF8'))
              ))
        ), 'attending_by_a_look_for_an_open_case'
    );
    PERFORM people.demand(NOT consent.is_restricted(person), 'attending_nobody_at_rest');
    INSERT INTO privacy.attending VALUES (pg_current_xact_id(), look, person);
END $$;

-- It is forgotten before the transaction ends.
CREATE FUNCTION privacy.session_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM privacy.attending a WHERE a.transaction_id = NEW.transaction_id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER session_ends AFTER INSERT ON privacy.attending
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION privacy.session_ends();

-- Whether somebody is whom this transaction attends to; of anybody else it says no.
CREATE FUNCTION privacy.is_attended(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM privacy.attending a
        WHERE a.transaction_id = pg_current_xact_id_if_assigned() AND a.person_id = person
    )
$$;

-- Who may do what.  Analysis sees what was released and sums with a crowd behind each, and no more.
REVOKE ALL ON FUNCTION privacy.open_session, privacy.session_ends, privacy.is_attended FROM PUBLIC;
GRANT SELECT ON privacy.attending TO tenure_privacy;
GRANT EXECUTE ON FUNCTION privacy.open_session, privacy.is_attended TO tenure_care;
GRANT USAGE ON SCHEMA privacy, people, numbers, money, consent TO tenure_care;
GRANT USAGE ON SCHEMA privacy, money TO tenure_analysis;
GRANT SELECT (question, month, dataset, method, measure, by_columns, answer)
    ON privacy.release TO tenure_analysis;
GRANT SELECT (month, day, account, route, entries, purses, funds_micros, tax_micros)
    ON money.usage_total TO tenure_analysis;
