"""GTC-TOPUP, GTC-RESTORE, GTC-PROMO, GTC-POSTPAID: what a top-up does to a purse; pure."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from tenure.promises.money import rules as money
from tenure.promises.money.model import Account, Change, Entry, EntryKind, Grant, Purse
from tenure.promises.topups.model import Buy, Credit, Done, Refusal
from tenure.terms.model import Bundle, Promo, Terms
from tenure.values.instant import DAY_MS, Instant, moment_of
from tenure.values.money import words
from tenure.values.quantity import Unit
from tenure.values.refused import Refused

PPM: Final = 1_000_000
GRANTS_AT_ONCE_MAX: Final = 64
FORGET_DAYS: Final = 30
"""An ended, empty grant is forgotten after so long; until then a refund can find it."""


class _Journal:
    """A purse and the entries that move it, in order; lives within one decision."""

    def __init__(self, purse: Purse, at: Instant, reference: str) -> None:
        self.purse = purse
        self.at = at
        self.reference = reference
        self.entries: list[Entry] = []

    def add(self, purse: Purse, kind: EntryKind, account: Account, said: dict[str, object]) -> None:
        """Append the entry that leads from the purse so far to this one; contra leg balances."""
        before, seq = self.purse, self.purse.seq + 1
        funds = purse.funds_micros - before.funds_micros
        granted = promotional(purse.grants) - promotional(before.grants)
        owed = before.owed_micros - purse.owed_micros
        self.purse = msgspec.structs.replace(purse, seq=seq)
        self.entries.append(
            Entry(
                purse_id=purse.purse_id,
                seq=seq,
                at=self.at,
                kind=kind,
                account=account,
                funds_micros=funds,
                grants_micros=granted,
                owed_micros=owed,
                tax_micros=0,
                overrun_micros=0,
                contra_micros=-funds - granted - owed,
                funds_after_micros=purse.funds_micros,
                reference=self.reference,
                party="",
                explanation=msgspec.json.encode(said).decode(),
            )
        )

    def next_grant_id(self) -> int:
        """Above every id ever given in this purse: the number of the entry that gives it leads."""
        return (self.purse.seq + 1) * GRANTS_AT_ONCE_MAX

    def change(self) -> Change:
        return Change(self.purse, tuple(self.entries))


def promotional(grants: Sequence[Grant]) -> int:
    """All promotional money in these grants, ended or not: the sum of the grants legs."""
    return sum(grant.remaining for grant in grants if grant.unit is Unit.MICROS)


def denomination_days(amount_micros: int, terms: Terms) -> int | Refused[Refusal]:
    """The Active Period of a top-up of this amount (GTC-TOPUP)."""
    for denomination in terms.topups.denominations:
        if denomination.amount_micros == amount_micros:
            return denomination.active_days
    offered = ", ".join(
        words(one.amount_micros, terms.currency) for one in terms.topups.denominations
    )
    return Refused(Refusal.AMOUNT_INVALID, f"top-ups are sold as {offered}")


def funds_end(purse: Purse, active_days: int, terms: Terms, at: Instant) -> Instant:
    """The end of the Active Period of all funds after a top-up (GTC-TOPUP, GTC-RESTORE).

    The pack chooses: "replace" is the letter of the terms, the top-up's period applies to the
    whole; "longest" never takes days away that were told before.
    """
    end = Instant(at + active_days * DAY_MS)
    return max(end, purse.funds_end) if terms.topups.active_period == "longest" else end


def top_up(
    purse: Purse, credit: Credit, terms: Terms, at: Instant, *, postpaid: bool
) -> tuple[Change, Done]:
    """Add money to a purse.

    Prepaid (GTC-TOPUP, GTC-RESTORE): live funds are combined; funds that ended less than
    ``restore_days`` ago come back; later they have lapsed.  Promotional money is neither restored
    nor extended, and a promo of the pack gives new (GTC-PROMO).  Postpaid (GTC-POSTPAID): the debt
    is paid first, the rest stays on account.  Live sessions are left as they are.
    """
    assert credit.amount_micros > 0
    journal = _Journal(purse, at, credit.reference)
    zone = ZoneInfo(terms.time_zone)
    if postpaid:
        return _pay(journal, credit, terms)

    ended_micros = 0 if at < purse.funds_end else purse.funds_micros
    lapses = at >= purse.funds_end + terms.topups.restore_days * DAY_MS
    lapsed = ended_micros if lapses else 0
    if lapsed:
        _lapse(journal, terms, zone)
    _end_promotions(journal, terms, zone)

    changed = msgspec.structs.replace(
        journal.purse,
        funds_micros=journal.purse.funds_micros + credit.amount_micros,
        funds_end=funds_end(purse, credit.active_days, terms, at),
    )
    restored = ended_micros - lapsed
    told = _told(credit, changed, restored, terms, zone)
    said = _said("topup", told, changed, terms) | {"active_days": credit.active_days}
    journal.add(changed, EntryKind.TOPUP, credit.source, said)
    seq = journal.purse.seq
    bonus, gift = _promote(journal, credit, terms, zone)
    done = Done(
        seq=seq,
        amount_micros=credit.amount_micros,
        bonus_micros=bonus,
        lapsed_micros=lapsed,
        restored_micros=restored,
        paid_off_micros=0,
        funds_micros=changed.funds_micros,
        funds_end=changed.funds_end,
        words=f"{told} {gift}".rstrip(),
    )
    return journal.change(), done


def _pay(journal: _Journal, credit: Credit, terms: Terms) -> tuple[Change, Done]:
    """GTC-POSTPAID: money on account has no Active Period, so its end stays as it is."""
    paid_off = min(credit.amount_micros, journal.purse.owed_micros)
    changed = msgspec.structs.replace(
        journal.purse,
        owed_micros=journal.purse.owed_micros - paid_off,
        funds_micros=journal.purse.funds_micros + credit.amount_micros - paid_off,
    )
    told = (
        f"{words(credit.amount_micros, terms.currency)} paid {credit.words}: "
        f"{words(paid_off, terms.currency)} of what was owed, which is now "
        f"{words(changed.owed_micros, terms.currency)}; on account "
        f"{words(changed.funds_micros, terms.currency)}."
    )
    said = _said("payment", told, changed, terms)
    journal.add(changed, EntryKind.TOPUP, credit.source, said)
    done = Done(
        seq=journal.purse.seq,
        amount_micros=credit.amount_micros,
        bonus_micros=0,
        lapsed_micros=0,
        restored_micros=0,
        paid_off_micros=paid_off,
        funds_micros=changed.funds_micros,
        funds_end=changed.funds_end,
        words=told,
    )
    return journal.change(), done


def _lapse(journal: _Journal, terms: Terms, zone: tzinfo) -> None:
    """GTC-RESTORE: funds that ended too long ago are the operator's, and the books say so."""
    purse = journal.purse
    told = (
        f"{words(purse.funds_micros, terms.currency)} ended on {_local(purse.funds_end, zone)} and "
        f"could come back for {terms.topups.restore_days} days; they have lapsed."
    )
    changed = msgspec.structs.replace(purse, funds_micros=0)
    said = _said("lapse", told, changed, terms)
    journal.add(changed, EntryKind.BREAKAGE, Account.BREAKAGE, said)


