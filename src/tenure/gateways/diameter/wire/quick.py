"""The Credit-Control-Request straight from its bytes: one pass, nothing made that is not needed.

Every function gives None for anything out of the ordinary; then ``message.decoded`` and
``credit.ccr_of`` are asked, which know all shapes and name every fault.  A test proves that both
readers agree wherever this one has an answer.

A message is read as an array of 32-bit words.  The code is repetitive on purpose: a call per AVP
would cost more than all the rest.
"""

import sys
from array import array
from typing import Final

from tenure.gateways.diameter.wire.credit import (
    CC_INPUT_OCTETS,
    CC_MONEY,
    CC_OUTPUT_OCTETS,
    CC_SERVICE_SPECIFIC_UNITS,
    CC_TIME,
    CC_TOTAL_OCTETS,
    CORRELATION_ID,
    CURRENCY_CODE,
    EXPONENT,
    MSCC,
    PROXY_INFO,
    RATING_GROUP,
    REQUESTED,
    ROUTE_RECORD,
    SERVICE_IDENTIFIER,
    SIGNED,
    SINGLE,
    SUBSCRIPTION_DATA,
    SUBSCRIPTION_ID,
    SUBSCRIPTION_TYPE,
    TARIFF_CHANGE_USAGE,
    UNIT_VALUE,
    USED,
    VALUE_DIGITS,
    Ccr,
    Facts,
    Group,
    Units,
)
from tenure.gateways.diameter.wire.message import CREDIT_CONTROL, REQUEST
from tenure.gateways.diameter.wire.words import (
    EMPTY,
    LENGTH,
    ODD_FLAGS,
    PLAIN,
    U32,
    U64,
    Words,
    skim,
)

_MSCC: Final = 20
_SUBSCRIPTION: Final = 21
_USED: Final = 22
_SERVICE: Final = 23
_PROXY: Final = 24
_ROUTE: Final = 25
_SKIPPED: Final = 26
_SLOTS: Final = {code: slot for slot, code in enumerate(SINGLE)} | {
    MSCC: _MSCC,
    SUBSCRIPTION_ID: _SUBSCRIPTION,
    USED: _USED,
    SERVICE_IDENTIFIER: _SERVICE,
    RATING_GROUP: _SERVICE,
    PROXY_INFO: _PROXY,
    ROUTE_RECORD: _ROUTE,
    278: _SKIPPED,  # Origin-State-Id
    455: _SKIPPED,  # Multiple-Services-Indicator
    295: _SKIPPED,  # Termination-Cause
}
_NONE: Final = [0] * len(SINGLE)
_PADDING: Final = (b"", b"\0\0\0", b"\0\0", b"\0")
_LITTLE: Final = sys.byteorder == "little"


def quick_ccr(raw: bytes) -> Ccr | None:
    """The request in a whole message with command code 272, application 4, the R bit; else None."""
    w = array("I", raw)
    if _LITTLE:
        w.byteswap()
    if w[0] != 0x01000000 | len(raw) or w[2] != CREDIT_CONTROL:
        return None
    flags = w[1] >> 24
    if flags & 0xAF != REQUEST:
        return None
    try:
        return _ccr(w, raw, flags)
    except (IndexError, UnicodeDecodeError):
        return None


def _ccr(w: Words, raw: bytes, flags: int) -> Ccr | None:  # noqa: C901, PLR0911, PLR0912
    at = _NONE.copy()
    groups: list[Group] = []
    subscriptions: list[tuple[int, bytes]] = []
    rest: list[int] = []
    facts: Facts = {}
    i, end = 5, len(w)
    while i < end:
        word = w[i + 1]
        octets = word & LENGTH
        j = i + ((octets + 3) >> 2)
        if j > end or octets < EMPTY:
            return None
        slot = -1 if word & ODD_FLAGS else _SLOTS.get(w[i], -1)
        if slot < 0:
            if not skim(w, raw, i, j, facts):
                return None
        elif slot < _MSCC:
            if not at[slot]:
                at[slot] = i
            elif raw[4 * i : 4 * j] != raw[4 * at[slot] : 4 * (at[slot] + j - i)]:
                return None
        elif slot == _MSCC:
            group = _group(w, raw, i, j, facts)
            if group is None:
                return None
            groups.append(group)
        elif slot == _SUBSCRIPTION:
            # The usual layout: type, then data, and nothing else.
            if w[i + 2] != SUBSCRIPTION_TYPE or w[i + 3] & PLAIN != U32:
                return None
            inner = w[i + 6] & PLAIN
            end_of_data = i + 5 + ((inner + 3) >> 2)
            if w[i + 5] != SUBSCRIPTION_DATA or inner < EMPTY or end_of_data != j or octets & 3:
                return None
            subscriptions.append((w[i + 4], raw[4 * i + 28 : 4 * i + 20 + inner]))
        elif slot == _SKIPPED:
            if octets != U32:
                return None
        else:
            rest.append(i)
        i = j
    return _gathered(w, raw, flags, at, (groups, subscriptions, rest, facts))


