"""Cards: how PINs are drawn and hashed, when a line is locked out, a card's state; pure."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Final

from tenure.promises.topups.model import (
    Pin,
    Refusal,
    Voucher,
    VoucherKey,
    VoucherState,
    WrongPins,
)
from tenure.terms import model as terms
from tenure.values.instant import MINUTE_MS, Instant
from tenure.values.refused import Refused

KEY_OCTETS_MIN: Final = 32
VOUCHERS_AT_ONCE_MAX: Final = 1_000_000
PINS_PER_VOUCHER_MIN: Final = 10_000_000
"""So many possible PINs for each one outstanding: a guess succeeds once in ten million."""
_CHUNK_OCTETS: Final = 8
_CHUNK_VALUES: Final = 1 << (8 * _CHUNK_OCTETS)


def draw_pins(chance: Callable[[int], bytes], count: int, digits: int) -> Iterator[Pin]:
    """So many different PINs, each digit as likely as any other.

    ``chance(n)`` gives n random bytes; what would make small numbers likelier is thrown away.
    """
    assert 0 < count <= 10**digits
    assert 10**digits <= _CHUNK_VALUES
    fair = _CHUNK_VALUES - _CHUNK_VALUES % 10**digits
    drawn: set[int] = set()
    while len(drawn) < count:
        octets = chance(_CHUNK_OCTETS * (count - len(drawn)))
        for start in range(0, len(octets), _CHUNK_OCTETS):
            value = int.from_bytes(octets[start : start + _CHUNK_OCTETS])
            number = value % 10**digits
            if value < fair and number not in drawn:
                drawn.add(number)
                yield Pin(f"{number:0{digits}d}")


def pin_hash(key: VoucherKey, pin: Pin) -> bytes:
    """What is kept of a PIN.

    Fourteen digits are soon tried through, so a plain or salted hash would give every PIN away with
    the table; without the key, which the database never sees, this one gives nothing away.
    """
    assert len(key.secret) >= KEY_OCTETS_MIN
    return hmac.digest(key.secret, b"tenure voucher pin\x00" + pin.encode(), "sha256")


def key_id(key: VoucherKey) -> str:
    """A name for a key that tells nothing of it."""
    return hmac.digest(key.secret, b"tenure voucher key id", hashlib.sha256).hex()[:16]


def pin_of(typed: str, vouchers: terms.Vouchers) -> Pin | Refused[Refusal]:
    """The PIN in what a person typed: spaces and dashes do not matter, digits of any script do."""
    text = "".join(character for character in typed if character not in " -\t\r\n")
    if not text.isdecimal() or len(text) != vouchers.pin_digits:
        return Refused(Refusal.PIN_MALFORMED, f"a PIN has {vouchers.pin_digits} digits")
    return Pin("".join(str(int(character)) for character in text))


def locked_until(wrong: WrongPins, vouchers: terms.Vouchers) -> Instant | None:
    """When the line may try again; None when it is not locked.  Computed, so nothing unlocks it."""
    if wrong.in_a_row < vouchers.wrong_pins_max:
        return None
    return Instant(wrong.last_at + vouchers.locked_minutes * MINUTE_MS)


def locked(wrong: WrongPins, vouchers: terms.Vouchers, at: Instant) -> Refused[Refusal] | None:
    """The refusal of a line that is locked out at the instant."""
    until = locked_until(wrong, vouchers)
    if until is None or at >= until:
        return None
    minutes = -(-(until - at) // MINUTE_MS)
    detail = f"{wrong.in_a_row} wrong PINs in a row; try again in {minutes} minutes"
    return Refused(Refusal.LOCKED_OUT, detail)


def after_wrong(wrong: WrongPins, vouchers: terms.Vouchers, at: Instant) -> WrongPins:
    """One more wrong PIN; those from longer ago than a lock lasts do not count any more."""
    lapsed = at >= wrong.last_at + vouchers.locked_minutes * MINUTE_MS
    return WrongPins(1 if lapsed else wrong.in_a_row + 1, at)


def state(voucher: Voucher, at: Instant) -> VoucherState:
    """What a card is at the instant; what was used stays used."""
    if voucher.used_at is not None:
        return VoucherState.USED
    if voucher.blocked_at is not None:
        return VoucherState.BLOCKED
    return VoucherState.ISSUED if at < voucher.expires_at else VoucherState.EXPIRED


_REFUSAL: Final = {
    VoucherState.USED: Refused(Refusal.VOUCHER_USED, "this card was used before"),
    VoucherState.BLOCKED: Refused(
        Refusal.VOUCHER_BLOCKED, "this card is blocked; bring it to where it was bought"
    ),
    VoucherState.EXPIRED: Refused(
        Refusal.VOUCHER_EXPIRED, "this card was to be used earlier; its shelf life has ended"
    ),
}


def refusal(voucher: Voucher, at: Instant) -> Refused[Refusal] | None:
    """Why a card cannot be used at the instant; None when it can."""
    return _REFUSAL.get(state(voucher, at))


def issuable(count: int, outstanding: int, vouchers: terms.Vouchers) -> Refused[Refusal] | None:
    """Whether so many more cards may be issued: not too many at once, and never guessable."""
    if not 0 < count <= VOUCHERS_AT_ONCE_MAX:
        detail = f"issue between 1 and {VOUCHERS_AT_ONCE_MAX} cards at once"
        return Refused(Refusal.BATCH_INVALID, detail)
    if (count + outstanding) * PINS_PER_VOUCHER_MIN > 10**vouchers.pin_digits:
        detail = (
            f"{count + outstanding} cards with PINs of {vouchers.pin_digits} digits could be "
            "guessed; give the pack longer PINs (GTC-TOPUP, vouchers.pin_digits)"
        )
        return Refused(Refusal.PIN_SPACE_TOO_SMALL, detail)
    return None


def unknown(wrong: WrongPins, vouchers: terms.Vouchers) -> Refused[Refusal]:
    """The answer to a PIN that no card has, with what is left to try."""
    left = vouchers.wrong_pins_max - wrong.in_a_row
    after = f"tries left: {left}" if left > 0 else f"locked for {vouchers.locked_minutes} minutes"
    return Refused(Refusal.PIN_UNKNOWN, f"no card has this PIN; {after}")
