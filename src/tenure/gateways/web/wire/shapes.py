"""What the page and the terminal show: figures, and facts already in words."""

import msgspec


class Traffic(msgspec.Struct, frozen=True):
    """One gateway as seen over the last seconds."""

    name: str
    address: str
    """HOST:PORT, or "" when it is closed."""
    per_second: int
    """Requests answered per second."""
    total: int
    """Requests answered since the start."""
    p50_micros: int
    """Half of the requests were answered within so many microseconds; the commit included."""
    p95_micros: int
    p99_micros: int


class Happening(msgspec.Struct, frozen=True):
    """Something that happened to a purse, in a sentence."""

    time: str
    """Local time of the operator: 14:03:21."""
    number: str
    """Masked to its last two digits on the live view; "" on the page of one number."""
    sentence: str
    """What happened: called …21, 2 min."""
    detail: str
    """Why it cost what it did: the prices, the tariff, what was covered.  May be ""."""
    amount: str
    """With currency; "" when no money moved."""
    after: str
    """What was left after it, or "" when nobody asked."""


class Refused(msgspec.Struct, frozen=True):
    """One kind of refusal, and how often it was given since the start."""

    name: str
    words: str
    count: int


class Live(msgspec.Struct, frozen=True):
    """Everything the live view shows."""

    operator: str
    version: str
    time: str
    """The operator's local date and time, with the offset."""
    simulated: bool
    """The clock is not the real one."""
    uptime: str
    lines: int
    """Numbers in service."""
    traffic: tuple[Traffic, ...]
    history: tuple[int, ...]
    """Requests per second of all gateways, one figure a second, oldest first."""
    latency: tuple[int, ...]
    """p95 in microseconds of the same seconds."""
    charges: tuple[Happening, ...]
    topups: tuple[Happening, ...]
    refusals: tuple[Refused, ...]
    store: str
    """PostgreSQL in a sentence."""
    store_well: bool
    page: str
    """Where the page is, or ""."""
    demo: str
    """The demo population in a sentence, or ""."""
    record: str = ""
    """How far the record is, or what is in its way, in a sentence."""
    record_well: bool = True
    alarm: str = ""
    """What the auditor found and nobody has put right, in a sentence."""
    phones: str = ""
    """Where the phones of the demo can be read and dialled, or ""."""


class Part(msgspec.Struct, frozen=True):
    """A row of facts about a number: funds, an allowance, a bar."""

    name: str
    value: str
    note: str
    """Until when, or on what; may be ""."""


class LineView(msgspec.Struct, frozen=True):
    """What the page shows of one number."""

    number: str
    """As people write it: +855 12 345 678."""
    offer: str
    stage: str
    """Active, outgoing blocked, …"""
    stage_words: str
    """What this means for the subscriber, and until when."""
    well: bool
    """The number can be used in every way."""
    funds: str
    validity: str
    parts: tuple[Part, ...]
    sessions: tuple[Part, ...]
    charges: tuple[Happening, ...]


class NoLine(msgspec.Struct, frozen=True):
    """Nothing can be shown for what was typed, and why."""

    words: str
