"""What the tests of commands ask for besides the throw-away PostgreSQL."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tests.commands.database import AT, passkeys_in, settle
from tests.conftest import furnish


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The name of a database with every migration applied, to make others from."""
    name = "template_migrated"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    steps = migrations.read(migrations.folder())
    migrations.migrate(cluster.dsn_of(SUPERUSER, name), steps, at=AT)
    furnish(cluster.dsn_of(SUPERUSER, name), "smart-kh")
    settle(cluster.dsn_of(APPLICATION, name))
    return name


@pytest.fixture
def furnished(migrated: str) -> str:
    """Databases of these tests are migrated ones with a few lines in them."""
    return migrated


@pytest.fixture(autouse=True)
def passkeys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The passkey files of a test: at first demo's alone."""
    folder = passkeys_in(tmp_path / "own")
    monkeypatch.setenv("TENURE_PASSKEY", str(folder))
    return folder
