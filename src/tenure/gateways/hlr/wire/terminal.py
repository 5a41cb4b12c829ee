"""The VTY: a telnet conversation with a prompt, read as commands and what was said to them."""

import re
from typing import Final

import msgspec

SAID_OCTETS_MAX: Final = 1 << 26
"""A list of some 800,000 subscribers; more at once is no answer that anybody waits for."""
IAC: Final = 255
SUBNEGOTIATION_OCTETS_MAX: Final = 256
SUBNEGOTIATION, SUBNEGOTIATION_ENDS = 250, 240
WILL, DONT = 251, 254

_PROMPT: Final = re.compile(rb"(?:\A|[\r\n])([!-~]{1,64}?)((?:\([!-~]{1,64}\))?[>#]) \Z")
_PASSWORD: Final = re.compile(rb"(?i)(?:\A|[\r\n])password: ?\Z")
_COMMAND: Final = re.compile(r"[!-~]+( [!-~]+)*")


class Prompt(msgspec.Struct, frozen=True):
    """The element waits for a command."""

    said: str
    """Everything that came before the prompt."""
    sign: str
    """``>`` for a guest, ``#`` for who may change things; with a mode before it elsewhere."""

    def __repr__(self) -> str:
        return f"Prompt({self.sign})"


class PasswordAsked(msgspec.Struct, frozen=True):
    """The element wants a password, which no osmo-hlr of ours has."""


class TooMuch(msgspec.Struct, frozen=True):
    """The element goes on and on."""


class Terminal:
    """Gathers what is said up to the next prompt, and leaves out the telnet of it."""

    def __init__(self, octets_max: int = SAID_OCTETS_MAX) -> None:
        self._telnet = Telnet()
        self._said = bytearray()
        self._octets_max = octets_max

    def feed(self, data: bytes) -> Prompt | PasswordAsked | TooMuch | None:
        """Octets have come; what they make of it, or None while the element is still speaking.

        A prompt counts only as the last thing that was said: nobody is spoken to before.
        """
        self._said += self._telnet.plain(data)
        if len(self._said) > self._octets_max:
            self._said.clear()
            return TooMuch()
        tail = bytes(self._said[-160:])
        if _PASSWORD.search(tail):
            return PasswordAsked()
        found = _PROMPT.search(tail)
        if found is None:
            return None
        said = bytes(self._said[: len(self._said) - (len(tail) - found.start(1))])
        self._said.clear()
        return Prompt(said.decode("ascii", "replace"), found[2].decode())


class Telnet:
    """Takes the commands of telnet out of what is said (RFC 854); none of them is answered."""

    def __init__(self) -> None:
        self._rest = b""

    def plain(self, data: bytes) -> bytes:
        """What is said, without telnet's commands; one that is not whole waits for its rest."""
        data, self._rest = self._rest + data, b""
        if IAC not in data:
            return data
        out = bytearray()
        begin = 0
        while (at := data.find(IAC, begin)) >= 0:
            out += data[begin:at]
            end, literal = _after(data, at)
            if end is None:
                self._rest = data[at:]
                return bytes(out)
            out += literal
            begin = end
        out += data[begin:]
        return bytes(out)


def _after(data: bytes, at: int) -> tuple[int | None, bytes]:
    """Where a telnet command ends (None: not yet), and the octet that it stands for."""
    if len(data) < at + 2:
        return None, b""
    command = data[at + 1]
    if command == IAC:
        return at + 2, b"\xff"
    if command == SUBNEGOTIATION:
        end = data.find(bytes([IAC, SUBNEGOTIATION_ENDS]), at + 2)
        # What never ends is not gathered for ever.
        if end < 0:
            endless = len(data) - at >= SUBNEGOTIATION_OCTETS_MAX
            return (at + 2 if endless else None), b""
        return end + 2, b""
    if WILL <= command <= DONT:
        return (at + 3 if len(data) >= at + 3 else None), b""
    return at + 2, b""


def line_of(command: str) -> bytes:
    """A command as octets.  One line end only: after CR LF the element prompts twice."""
    assert _COMMAND.fullmatch(command), "a command is words on one line, without help (?) or tabs"
    return command.encode("ascii") + b"\n"


def without_echo(said: str, command: str) -> str | None:
    """What was said to a command, after its echo; None if something else was echoed."""
    first, _, rest = said.partition("\n")
    return rest.replace("\r", "").rstrip("\n") if first.strip("\r") == command else None
