"""Attempts that were refused: kept in the record, and told to the holder of the number."""

import re
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers.model.register import Difference, Wrong
from tenure.promises.numbers.store import holding as store
from tenure.promises.numbers.store import register as register_store
from tenure.promises.numbers.store import requests as request_store
from tenure.promises.people import operations as people
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.msisdn import Msisdn

TOLD_MAX: Final = 5
"""So many attempts on a number are told within an hour; more would only flood its holder."""
TOLD_WITHIN_MS: Final = HOUR_MS
NAMED_MAX: Final = 20
"""So many numbers and requests of one statement are looked up."""
_NUMBER: Final = re.compile(r"(?<![0-9])[1-9][0-9]{6,14}(?![0-9])")
_REQUEST: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
KINDS: Final = frozenset({NoticeKind.TRANSFER_ATTEMPTED, NoticeKind.SECURITY_ATTEMPT})


async def keep(
    tx: Transaction, msisdn: Msisdn, kind: NoticeKind, act: Act, said: dict[str, str]
) -> bool:
    """Record that somebody was refused something about a number, and tell its holder.

    Every attempt is a leaf; of many within an hour the first are told.  Whether it was told: not
    when nobody holds the number.
    """
    holder_id = (await store.holders(tx, [msisdn])).get(msisdn)
    if holder_id is None:
        return False
    await record.append(tx, act, "numbers.attempted", said, {"msisdn": str(msisdn)})
    return await tell(tx, msisdn, holder_id, kind, act.at)


async def tell(
    tx: Transaction, msisdn: Msisdn, holder_id: int, kind: NoticeKind, at: Instant
) -> bool:
    """Tell the holder of an attempt, unless they were told of many within the hour."""
    newest = await notices.of_number(tx, msisdn)
    since = at - TOLD_WITHIN_MS
    lately = [
        one
        for one in newest
        if one.telling.kind in KINDS
        and one.telling.person_id == holder_id
        and one.telling.at > since
    ]
    if len(lately) >= TOLD_MAX:
        return False
    person = await people.find(tx, holder_id)
    language = "" if person is None else person.language
    await notices.tell(tx, [Telling(msisdn, holder_id, language, kind, {}, at)])
    return True


async def denied(tx: Transaction, statement: str, act: Act, said: dict[str, str]) -> list[Msisdn]:
    """The store itself refused a statement: an alarm for the reviewers, and the holders are told.

    Returns the numbers that the statement names.  One alarm for a number is enough while it lasts,
    and so is one that names none.
    """
    held = await _named(tx, statement)
    for msisdn in held or [None]:
        about = {} if msisdn is None else {"msisdn": str(msisdn)}
        leaf_seq = await record.append(tx, act, "numbers.attempted", said, about)
        difference = Difference("" if msisdn is None else msisdn, Wrong.STORE_REFUSED)
        if difference in {one.difference for one in await register_store.open_alarms(tx)}:
            continue
        await register_store.raise_alarm(tx, difference, leaf_seq, act.at)
        if msisdn is not None:
            await tell(tx, msisdn, held[msisdn], NoticeKind.SECURITY_ATTEMPT, act.at)
    return list(held)


async def _named(tx: Transaction, statement: str) -> dict[Msisdn, int]:
    """The numbers that a statement names, or that its requests are about, with who holds them."""
    named = list(dict.fromkeys(_NUMBER.findall(statement)))[:NAMED_MAX]
    for request_id in list(dict.fromkeys(_REQUEST.findall(statement)))[:NAMED_MAX]:
        stored = await request_store.request(tx, request_id)
        if stored is not None:
            named.append(str(stored.request.msisdn))
    holders = await store.holders(tx, named) if named else {}
    return {Msisdn(number): holder for number, holder in holders.items()}
