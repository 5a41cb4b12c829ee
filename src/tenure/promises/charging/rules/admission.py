"""Whether a line may use a service: what was asked is well formed, and nothing bars it."""

from hashlib import blake2b
from typing import Final

import msgspec

from tenure.promises.charging.model import GROUPS_MAX, UNITS_MAX, Ask, Refusal
from tenure.promises.money.model import Purse
from tenure.promises.numbers import rules as numbers
from tenure.promises.numbers.model import Block, Line
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import UNIT_OF, Direction, Route, Service, Use
from tenure.promises.tariffs.model import Refusal as NoPrice
from tenure.terms.model import Lifecycle
from tenure.values.instant import Instant
from tenure.values.refused import Refused

_pack = msgspec.msgpack.Encoder().encode


def digest(ask: Ask) -> bytes:
    """What was asked, without when it came and by which way: equal for a repeat, else different."""
    content = (
        ask.request,
        ask.key,
        ask.service,
        ask.direction,
        ask.other_party,
        ask.visited_plmn,
        ask.groups,
        ask.used_at,
        ask.description,
        ask.refunds,
    )
    return blake2b(_pack(content), digest_size=8).digest()


def malformed(ask: Ask) -> Refused[Refusal] | None:
    """Quantities and groups that no honest request has."""
    if len(ask.groups) > GROUPS_MAX:
        return Refused(Refusal.TOO_MANY_GROUPS, f"at most {GROUPS_MAX} rating groups in a request")
    unit = UNIT_OF[ask.service]
    for group in ask.groups:
        if group.unit is not None and group.unit != unit:
            return Refused(
                Refusal.INVALID_UNITS,
                f"{ask.service.name.lower()} is counted in {unit.name.lower()},"
                f" not in {group.unit.name.lower()}",
            )
        asked = group.requested or 0
        used = group.used.units if group.used is not None else 0
        before = group.used.before_change if group.used is not None else 0
        if not (0 <= asked <= UNITS_MAX and 0 <= before <= used <= UNITS_MAX):
            return Refused(Refusal.INVALID_UNITS, f"units must be between 0 and {UNITS_MAX}")
    return None


OUT: Final = Direction.OUT

_BLOCKED = {
    Block.LOST_OR_STOLEN: Refusal.LOST_OR_STOLEN,
    Block.SUSPENDED: Refusal.SUSPENDED,
    Block.RESTRICTED: Refusal.RESTRICTED,
    Block.BARRED: Refusal.BARRED,
    Block.STAGE_BLOCKED: Refusal.STAGE_BLOCKED,
}


def barred(
    line: Line,
    funds_end: Instant,
    lifecycle: Lifecycle,
    service: Service,
    direction: Direction,
    at: Instant,
) -> Refusal | None:
    """Why a line may not use a service in a direction at an instant; None when it may."""
    stage = numbers.stage(funds_end, lifecycle, at, postpaid=line.postpaid)
    if direction is OUT:
        block = numbers.may_go_out(line, stage, at, service)
    else:
        block = numbers.may_come_in(line, stage, at)
    return None if block is None else _BLOCKED[block]


def admitted(
    book: tariffs.Book, line: Line, purse: Purse, ask: Ask, rating_group: int
) -> Route | Refused[Refusal]:
    """The route of a use by a line that may use it now; emergency numbers always may."""
    use = Use(ask.service, ask.direction, ask.other_party, ask.visited_plmn, rating_group)
    route = tariffs.route(book, line.offer, use)
    if isinstance(route, Refused):
        lifecycle = book.terms.lifecycle
        bar = barred(line, purse.funds_end, lifecycle, ask.service, ask.direction, ask.at)
        if bar is not None:
            return Refused(bar)
        if route.refusal is NoPrice.UNKNOWN_RATING_GROUP:
            return Refused(Refusal.UNKNOWN_RATING_GROUP, route.detail)
        return Refused(Refusal.RATING_FAILED, route.detail)
    if not route.always:
        lifecycle = book.terms.lifecycle
        bar = barred(line, purse.funds_end, lifecycle, route.service, route.direction, ask.at)
        if bar is not None:
            return Refused(bar)
    return route
