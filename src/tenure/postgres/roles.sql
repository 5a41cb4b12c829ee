-- The roles of a Tenure, and what each may do with the database as a whole.
-- Run before the migrations, each time; a change here reaches every database at its next migration.
-- What a role may do with a table stands at the end of the schema.sql that makes the table.

DO $$
DECLARE
    role record;
BEGIN
    FOR role IN
        SELECT * FROM (VALUES
            ('tenure_owner',     'NOLOGIN', 'owns everything; nobody can log in as it'),
            ('tenure_app',       'LOGIN',   'Tenure itself; the least it needs'),
            ('tenure_privacy',   'LOGIN',   'the privacy officer; reads what is held about people'),
            ('tenure_regulator', 'LOGIN',   'the regulator; reads the record'),
            ('tenure_marketing', 'LOGIN',   'tools of marketing; ask whom they may contact, and read nothing'),
            ('tenure_care',      'LOGIN',   'tools of care; see whom a look that is on record is about'),
            ('tenure_analysis',  'LOGIN',   'tools of analysis; see what was released, and nobody'),
            ('tenure_service',   'NOLOGIN', 'reads what leaves to who serves the customer with us'),
            ('tenure_partner',   'NOLOGIN', 'reads what leaves by consent'),
            ('tenure_authority', 'NOLOGIN', 'reads what leaves by law or order')
        ) AS roles (name, login, purpose)
    LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role.name) THEN
                EXECUTE pg_catalog.format('CREATE ROLE %I %s', role.name, role.login);
                EXECUTE pg_catalog.format('COMMENT ON ROLE %I IS %L', role.name, role.purpose);
                -- Names without a schema find nothing of anybody's: every statement says what it means.
                EXECUTE pg_catalog.format('ALTER ROLE %I SET search_path = pg_catalog', role.name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another migration, of another database of this cluster, was first
        END;
    END LOOP;

    EXECUTE pg_catalog.format(
        'REVOKE ALL ON DATABASE %I FROM PUBLIC', pg_catalog.current_database()
    );
    EXECUTE pg_catalog.format(
        'GRANT CREATE, CONNECT ON DATABASE %I TO tenure_owner', pg_catalog.current_database()
    );
    EXECUTE pg_catalog.format(
        'GRANT CONNECT, TEMPORARY ON DATABASE %I TO tenure_app', pg_catalog.current_database()
    );
    EXECUTE pg_catalog.format(
        'GRANT CONNECT ON DATABASE %I TO tenure_privacy, tenure_regulator, tenure_marketing,'
            ' tenure_care, tenure_analysis',
        pg_catalog.current_database()
    );
    REVOKE ALL ON SCHEMA public FROM PUBLIC;

    -- Tenure itself reads what leaves as one of these, and inherits nothing from them.
    FOR role IN
        SELECT purpose.name
        FROM (VALUES ('tenure_service'), ('tenure_partner'), ('tenure_authority')) AS purpose (name)
        WHERE NOT EXISTS (
            SELECT FROM pg_catalog.pg_auth_members m
            WHERE m.roleid = purpose.name::regrole AND m.member = 'tenure_app'::regrole
        )
    LOOP
        EXECUTE pg_catalog.format(
            'GRANT %I TO tenure_app WITH INHERIT FALSE, SET TRUE', role.name
        );
    END LOOP;

    -- Whoever migrates acts as the owner, and needs to be allowed to.
    IF NOT pg_catalog.pg_has_role(current_user, 'tenure_owner', 'SET') THEN
        EXECUTE pg_catalog.format('GRANT tenure_owner TO %I', current_user);
    END IF;
END $$;

CREATE SCHEMA IF NOT EXISTS migrations;

CREATE TABLE IF NOT EXISTS migrations.applied (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL,
    CONSTRAINT applied_once PRIMARY KEY (number)
);

GRANT USAGE ON SCHEMA migrations TO tenure_app;
GRANT SELECT ON migrations.applied TO tenure_app;
