"""Reaches the database that a command works on: the embedded one of a folder, or one by DSN."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tenure.postgres.embedded import Cluster


class Reached(msgspec.Struct, frozen=True):
    """A database that takes connections."""

    dsn: str
    """As the application role, for everything but migrations."""
    owner_dsn: str
    """As somebody who may act as the owner, for migrations only."""
    cluster: Cluster | None
    """The embedded PostgreSQL; None for one by DSN."""


@contextmanager
def reached(*, data: Path, dsn: str | None) -> Iterator[Reached]:
    """The database of this DSN, or else the embedded one of this data folder.

    The embedded one is shared with a Tenure that runs on the folder; if none does it is started,
    and stopped at the end.  CannotStartError says what is in the way.
    """
    if dsn is not None:
        yield Reached(dsn, dsn, None)
        return
    with Cluster.join(data) as cluster:
        yield Reached(cluster.dsn, cluster.owner_dsn, cluster)
