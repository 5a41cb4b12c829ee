"""What every test may ask for: a throw-away PostgreSQL, and a fresh database in a moment."""

import contextlib
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.programs import CannotStartError
from tenure.promises.numbers.rules.holding import figures_of
from tenure.promises.people.rules.publishing import published
from tenure.promises.privacy.rules import disclosures
from tenure.promises.record.rules import canonical
from tenure.terms import pack
from tenure.terms.model import Terms
from tenure.values.instant import parse_instant
from tools import schema

PREFIX = "tenure-test-"
BUILT_AT = parse_instant("2026-01-01T00:00:00Z")
_numbers = itertools.count(1)

# How long an example takes says nothing about whether it is right.
settings.register_profile("tenure", deadline=None, print_blob=True)
settings.load_profile("tenure")


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse a connection to anywhere but this machine: no test may depend on the world."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return
    host = str(address[0])
    # Some peers take an address but no port, so that each of them has an address of 127.0.0.0/8.
    if host not in {"::1", "localhost"} and not host.startswith("127."):
        raise AssertionError(f"a test connects to {host}; tests stay on loopback")


sys.addaudithook(_only_loopback)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, by name, what needs programs that are not here; fail it where they must be."""
    for mark in item.iter_markers("peer"):
        missing = [name for name in map(str, mark.args) if shutil.which(name) is None]
        if missing:
            reason = f"{item.name} needs {', '.join(missing)}; .ci/run installs them on Debian"
            if _may_not_skip():
                pytest.fail(reason)
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Where every peer must be there, say so in red when something was skipped all the same."""
    yield
    if _may_not_skip() and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("TENURE_REQUIRE_PEERS=1: a skipped test is a failure", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every peer must be there, a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if _may_not_skip() and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _may_not_skip() -> bool:
    return os.environ.get("TENURE_REQUIRE_PEERS") == "1"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for all tests of this process; nothing of it survives."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)
    try:
        with Cluster.start(folder, throw_away=True) as running:
            yield running
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a database with the tables of every promise, as their schema.sql say.

    A test in tests/tidy proves that the migrations lead to the same.
    """
    name = "template_schema"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    truth = migrations.Migration(1, "schema", schema.gathered(), "", "")
    migrations.migrate(cluster.dsn_of(SUPERUSER, name), [truth], at=BUILT_AT)
    return name


@pytest.fixture(scope="session")
def furnished(cluster: Cluster, template: str) -> str:
    """As ``template``, with the figures of smart-kh that the database itself enforces."""
    name = "template_furnished"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    furnish(cluster.dsn_of(SUPERUSER, name), "smart-kh")
    return name


def furnish(owner_dsn: str, operator: str) -> None:
    """Have a database enforce the figures of a pack; its record stays empty for the test."""
    terms = pack.load(operator).terms
    figures = msgspec.json.encode(figures_of(terms)).decode()
    with psycopg.connect(owner_dsn) as connection:
        connection.execute("SET LOCAL ROLE tenure_owner")
        connection.execute("SELECT people.publish(%s::jsonb)", [canonical(published(terms))])
        connection.execute("SELECT numbers.keep_figures(%s::jsonb)", [figures])
        connection.execute("SELECT privacy.publish_agreements(%s::jsonb)", [agreements(terms)])


def agreements(terms: Terms) -> str:
    """What the pack lets whom be given, as the database enforces it."""
    return canonical(disclosures.published(terms))


@pytest.fixture
def database_name(cluster: Cluster, furnished: str) -> Iterator[str]:
    """A database of this test's own, with all tables and no rows but the figures of smart-kh."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(furnished)
            )
        )
        # What a database grants is not copied with it.
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(APPLICATION)
            )
        )
        yield name
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database(cluster: Cluster, database_name: str) -> str:
    """How to connect to a fresh database, as Tenure itself does."""
    return cluster.dsn_of(APPLICATION, database_name)


@pytest.fixture
def owner(cluster: Cluster, database_name: str) -> str:
    """How to connect to the same database as somebody who may do anything: the attacker inside."""
    return cluster.dsn_of(SUPERUSER, database_name)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    """An open pool to a fresh database, as Tenure itself has one."""
    async with pool_of(database, size_min=1, size_max=8) as opened:
        yield opened


def _sweep() -> None:
    """Remove what a test run that was killed left behind, its server first."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/lock"):
        with contextlib.suppress(CannotStartError, OSError):
            if Path(f"/proc/{lock.read_text().strip() or 'self'}").exists():
                continue
            Cluster.start(lock.parent, throw_away=True).stop()
            shutil.rmtree(lock.parent)
