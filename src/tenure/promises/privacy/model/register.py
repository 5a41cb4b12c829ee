"""The register as one: columns, rows, what is inside and outside; and what a database has."""

from collections.abc import Mapping

import msgspec

from tenure.values.holding import Holding, Row
from tenure.values.kept import Form, Inside, Kept


class Register(msgspec.Struct, frozen=True):
    """Everything that all promises declare."""

    held: tuple[tuple[str, Holding], ...]
    """With the name of the promise."""
    rows: tuple[tuple[str, Row], ...]
    inside: tuple[Inside, ...]
    everywhere: Mapping[str, Form]
    """What stands in columns whose name says the same in every table."""
    kept: tuple[Kept, ...]


class LiveColumn(msgspec.Struct, frozen=True):
    """A column that a database has."""

    schema: str
    table: str
    column: str
    type_: str
    kind: str
    """Of its table, as PostgreSQL calls it: r, p, v, m or f."""
    formed: bool
    """Whether its type, a check or a foreign key says what can stand in it."""

    @property
    def name(self) -> str:
        """As the register names it."""
        return f"{self.schema}.{self.table}.{self.column}"


class LiveView(msgspec.Struct, frozen=True):
    """A view that a database has."""

    schema: str
    view: str
    as_invoker: bool
    """Whether who looks sees through it no more than without it."""


class LiveIndex(msgspec.Struct, frozen=True):
    """An index: it holds a copy of its columns, and goes with their table."""

    schema: str
    index: str
    table: str
    columns: tuple[str, ...]


class Live(msgspec.Struct, frozen=True):
    """What a database has that can hold something of somebody."""

    columns: tuple[LiveColumn, ...]
    views: tuple[LiveView, ...]
    indexes: tuple[LiveIndex, ...]