def _end_promotions(journal: _Journal, terms: Terms, zone: tzinfo) -> None:
    """GTC-PROMO: promotional money that has ended is taken out of the books, and never comes back.

    It waits as long as funds may be restored, so that a late report of a session that held some of
    it still finds it.  Ended, empty grants are forgotten much later, so that a purse stays small.
    """
    purse = journal.purse
    out_before = journal.at - terms.topups.restore_days * DAY_MS
    forget_before = journal.at - FORGET_DAYS * DAY_MS
    kept = tuple(
        msgspec.structs.replace(grant, remaining=0) if grant.ends_at <= out_before else grant
        for grant in purse.grants
        if grant.ends_at > forget_before or grant.remaining > 0
    )
    ended = promotional(purse.grants) - promotional(kept)
    changed = msgspec.structs.replace(purse, grants=kept)
    if not ended:
        journal.purse = changed
        return
    told = (
        f"{words(ended, terms.currency)} of promotional money ended by {_local(journal.at, zone)}; "
        "a top-up does not bring it back."
    )
    said = _said("promo-end", told, changed, terms)
    journal.add(changed, EntryKind.BREAKAGE, Account.PROMO_COST, said)


def promo_for(amount_micros: int, promos: Sequence[Promo]) -> Promo | None:
    """The promo that a top-up earns: of those it reaches, the one with the highest threshold."""
    reached = [promo for promo in promos if amount_micros >= promo.from_amount_micros]
    return max(reached, key=lambda promo: promo.from_amount_micros, default=None)


