"""The promise of notices behind the ports of the gateway: what it says, and what it is told."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tenure.gateways.smpp.server.port import (
    Fate,
    News,
    Offered,
    Outgoing,
    Reported,
    Standing,
    Turned,
)
from tenure.gateways.smpp.server.settings import Settings, UnusableError
from tenure.gateways.smpp.translate.receipts import Outcome
from tenure.gateways.smpp.wire.parts import parts_of
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.consent import operations as consent
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Dispatch,
    End,
    Medium,
    NoticeKind,
    Receipt,
    Route,
    State,
    Telling,
)
from tenure.promises.numbers import operations as numbers
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant

END_OF: Final[Mapping[Outcome, End]] = {
    Outcome.DELIVERED: End.DELIVERED,
    Outcome.FAILED: End.FAILED,
    Outcome.EXPIRED: End.EXPIRED,
}
OUTCOME_OF: Final[Mapping[State, Outcome | None]] = {
    State.WAITING: None,
    State.HANDING: None,
    State.HANDED: None,
    State.DELIVERED: Outcome.DELIVERED,
    State.FAILED: Outcome.FAILED,
    State.DROPPED: Outcome.FAILED,
}
"""What a provider is told of a notice; None: nothing yet."""


def checked(settings: Settings, pack: Pack) -> Settings:
    """The settings, if the purposes of its providers are some that a person can agree to.

    UnusableError otherwise: their texts would reach nobody, and nobody would know why.
    """
    known = {one.name for one in pack.terms.consents.purposes if Medium.SMS.value in one.media}
    for provider in settings.provider:
        if provider.purpose not in known:
            raise UnusableError(
                f"provider {provider.system_id}: {provider.purpose!r} is no purpose for which"
                f" somebody may be sent texts; there are {', '.join(sorted(known))}"
            )
    return settings


class Notices:
    """Takes notices, once it is on disk that we have them, and reports what came of them."""

    def __init__(
        self,
        pool: Pool,
        pack: Pack,
        now: Callable[[], Instant],
        beside: frozenset[Medium] = frozenset(),
    ) -> None:
        """``beside``: other media that somebody carries as well, where a second try may go."""
        self._pool, self._terms, self._now, self._beside = pool, pack.terms, now, beside
        self._wording = notices.wording(pack)

    async def take(self, via: str, limit: int, *, receipts: bool) -> Sequence[Outgoing]:
        """At most so many texts that may leave now."""
        route = Route(Medium.SMS, via, receipts, self._beside)
        found = await perform(self._pool, self._decided, route, limit)
        return [
            Outgoing(one.delivery_id, one.to, notices.words(self._wording, one.notice.telling))
            for one in found
        ]

    async def _decided(self, tx: Transaction, route: Route, limit: int) -> list[Dispatch]:
        at = self._now()
        waiting = await notices.waiting(tx, Medium.SMS, limit, at)
        if not waiting:
            return []
        reach = await numbers.lifecycle.reach(tx, waiting)
        return await notices.decide(tx, self._terms, route, waiting, reach, at)

    async def tell(self, news: News) -> Sequence[Reported]:
        """Record what message centres said, in one transaction."""
        return await perform(self._pool, self._told, news)

    async def _told(self, tx: Transaction, news: News) -> list[Reported]:
        at = self._now()
        if news.taken:
            taken = [(one.delivery_id, one.reference) for one in news.taken]
            await notices.handed(tx, taken, at)
        if news.refused:
            refused = [(one.delivery_id, one.reason, one.permanent) for one in news.refused]
            await notices.refused(tx, refused, at)
        if news.returned:
            await notices.returned(tx, news.returned, at)
        if not news.reported:
            return []
        receipts = [_receipt(one) for one in news.reported]
        unmatched = {id(one) for one in await notices.receipt(tx, receipts, at)}
        pairs = zip(receipts, news.reported, strict=True)
        return [reported for receipt, reported in pairs if id(receipt) in unmatched]


def _receipt(reported: Reported) -> Receipt:
    reason = f"smpp {reported.error}" if reported.error else ""
    return Receipt(reported.via, reported.references, END_OF[reported.outcome], reason, reported.to)


class Provided:
    """Texts of content providers: they become notices, if the person consents to their purpose."""

    def __init__(self, pool: Pool, pack: Pack, now: Callable[[], Instant]) -> None:
        """Nothing happens yet."""
        self._pool, self._terms, self._now = pool, pack.terms, now

    async def offer(self, offered: Offered, account: Standing) -> str | Turned:
        """The number of the notice, as text; or why there is none."""
        if parts_of(offered.text, 0) is None:
            return Turned.TOO_LONG
        found = await perform(self._pool, self._told, offered, account)
        return Turned.NO_SUCH_NUMBER if found is None else str(found)

    async def _told(self, tx: Transaction, offered: Offered, account: Standing) -> int | None:
        """Tell whoever holds the number, unless they did not consent.

        An offer is looked at again when it leaves; this look spares the provider a false hope.
        """
        at = self._now()
        line = await numbers.find(tx, offered.msisdn)
        holder_id = (await numbers.holding.holders(tx, [offered.msisdn])).get(offered.msisdn)
        if line is None or holder_id is None:
            return None
        asked = (holder_id, account.purpose)
        if asked not in await consent.standing(tx, self._terms, [asked], Medium.SMS.value, at):
            return None
        kind = NoticeKind.MARKETING_OFFER if account.marketing else NoticeKind.SELFCARE_REPLY
        facts = {"text": offered.text, "purpose": account.purpose, "provider": offered.provider}
        telling = Telling(offered.msisdn, holder_id, line.language, kind, facts, at)
        [notice_id] = await notices.tell(tx, [telling])
        return notice_id

    async def fates(self, message_ids: Sequence[str]) -> Sequence[Fate]:
        """What became of those of which the end is known."""
        notice_ids = [int(one) for one in message_ids if one.isdecimal()]
        found = await perform(self._pool, notices.found, notice_ids)
        at = self._now()
        ends = [
            (str(one.notice_id), OUTCOME_OF[notices.state(one, self._terms, at)]) for one in found
        ]
        return [Fate(message_id, end, at) for message_id, end in ends if end is not None]
