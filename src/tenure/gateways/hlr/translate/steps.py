"""How a register is brought to believe what is wanted: one step at a time, in the order that works.

There is no transaction across commands, and both numbers and SIMs are unique, so the order is
forced: the new SIM and its keys, the number off the old SIM, the number on the new one, the old SIM
away.  What to do next is read off what the register believes now, so that it does not matter where
somebody was interrupted: the register itself is the journal.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.hlr.translate.subscriber import Looked, Milenage, Wanted
from tenure.values.msisdn import Imsi, Msisdn

STEPS_MAX: Final = 24
"""More than any change needs: a register that is still not there believes us nothing."""


class Create(msgspec.Struct, frozen=True):
    """Make the SIM known."""

    imsi: Imsi


class SetKeys(msgspec.Struct, frozen=True):
    """Give a SIM its keys; its count of calls (SQN) begins anew, so only when they differ."""

    imsi: Imsi
    keys: Milenage


class TakeNumber(msgspec.Struct, frozen=True):
    """Take the number off a SIM."""

    imsi: Imsi


class SetNumber(msgspec.Struct, frozen=True):
    """Put the number on a SIM."""

    imsi: Imsi
    msisdn: Msisdn


class Close(msgspec.Struct, frozen=True):
    """Serve the SIM for nothing, and have the network that serves it stop at once."""

    imsi: Imsi


class Open(msgspec.Struct, frozen=True):
    """Serve the SIM for calls and data."""

    imsi: Imsi


class Delete(msgspec.Struct, frozen=True):
    """Forget the SIM: it is refused everywhere (IMSI unknown in HLR)."""

    imsi: Imsi


Step: TypeAlias = Create | SetKeys | TakeNumber | SetNumber | Close | Open | Delete


def next_step(wanted: Wanted, looked: Looked) -> Step | None:
    """The next step towards what is wanted; None when the register believes it.

    A SIM loses service before it loses its number, and gets service last: in between there is
    nobody, and never two.
    """
    return (
        _prepared(wanted, looked)
        or _number_freed(wanted, looked)
        or _number_given(wanted, looked)
        or _old_sims_gone(looked)
        or _served(wanted, looked)
    )


def _prepared(wanted: Wanted, looked: Looked) -> Step | None:
    """The wanted SIM is known, with its keys, and closed until it has them."""
    if wanted.imsi is None:
        return None
    there = looked.wanted_sim
    if there is None:
        return Create(wanted.imsi)
    keyless = wanted.keys is not None and there.keys != wanted.keys
    if (keyless or not wanted.open) and not there.closed:
        return Close(wanted.imsi)
    if wanted.keys is not None and keyless:
        return SetKeys(wanted.imsi, wanted.keys)
    return None


def _number_freed(wanted: Wanted, looked: Looked) -> Step | None:
    """No other SIM has the number; who had it has no service with it until the end."""
    at = looked.number_at
    if at is None or at.imsi == wanted.imsi:
        return None
    return TakeNumber(at.imsi) if at.closed else Close(at.imsi)


def _number_given(wanted: Wanted, looked: Looked) -> Step | None:
    there = looked.wanted_sim
    if there is None or there.msisdn == wanted.msisdn:
        return None
    return SetNumber(there.imsi, wanted.msisdn)


def _old_sims_gone(looked: Looked) -> Step | None:
    for old in looked.leftover:
        # A VLR that serves the old SIM is told by its closing; deleting tells nobody.
        return Delete(old.imsi) if old.closed else Close(old.imsi)
    return None


def _served(wanted: Wanted, looked: Looked) -> Step | None:
    there = looked.wanted_sim
    if there is None or not wanted.open or there.open:
        return None
    return Open(there.imsi)


class Way(Enum):
    """By which interface a command goes."""

    CONTROL = auto()
    TERMINAL = auto()


class Command(msgspec.Struct, frozen=True):
    """A step in the words of osmo-hlr: a variable and its value, or a line of the VTY."""

    way: Way
    variable: str
    value: str = ""

    def __repr__(self) -> str:
        return f"Command({self.way.name})"


def command_of(step: Step) -> Command:
    """The command of a step.

    The VTY only where CTRL would tell the serving network nothing (``msisdn``, ``cs-enabled``).
    Keys never go over the VTY, since it echoes and remembers what was typed.
    """
    match step:
        case Create(imsi=imsi):
            return Command(Way.CONTROL, "subscriber.create", imsi)
        case Delete(imsi=imsi):
            return Command(Way.CONTROL, "subscriber.delete", imsi)
        case SetKeys(imsi=imsi, keys=keys):
            value = f"milenage,{keys.key.hex()},opc,{keys.opc.hex()}"
            return Command(Way.CONTROL, f"{by_imsi(imsi)}.aud3g", value)
        case TakeNumber(imsi=imsi):
            return Command(Way.CONTROL, f"{by_imsi(imsi)}.msisdn", "none")
        case SetNumber(imsi=imsi, msisdn=msisdn):
            return Command(Way.TERMINAL, f"subscriber imsi {imsi} update msisdn {msisdn}")
        case Close(imsi=imsi) | Open(imsi=imsi):
            mode = "none" if isinstance(step, Close) else "cs+ps"
            line = f"subscriber imsi {imsi} update network-access-mode {mode}"
            return Command(Way.TERMINAL, line)


def by_imsi(imsi: Imsi) -> str:
    """The variable of a SIM."""
    return f"subscriber.by-imsi-{imsi}"


def by_msisdn(msisdn: Msisdn) -> str:
    """The variable of whoever has a number."""
    return f"subscriber.by-msisdn-{msisdn}"


class Meaning(Enum):
    """What a refusal of the register means for us."""

    NOBODY = auto()
    """There is no such subscriber: for a look an answer, for a step somebody else was at work."""
    RACED = auto()
    """It is as it is: look again, and go on from there."""
    IMPOSSIBLE = auto()
    """It will not be better next time: a person must look."""


MEANING_OF: Final[Mapping[str, Meaning]] = {
    "No such subscriber.": Meaning.NOBODY,
    "Subscriber doesn't exist.": Meaning.NOBODY,
    "Subscriber already exists.": Meaning.RACED,
    "Update MSISDN failed": Meaning.RACED,
    "Invalid IMSI value.": Meaning.IMPOSSIBLE,
    "Invalid KI.": Meaning.IMPOSSIBLE,
    "Value failed verification.": Meaning.IMPOSSIBLE,
    "Command not found": Meaning.IMPOSSIBLE,
    "Write Only attribute": Meaning.IMPOSSIBLE,
    "Read Only attribute": Meaning.IMPOSSIBLE,
}
"""The words of osmo-hlr 1.5.0; others are taken as IMPOSSIBLE, so that a person sees them."""


def meaning_of(why: str) -> Meaning:
    """What a refusal means."""
    return MEANING_OF.get(why.strip(), Meaning.IMPOSSIBLE)
