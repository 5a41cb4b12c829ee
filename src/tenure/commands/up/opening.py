"""Opens the store: a folder of this operator, a PostgreSQL that runs, tables of this version."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from tenure.commands import figures
from tenure.commands.figures import CannotKeepError
from tenure.commands.up.trouble import CannotRunError
from tenure.postgres import migrations
from tenure.postgres.embedded import Cluster
from tenure.postgres.migrations import CannotMigrateError
from tenure.postgres.programs import CannotStartError
from tenure.terms.model import Terms
from tenure.values.instant import Instant

SECRET_OCTETS: Final = 64


class Store(msgspec.Struct, frozen=True):
    """A database that is ready for this version."""

    dsn: str
    cluster: Cluster | None
    """The embedded PostgreSQL; None for one by DSN."""
    where: str
    """For people: where the data is."""


@contextmanager
def opened(data: Path, dsn: str | None, terms: Terms, at: Instant) -> Iterator[Store]:
    """The store, ready, enforcing what the pack says; an embedded PostgreSQL is stopped at the end.

    CannotRunError says what is in the way.
    """
    try:
        if dsn is not None:
            _migrate(dsn, at)
            figures.keep(dsn, terms, at)
            yield Store(dsn, None, "a database of your own")
            return
        with Cluster.start(data) as cluster:
            _migrate(cluster.owner_dsn, at)
            figures.keep(cluster.owner_dsn, terms, at)
            yield Store(cluster.dsn, cluster, str(data))
    except (CannotStartError, CannotMigrateError, CannotKeepError) as error:
        raise CannotRunError(str(error)) from error


def _migrate(dsn: str, at: Instant) -> None:
    steps = migrations.read(migrations.folder())
    # Whoever runs Tenure in production may not be allowed to change tables: look before.
    if migrations.pending(dsn, steps):
        migrations.migrate(dsn, steps, at=at)


def claim(data: Path, operator: str) -> None:
    """Make the folder this operator's; CannotRunError when it is another's."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        mark = data / "operator"
        if not mark.exists():
            mark.write_text(f"{operator}\n", encoding="utf-8")
        found = mark.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CannotRunError(
            f"--data {data}: {error.strerror}; give a folder that you may write to"
        ) from error
    if found != operator:
        raise CannotRunError(
            f"--data {data} holds the data of {found}, not of {operator};"
            f" give another folder, or run with --operator {found}"
        )


def secret(data: Path, name: str) -> bytes:
    """A secret of this installation, drawn at its first use; many processes share the folder."""
    path = data / "keys" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        drawn = path.with_suffix(f".{secrets.token_hex(4)}")
        drawn.touch(mode=0o600)
        drawn.write_bytes(secrets.token_bytes(SECRET_OCTETS))
        drawn.replace(path)
    return path.read_bytes()