def _gathered(
    w: Words,
    raw: bytes,
    flags: int,
    at: list[int],
    found: tuple[list[Group], list[tuple[int, bytes]], list[int], Facts],
) -> Ccr | None:
    session, host, realm, to_realm, context, kind, number, application = at[:8]
    groups, subscriptions, rest, facts = found
    if not (session and host and realm and to_realm and context and subscriptions):
        return None
    if not w[kind + 1] & LENGTH == w[number + 1] & LENGTH == U32:
        return None  # An absent one stands at 0, where the second word is flags and command code.
    if application and w[application + 1] & LENGTH != U32:
        return None
    if not 0 < w[kind + 2] < 5:  # noqa: PLR2004 (credit.REQUEST_TYPES)
        return None
    proxies = b""
    routes: tuple[bytes, ...] = ()
    command: Group | None = None
    if rest or at[12] or at[9] or at[10] or at[11]:
        rare = _rare(w, raw, at, rest, facts)
        if rare is None:
            return None
        proxies, routes, command = rare
    to_host = at[8]
    session_end = 4 * session + (w[session + 1] & LENGTH)
    return Ccr(
        raw,
        flags,
        raw[4 * session : session_end] + _PADDING[session_end & 3],
        raw[4 * session + 8 : session_end].decode(),
        raw[4 * host + 8 : 4 * host + (w[host + 1] & LENGTH)],
        raw[4 * realm + 8 : 4 * realm + (w[realm + 1] & LENGTH)],
        raw[4 * to_host + 8 : 4 * to_host + (w[to_host + 1] & LENGTH)] if to_host else b"",
        raw[4 * to_realm + 8 : 4 * to_realm + (w[to_realm + 1] & LENGTH)],
        w[application + 2] if application else w[2],
        raw[4 * context + 8 : 4 * context + (w[context + 1] & LENGTH)],
        w[kind + 2],
        w[number + 2],
        tuple(subscriptions),
        tuple(groups),
        command,
        facts,
        proxies,
        routes,
    )


def _rare(  # noqa: C901, PLR0912
    w: Words, raw: bytes, at: list[int], rest: list[int], facts: Facts
) -> tuple[bytes, tuple[bytes, ...], Group | None] | None:
    for slot in (9, 10):
        if i := at[slot]:
            if w[i + 1] & LENGTH != U32:
                return None
            facts[SINGLE[slot]] = w[i + 2]
    if i := at[11]:
        facts[CORRELATION_ID] = raw[4 * i + 8 : 4 * i + (w[i + 1] & LENGTH)]
    proxies, routes = b"", []
    command: list[int] = [at[12]] if at[12] else []
    for i in rest:
        octets = w[i + 1] & LENGTH
        if w[i] == PROXY_INFO:
            if not skim(w, raw, i, i + ((octets + 3) >> 2), facts):
                return None
            proxies += raw[4 * i : 4 * i + octets] + _PADDING[octets & 3]
        elif w[i] == ROUTE_RECORD:
            routes.append(raw[4 * i + 8 : 4 * i + octets])
        else:
            command.append(i)
    if not command:
        return proxies, tuple(routes), None
    group = _scattered(w, raw, command, facts)
    if group is None:
        return None
    units = group if group.requested is not None or group.used else None
    return proxies, tuple(routes), units


