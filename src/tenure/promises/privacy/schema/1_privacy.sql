-- You may see all we hold, and it ends when it should.

CREATE SCHEMA privacy;

COMMENT ON SCHEMA privacy IS 'You may see all we hold, and it ends when it should.';

-- Who may do what.
GRANT USAGE ON SCHEMA privacy TO tenure_app, tenure_privacy;
