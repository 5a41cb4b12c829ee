"""The examples run on databases that were migrated as an operator's are."""

import psycopg
import pytest
from psycopg import sql

from tenure.postgres import migrations
from tenure.postgres.embedded import SUPERUSER, Cluster
from tenure.values.instant import parse_instant
from tests.conftest import furnish

BUILT_AT = parse_instant("2026-01-01T00:00:00Z")


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The name of a database with every migration applied, and nothing in it."""
    name = "template_pages"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    steps = migrations.read(migrations.folder())
    migrations.migrate(cluster.dsn_of(SUPERUSER, name), steps, at=BUILT_AT)
    furnish(cluster.dsn_of(SUPERUSER, name), "smart-kh")
    return name


@pytest.fixture
def furnished(migrated: str) -> str:
    """Databases of these tests are migrated ones."""
    return migrated
