"""Reaches the database that a command works on: the embedded one of a folder, or one by DSN."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tenure.postgres.embedded import Cluster
from tenure.postgres.programs import CannotStartError


class Reached(msgspec.Struct, frozen=True):
    """A database that takes connections."""

    dsn: str
    """As the application role, for everything but migrations."""
    owner_dsn: str
    """As somebody who may act as the owner, for migrations only."""
    cluster: Cluster | None
    """The embedded PostgreSQL; None for one by DSN."""


@contextmanager
def reached(*, data: Path, dsn: str | None, make: bool = False) -> Iterator[Reached]:
    """The database of this DSN, or else the embedded one of this data folder.

    The embedded one is shared with a Tenure that runs on the folder; if none does it is started,
    and stopped at the end.  Only with ``make`` is one made in a folder that has none.
    CannotStartError says what is in the way.
    """
    if dsn is not None:
        yield Reached(dsn, dsn, None)
        return
    if not make and not (data / "cluster").exists():
        raise CannotStartError(
            f"there is no data in {data}: run tenure up --data {data} first,"
            " or name the folder of a Tenure with --data"
        )
    with Cluster.join(data) as cluster:
        yield Reached(cluster.dsn, cluster.owner_dsn, cluster)
