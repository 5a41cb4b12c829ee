"""What can be done from a phone: each deed shows a screen, and some take an argument and act.

None looks at money, bars or stages before it helps: who owes, is barred or suspended can still see
their balance, top up, say no, and protect their number.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Act
from tenure.selfcare.caller import Visit
from tenure.selfcare.deeds import balance, consents, helping, languages, protecting, topping_up
from tenure.selfcare.model import Screen
from tenure.terms.menus import Deed

__all__ = ["DEEDS", "Doing"]

Doing: TypeAlias = Callable[[Transaction, Visit, str, Act], Awaitable[Screen]]
"""What a deed does with an argument; "" is none, and then nothing is changed but by a deed that
needs none."""

DEEDS: Final[Mapping[Deed, Doing]] = {
    Deed.BALANCE: balance.balance,
    Deed.TOP_UP: topping_up.top_up,
    Deed.CONSENT: consents.consent,
    Deed.END_MARKETING: consents.end_marketing,
    Deed.LOCK: protecting.lock,
    Deed.STOP_REQUEST: protecting.stop_request,
    Deed.STOP: protecting.stop,
    Deed.LANGUAGE: languages.language,
    Deed.HELP: helping.help_,
}
"""A test knows that every deed of a pack is in it."""
