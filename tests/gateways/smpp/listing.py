"""A source of texts that is a list, and notes what it is told."""

from collections.abc import Sequence

from tenure.gateways.smpp.server.port import Heard, News, Outgoing, Reported
from tenure.gateways.smpp.translate.outbox import Refused


class Listing:
    """Gives each text once, and again what came back."""

    def __init__(self, texts: Sequence[str] = (), to: str = "85512345678") -> None:
        self.waiting = [
            Outgoing(delivery_id, to, text) for delivery_id, text in enumerate(texts, 1)
        ]
        self.given: dict[int, Outgoing] = {}
        self.via: dict[int, str] = {}
        self.taken: dict[int, str] = {}
        self.refused: list[Refused] = []
        self.returned: list[int] = []
        self.ends: dict[str, str] = {}
        """By reference, or by number where the order is all that tells."""
        self.unmatched: list[Reported] = []
        self.heard: list[Heard] = []
        self.down = False
        """Whether nothing can be recorded now."""

    async def take(self, via: str, limit: int, *, receipts: bool) -> Sequence[Outgoing]:
        """Some that wait."""
        del receipts
        some, self.waiting = self.waiting[:limit], self.waiting[limit:]
        for one in some:
            self.given[one.delivery_id] = one
            self.via[one.delivery_id] = via
        return some

    async def tell(self, news: News) -> Sequence[Reported]:
        """Note what came of them."""
        if self.down:
            raise ConnectionError
        self.taken |= {one.delivery_id: one.reference for one in news.taken}
        self.refused += news.refused
        self.returned += news.returned
        self.waiting += [self.given[delivery_id] for delivery_id in news.returned]
        unmatched = [one for one in news.reported if not self._ends(one)]
        self.unmatched += unmatched
        return unmatched

    def _ends(self, reported: Reported) -> bool:
        known = [one for one in reported.references if one in self.taken.values()]
        key = known[0] if known else reported.to
        if key:
            self.ends.setdefault(key, reported.outcome.name)
        return bool(key)

    async def hear(self, heard: Heard) -> None:
        """A phone says something."""
        if self.down:
            raise ConnectionError
        self.heard.append(heard)
