-- Tenure is never rewritten: whoever is a duplicate holds nothing when that is put on record.

-- Whoever would give the duplicate a number meanwhile waits for its row, and then may not.
CREATE FUNCTION numbers.duplicate_holds_nothing() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM numbers.demand(NOT EXISTS (
        SELECT FROM numbers.tenure t WHERE t.holder_id = NEW.duplicate_id AND upper_inf(t.during)
    ), 'merge_of_who_holds_nothing');
    RETURN NEW;
END $$;

CREATE TRIGGER merge_of_who_holds_nothing BEFORE INSERT ON people.merge
    FOR EACH ROW EXECUTE FUNCTION numbers.duplicate_holds_nothing();

-- Who may do what.
REVOKE ALL ON FUNCTION numbers.duplicate_holds_nothing FROM PUBLIC;
