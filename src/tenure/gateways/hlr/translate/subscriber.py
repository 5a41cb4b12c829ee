"""What a home location register believes, and what it is to believe."""

import re
from typing import Final

import msgspec

from tenure.values.msisdn import Imsi, Msisdn

KEY_OCTETS: Final = 16


class Milenage(msgspec.Struct, frozen=True):
    """The keys of a SIM (TS 35.206): never in a log, and not in our memory longer than needed."""

    key: bytes
    opc: bytes

    def __post_init__(self) -> None:
        """Of the right length, or it is our own mistake: the inventory looked before."""
        assert len(self.key) == KEY_OCTETS
        assert len(self.opc) == KEY_OCTETS

    def __repr__(self) -> str:
        return "Milenage()"


class Wanted(msgspec.Struct, frozen=True):
    """What the network is to believe about one number."""

    msisdn: Msisdn
    imsi: Imsi | None
    """The SIM that is reached; None when nobody holds the number any more."""
    keys: Milenage | None
    """Of that SIM; None leaves what the network has."""
    open: bool
    """Whether the network serves it at all: False for lost, suspended, blocked both ways."""
    gone: tuple[Imsi, ...] = ()
    """SIMs that were this number's and never are again."""

    def __post_init__(self) -> None:
        """A SIM cannot be reached and gone."""
        assert self.imsi not in self.gone


class Believed(msgspec.Struct, frozen=True):
    """What the network believes about one SIM."""

    imsi: Imsi
    msisdn: Msisdn | None
    cs: bool
    ps: bool
    keys: Milenage | None

    @property
    def open(self) -> bool:
        """Whether the SIM is served for calls and data."""
        return self.cs and self.ps

    @property
    def closed(self) -> bool:
        """Whether the SIM is served for nothing."""
        return not self.cs and not self.ps

    def __repr__(self) -> str:
        return f"Believed({self.imsi!r}, {self.msisdn!r}, cs={self.cs}, ps={self.ps})"


class Looked(msgspec.Struct, frozen=True):
    """What the network believes about all that one number touches."""

    wanted_sim: Believed | None
    number_at: Believed | None
    """Whoever has the number there, the wanted SIM or another."""
    leftover: tuple[Believed, ...] = ()
    """Of the SIMs that should be gone, those that are there."""


class Unclear(msgspec.Struct, frozen=True):
    """The network's word cannot be used."""

    reason: str


_IMSI: Final = re.compile(r"[0-9]{6,15}")
_MSISDN: Final = re.compile(r"[0-9]{1,15}")
_BOOLEAN: Final = {"0": False, "1": True}


def believed_of(value: str) -> Believed | Unclear:
    """Read the value of ``info-all``: lines of a name, a tab and a value."""
    fields: dict[str, str] = {}
    for line in value.split("\n"):
        name, tab, rest = line.strip("\r").partition("\t")
        if tab:
            if name in fields:
                return Unclear("a field comes twice")
            fields[name] = rest
    imsi, msisdn = fields.get("imsi", ""), fields.get("msisdn")
    if not _IMSI.fullmatch(imsi) or (msisdn is not None and not _MSISDN.fullmatch(msisdn)):
        return Unclear("a subscriber has no IMSI, or a number that is none")
    cs, ps = (_BOOLEAN.get(fields.get(name, "")) for name in ("nam_cs", "nam_ps"))
    if cs is None or ps is None:
        return Unclear("a subscriber has no network access mode")
    keys = _keys_of(fields)
    return Believed(Imsi(imsi), None if msisdn is None else Msisdn(msisdn), cs, ps, keys)


def _keys_of(fields: dict[str, str]) -> Milenage | None:
    """The keys if they are of the kind that we set; others are none of ours, and are set anew."""
    if fields.get("aud3g.algo") != "MILENAGE":
        return None
    try:
        key, opc = (bytes.fromhex(fields.get(f"aud3g.{name}", "")) for name in ("k", "opc"))
    except ValueError:
        return None
    return Milenage(key, opc) if len(key) == len(opc) == KEY_OCTETS else None


class Row(msgspec.Struct, frozen=True):
    """One subscriber of the list of all."""

    imsi: Imsi
    msisdn: Msisdn | None
    mode: str
    """``CSPS``, ``CS``, ``PS`` or ``""``."""

    def __repr__(self) -> str:
        return f"Row({self.imsi!r}, {self.msisdn!r}, {self.mode!r})"


_ROW: Final = re.compile(
    r"[0-9]+ +([0-9]{1,15}|none) +([0-9]{6,15})(?: +(?:[0-9]+|-+))? *([CSP]*) *.*"
)
_SHOWN: Final = re.compile(r" *Subscribers Shown: ([0-9]+) *")


def rows_of(said: str) -> list[Row] | Unclear:
    """Read the list of all subscribers; it is whole only if it counts itself rightly."""
    rows: list[Row] = []
    shown: int | None = None
    for line in said.split("\n"):
        found = _ROW.fullmatch(line)
        if found is not None:
            number = None if found[1] == "none" else Msisdn(found[1])
            rows.append(Row(Imsi(found[2]), number, found[3]))
        elif (counted := _SHOWN.fullmatch(line)) is not None:
            shown = int(counted[1])
    if shown is None and not rows:
        return (
            []
            if "No matching subscriber" in said
            else Unclear("the list of subscribers has no end")
        )
    return rows if shown == len(rows) else Unclear("the list of subscribers does not add up")
