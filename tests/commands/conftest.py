"""What the tests of commands ask for besides the throw-away PostgreSQL."""

import psycopg
import pytest
from psycopg import sql

from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tests.commands.database import AT, settle


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The name of a database with every migration applied, to make others from."""
    name = "template_migrated"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    steps = migrations.read(migrations.folder())
    migrations.migrate(cluster.dsn_of(SUPERUSER, name), steps, at=AT)
    settle(cluster.dsn_of(APPLICATION, name))
    return name


@pytest.fixture
def template(migrated: str) -> str:
    """Databases of these tests are migrated ones with a few lines in them."""
    return migrated