def _scattered(w: Words, raw: bytes, places: list[int], facts: Facts) -> Group | None:
    """The units of a request without groups, whose AVPs stand between others."""
    rating_group: int | None = None
    service_ids: tuple[int, ...] = ()
    requested: Units | None = None
    used: tuple[Units, ...] = ()
    for i in places:
        one = _group(w, raw, i - 2, i + (((w[i + 1] & LENGTH) + 3) >> 2), facts, whole=False)
        if one is None:
            return None
        rating_group = one.rating_group if one.rating_group is not None else rating_group
        service_ids += one.service_ids
        requested = one.requested if one.requested is not None else requested
        used += one.used
    return Group(rating_group, service_ids, requested, used)


def _group(  # noqa: C901, PLR0912
    w: Words, raw: bytes, i: int, end: int, facts: Facts, *, whole: bool = True
) -> Group | None:
    """The AVPs of the Multiple-Services-Credit-Control at ``i``."""
    if whole and w[i + 1] & 3:
        return None
    rating_group: int | None = None
    service_ids: tuple[int, ...] = ()
    requested: Units | None = None
    used: tuple[Units, ...] = ()
    i += 2
    while i < end:
        code = w[i]
        word = w[i + 1]
        octets = word & LENGTH
        j = i + ((octets + 3) >> 2)
        if j > end or octets < EMPTY:
            return None
        plain = word & PLAIN
        if plain == U32 and code == RATING_GROUP:
            rating_group = w[i + 2]
        elif plain == U32 and code == SERVICE_IDENTIFIER:
            service_ids += (w[i + 2],)
        elif word & ODD_FLAGS or code not in (USED, REQUESTED):
            if not skim(w, raw, i, j, facts, MSCC, 1):
                return None
        else:
            units = _units(w, raw, i, j, facts)
            if units is None:
                return None
            if code == USED:
                used += (units,)
            else:
                requested = units
        i = j
    return Group(rating_group, service_ids, requested, used)


def _units(  # noqa: C901
    w: Words, raw: bytes, i: int, end: int, facts: Facts
) -> Units | None:
    """The amounts in the Requested- or Used-Service-Unit at ``i``."""
    units: Units = {}
    within = w[i]
    if w[i + 1] & 3:
        return None
    i += 2
    while i < end:
        code, word = w[i], w[i + 1]
        plain = word & PLAIN
        if plain == U64 and code in _OCTETS:
            units[code] = w[i + 2] << 32 | w[i + 3]
            i += 4
        elif plain == U32 and code in _SMALL:
            units[code] = w[i + 2]
            i += 3
        else:
            j = i + (((word & LENGTH) + 3) >> 2)
            if j > end or word & LENGTH < EMPTY:
                return None
            if word & ODD_FLAGS or code != CC_MONEY:
                if code in _AMOUNTS or not skim(w, raw, i, j, facts, within, 2):
                    return None
            elif not _money(w, i, j, units):
                return None
            i = j
    return units if i == end else None


_OCTETS: Final = frozenset({
    CC_TOTAL_OCTETS, CC_INPUT_OCTETS, CC_OUTPUT_OCTETS,
    CC_SERVICE_SPECIFIC_UNITS,
})  # fmt: skip
_SMALL: Final = frozenset({CC_TIME, TARIFF_CHANGE_USAGE})
_AMOUNTS: Final = _OCTETS | _SMALL | {CC_MONEY, UNIT_VALUE, CURRENCY_CODE} | SIGNED


def _money(w: Words, i: int, end: int, units: Units) -> bool:
    """CC-Money as everybody writes it: Unit-Value of digits and perhaps exponent, then currency."""
    if w[i + 1] & 3 or w[i + 2] != UNIT_VALUE or w[i + 3] & (ODD_FLAGS | 3):
        return False
    if w[i + 4] != VALUE_DIGITS or w[i + 5] & PLAIN != U64:
        return False
    digits = w[i + 6] << 32 | w[i + 7]
    units[VALUE_DIGITS] = digits - (1 << 64) if digits >> 63 else digits
    value_end = i + 2 + ((w[i + 3] & LENGTH) >> 2)
    i += 8
    if i + 3 == value_end and w[i] == EXPONENT and w[i + 1] & PLAIN == U32:
        exponent = w[i + 2]
        units[EXPONENT] = exponent - (1 << 32) if exponent >> 31 else exponent
        i += 3
    if i != value_end:
        return False
    if i + 3 == end and w[i] == CURRENCY_CODE and w[i + 1] & PLAIN == U32:
        units[CURRENCY_CODE] = w[i + 2]
        i += 3
    return i == end