def _promote(journal: _Journal, credit: Credit, terms: Terms, zone: tzinfo) -> tuple[int, str]:
    """GTC-PROMO: promotional money is a grant with its own end, apart from all funds."""
    promo = promo_for(credit.amount_micros, terms.promos)
    bonus = 0 if promo is None else credit.amount_micros * promo.bonus_ppm // PPM
    if promo is None or bonus == 0:
        return 0, ""
    days = terms.topups.promo_days if promo.days is None else promo.days
    grant = Grant(
        grant_id=journal.next_grant_id(),
        unit=Unit.MICROS,
        remaining=bonus,
        starts_at=journal.at,
        ends_at=Instant(journal.at + days * DAY_MS),
        allowance="",
    )
    changed = msgspec.structs.replace(journal.purse, grants=(*journal.purse.grants, grant))
    told = (
        f"{words(bonus, terms.currency)} given as promotional money ({promo.name}), "
        f"usable until {_local(grant.ends_at, zone)}."
    )
    said = _said("promo", told, changed, terms)
    said |= {"grant_id": grant.grant_id, "ends_ms": grant.ends_at}
    journal.add(changed, EntryKind.PROMO, Account.PROMO_COST, said)
    return bonus, told


def buy(
    purse: Purse, bundle: Bundle, terms: Terms, order: Buy
) -> tuple[Change, Done] | Refused[Refusal]:
    """Buy a plan: its price from promotional money, funds, then credit; its allowances as grants.

    CREDIT_EXHAUSTED unless the whole price can be paid now, besides what live sessions hold: a plan
    is never bought in part, nor with money that a call in progress was promised.
    """
    price, at = bundle.price_micros, order.at
    if money.payable(purse, at) - order.held_micros < price:
        detail = f"{bundle.title} costs {words(price, terms.currency)}; top up first"
        return Refused(Refusal.CREDIT_EXHAUSTED, detail)
    journal = _Journal(purse, at, f"bundle {order.key}")
    paid, drawn = money.draw(purse, price, at)
    ends_at = Instant(at + bundle.days * DAY_MS)
    given = tuple(
        Grant(
            grant_id=journal.next_grant_id() + place,
            unit=Unit[allowance.unit.upper()],
            remaining=allowance.units,
            starts_at=at,
            ends_at=ends_at,
            allowance=allowance.name,
            priority=allowance.priority,
        )
        for place, allowance in enumerate(bundle.allowances)
    )
    changed = msgspec.structs.replace(paid, grants=paid.grants + given)
    told = (
        f"{bundle.title} bought for {words(price, terms.currency)}, "
        f"usable until {_local(ends_at, ZoneInfo(terms.time_zone))}."
    )
    said = _said("bundle", told, changed, terms) | {"bundle": bundle.name, "drawn": drawn}
    journal.add(changed, EntryKind.BUNDLE, Account.REVENUE_BUNDLE, said)
    done = Done(
        seq=journal.purse.seq,
        amount_micros=price,
        bonus_micros=0,
        lapsed_micros=0,
        restored_micros=0,
        paid_off_micros=0,
        funds_micros=changed.funds_micros,
        funds_end=changed.funds_end,
        words=told,
    )
    return journal.change(), done


def _said(what: str, told: str, purse: Purse, terms: Terms) -> dict[str, object]:
    """The explanation of an entry: in words, with the funds after and the terms that were used."""
    return {
        "what": what,
        "words": told,
        "operator": terms.operator,
        "funds_after_micros": purse.funds_micros,
        "funds_end_ms": purse.funds_end,
        "owed_after_micros": purse.owed_micros,
    }


def _told(credit: Credit, purse: Purse, restored: int, terms: Terms, zone: tzinfo) -> str:
    back = f" {words(restored, terms.currency)} that had ended came back." if restored else ""
    return (
        f"{words(credit.amount_micros, terms.currency)} added {credit.words}.{back} "
        f"All funds, {words(purse.funds_micros, terms.currency)}, "
        f"are usable until {_local(purse.funds_end, zone)}."
    )


def _local(at: Instant, zone: tzinfo) -> str:
    return moment_of(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
