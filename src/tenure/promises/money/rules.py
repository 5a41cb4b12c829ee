"""What a purse can pay at an instant, and from which buckets; pure arithmetic on whole micros."""

from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.promises.money.model import Account, Change, Drawn, Entry, EntryKind, Grant, Purse
from tenure.values.instant import Instant
from tenure.values.quantity import Unit

PPM: Final = 1_000_000


def usable(grant: Grant, at: Instant) -> bool:
    """Whether a grant has anything left and may be spent at the instant (half-open period)."""
    return grant.remaining > 0 and grant.starts_at <= at < grant.ends_at


def in_spending_order(grants: Sequence[Grant], unit: Unit, at: Instant) -> list[Grant]:
    """The usable grants of a unit: lower priority number first, then soonest-ending, then older."""
    found = [grant for grant in grants if grant.unit == unit and usable(grant, at)]
    if len(found) > 1:
        found.sort(key=lambda grant: (grant.priority, grant.ends_at, grant.grant_id))
    return found


def valid_funds(purse: Purse, at: Instant) -> int:
    """Funds that may be spent at the instant: none once the Active Period has ended (GTC-TOPUP).

    Money on a postpaid account has no Active Period (GTC-POSTPAID).
    """
    return purse.funds_micros if at < purse.funds_end or purse.credit_limit_micros else 0


def payable(purse: Purse, at: Instant) -> int:
    """All money a purse can pay with at the instant: promotional, funds, and unused credit."""
    money = valid_funds(purse, at) + purse.credit_limit_micros - purse.owed_micros
    if purse.grants:
        money += sum(
            grant.remaining
            for grant in purse.grants
            if grant.unit == Unit.MICROS and usable(grant, at)
        )
    return money


def draw(purse: Purse, amount_micros: int, at: Instant) -> tuple[Purse, Drawn]:
    """Take an amount that is payable: promotional money first, soonest-ending first, then funds,
    then credit.  The caller has made sure that ``amount_micros <= payable(purse, at)``."""
    assert 0 <= amount_micros <= payable(purse, at)
    rest = amount_micros
    taken: list[tuple[int, int]] = []
    if purse.grants and rest:
        for grant in in_spending_order(purse.grants, Unit.MICROS, at):
            part = min(rest, grant.remaining)
            taken.append((grant.grant_id, part))
            rest -= part
            if not rest:
                break
    funds = min(rest, valid_funds(purse, at))
    owed = rest - funds
    changed = Purse(
        purse.purse_id,
        purse.seq,
        purse.version,
        purse.funds_micros - funds,
        purse.funds_end,
        purse.owed_micros + owed,
        purse.credit_limit_micros,
        reduced(purse.grants, taken) if taken else purse.grants,
        purse.sessions,
    )
    return changed, Drawn(funds, owed, tuple(taken))


def reduced(grants: tuple[Grant, ...], taken: Sequence[tuple[int, int]]) -> tuple[Grant, ...]:
    """The grants after (grant_id, amount) was taken from each; negative amounts give back."""
    amounts: dict[int, int] = {}
    for grant_id, amount in taken:
        amounts[grant_id] = amounts.get(grant_id, 0) + amount
    return tuple(
        msgspec.structs.replace(grant, remaining=grant.remaining - amounts[grant.grant_id])
        if grant.grant_id in amounts
        else grant
        for grant in grants
    )


def restored(purse: Purse, drawn: Drawn) -> Purse:
    """Give back exactly what was drawn, to the buckets it came from.

    A bucket that has ended since gets its amount back and stays ended: a refund never revives it.
    Money that went onto the debt leaves it; what was paid of that debt since becomes funds.
    """
    owed_back = min(drawn.owed_micros, purse.owed_micros)
    return msgspec.structs.replace(
        purse,
        funds_micros=purse.funds_micros + drawn.funds_micros + drawn.owed_micros - owed_back,
        owed_micros=purse.owed_micros - owed_back,
        grants=reduced(purse.grants, [(grant_id, -amount) for grant_id, amount in drawn.grants]),
    )


def tax_within(gross_micros: int, tax_ppm: int) -> int:
    """The tax contained in a price, rounded down; ``tax_ppm`` is of the price before tax."""
    return gross_micros * tax_ppm // (PPM + tax_ppm)


def penalty(outstanding_micros: int, whole_months: int, penalty_ppm_per_month: int) -> int:
    """The penalty of a payment breach (GTC-POSTPAID): simple, per whole month, rounded down."""
    assert outstanding_micros >= 0
    assert whole_months >= 0
    return outstanding_micros * whole_months * penalty_ppm_per_month // PPM


NO_SESSIONS: Final = b"\x92\x90\x90"
"""A purse in which charging remembers nothing."""


def closed(purse: Purse, at: Instant, reference: str, words: str) -> Change:
    """The purse of somebody who left: empty, with what was in it as the operator's (GTC-TOPUP).

    Funds are breakage; promotional money was the operator's cost, and is taken off it.  Allowances
    are no money, and end.  The caller has made sure that no session lives and nothing is owed.
    """
    assert not purse.owed_micros
    promotional = sum(grant.remaining for grant in purse.grants if grant.unit == Unit.MICROS)
    legs = [
        (Account.BREAKAGE, purse.funds_micros, 0),
        (Account.PROMO_COST, 0, promotional),
    ]
    explanation = msgspec.json.encode({"what": "closed", "words": words}).decode()
    entries: list[Entry] = []
    for account, funds, granted in legs:
        if not funds and not granted:
            continue
        entries.append(
            Entry(
                purse_id=purse.purse_id,
                seq=purse.seq + len(entries) + 1,
                at=at,
                kind=EntryKind.BREAKAGE,
                account=account,
                funds_micros=-funds,
                grants_micros=-granted,
                owed_micros=0,
                tax_micros=0,
                overrun_micros=0,
                contra_micros=funds + granted,
                funds_after_micros=0,
                reference=reference,
                party="",
                explanation=explanation,
            )
        )
    empty = msgspec.structs.replace(
        purse,
        seq=purse.seq + len(entries),
        funds_micros=0,
        grants=(),
        sessions=NO_SESSIONS,
    )
    return Change(empty, tuple(entries))
