"""Reads the tables at the end of every month, and holds them against the books."""

from collections.abc import Sequence
from typing import Any

import psycopg

from tenure.promises.numbers import operations as numbers
from tenure.promises.record import operations as record
from tests.simulator.years.books import DAY
from tests.simulator.years.laws import holding, leaves, money, notices, proofs
from tests.simulator.years.life import Life

ORIGIN = "years.example"


class Auditor:
    """Reads as somebody who may read everything; remembers how far the record was read."""

    def __init__(self, life: Life, owner: str) -> None:
        """``owner`` is how to connect with every right."""
        self.life, self.owner = life, owner
        self.audits = 0
        self.record = leaves.Read()
        self.notices = notices.Read()
        self.register = numbers.register.Auditor()
        self._connection: psycopg.Connection[Any] | None = None

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """All rows of a query; instants as whole milliseconds."""
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self.owner, autocommit=True)
        return self._connection.execute(query.encode()).fetchall()

    def close(self) -> None:
        """Leave."""
        if self._connection is not None:
            self._connection.close()

    async def audit(self) -> None:
        """Every law that can be seen in the tables."""
        self.audits += 1
        self.look()
        await self._replay()

    def look(self) -> None:
        """What one reading of the tables shows."""
        holding.audit(self.life, self.rows)
        proofs.audit(self.life, self.rows)
        money.audit(self.life, self.rows)
        leaves.audit(self.life, self.rows, self.record)
        notices.audit(self.life, self.rows, self.notices)

    async def _replay(self) -> None:
        """The record, replayed by Tenure's own auditor, agrees with the tables and the books."""
        driver, books = self.life.driver, self.life.books
        if self.audits == 1:
            await driver.once(
                record.log.open_log, ORIGIN, f"{ORIGIN}+00+key", driver.act("<log>", 1).at
            )
        await driver.once(record.log.sequence, 1_000_000)
        look = await driver.once(self.register.look)
        books.must(
            "the replayed register agrees with the tables",
            holds=not look.differences, seen=str(look.differences[:3]),
        )  # fmt: skip
        for number in self.life.numbers_in_stock():
            holder = books.holder(number)
            books.must(
                "the replayed register agrees with the books",
                holds=self.register.holder_id(number) == (holder.holder if holder else None),
            )


__all__ = ["DAY", "Auditor"]
