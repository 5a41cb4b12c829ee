"""Lines of a usage file (CSV with a header, or NDJSON) to records, or to problems with a remedy.

The schema is the same in both formats.  A record is one line.  ``FIELDS`` lists the fields,
``SYNTAX`` their form, ``MEASURES`` what each service is measured in.  An empty CSV field and an
absent or null JSON member mean the same: not given.
"""

import csv
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Final

import msgspec

from tenure.values.instant import Instant, parse_instant
from tenure.values.money import MICROS

LINE_BYTES_MAX: Final = 64 * 1024
"""A longer line is no record: real ones are some 200 bytes, and memory must stay bounded."""

ORIGINAL_BYTES_MAX: Final = 4 * 1024
"""So much of a refused line stands in the reject file."""

FIELDS: Final = (
    "record_id",
    "service",
    "direction",
    "msisdn",
    "imsi",
    "other_party",
    "at",
    "seconds",
    "octets",
    "messages",
    "amount",
    "rating_group",
    "visited_plmn",
    "description",
)
_AT: Final = {name: place for place, name in enumerate(FIELDS)}


class Syntax(msgspec.Struct, frozen=True):
    """The form of one field, and what to tell somebody who wrote another."""

    pattern: str
    remedy: str


SYNTAX: Final[Mapping[str, Syntax]] = {
    "record_id": Syntax(
        r"[!-~]{1,128}", "give 1 to 128 printable ASCII characters without spaces, unique for ever"
    ),
    "service": Syntax("voice|sms|mms|data|content", "write voice, sms, mms, data or content"),
    "direction": Syntax("out|in", "write out (made, sent) or in (received)"),
    "msisdn": Syntax("[1-9][0-9]{4,14}", "write country code and number, digits only, without +"),
    "imsi": Syntax("[0-9]{14,15}", "write the 14 or 15 digits of the IMSI"),
    "other_party": Syntax(
        r"\+?[0-9*#]{1,20}|[A-Za-z0-9 .&_-]{1,11}",
        "write digits as dialled, or the alphanumeric sender of at most 11 characters",
    ),
    "at": Syntax(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
        r"(Z|[+-][0-9]{2}:[0-9]{2})",
        "write the start with its offset, such as 2026-01-31T08:00:00+07:00",
    ),
    "seconds": Syntax("[0-9]{1,15}", "write whole seconds, such as 61"),
    "octets": Syntax("[0-9]{1,15}", "write whole octets, sent plus received"),
    "messages": Syntax("[0-9]{1,15}", "write a whole number of messages, such as 1"),
    "amount": Syntax(
        r"[0-9]{1,9}(\.[0-9]{1,6})?",
        "write a decimal amount in the operator's currency as text, such as 1.25",
    ),
    "rating_group": Syntax("[0-9]{1,10}", "write the number of the rating group, such as 100"),
    "visited_plmn": Syntax("[0-9]{5,6}", "write MCC and MNC of the visited network, such as 45606"),
    "description": Syntax(r"[^\x00-\x1f\x7f]{1,200}", "write at most 200 characters, no controls"),
}

MEASURES: Final[Mapping[str, str]] = {
    "voice": "seconds",
    "sms": "messages",
    "mms": "messages",
    "data": "octets",
    "content": "amount",
}
"""The one quantity a record of each service must have; the others stay empty."""

_QUANTITIES: Final = ("seconds", "octets", "messages", "amount")
_DIRECTED: Final = frozenset({"voice", "sms", "mms"})
_REQUIRED: Final = ("record_id", "service", "at")
RATING_GROUP_MAX: Final = (1 << 32) - 1


class Record(msgspec.Struct, frozen=True, gc=False, repr_omit_defaults=True):
    """One usage that happened.  Text fields not given are empty; see FIELDS."""

    line: int
    record_id: str
    service: str
    direction: str
    msisdn: str
    imsi: str
    other_party: str
    at: Instant
    units: int
    """In the measure of the service: seconds, messages, octets, or micros of the currency."""
    rating_group: int
    visited_plmn: str
    description: str

    def __repr__(self) -> str:
        """Name the record and nobody in it."""
        return f"Record(line={self.line}, record_id={self.record_id!r})"


class Problem(msgspec.Struct, frozen=True):
    """Why a line is not a record, and what its sender can do about it.

    ``reason`` never repeats the content of the line, so it may be logged.
    """

    line: int
    field: str
    reason: str
    remedy: str


class Unreadable(msgspec.Struct, frozen=True):
    """Why a file as a whole cannot be read."""

    line: int
    reason: str
    remedy: str


class Format(Enum):
    """How records stand in a file."""

    CSV = "CSV with a header"
    NDJSON = "NDJSON, one object a line"


class Layout(msgspec.Struct, frozen=True):
    """Where the columns of a CSV file stand: for each of FIELDS its place, or -1."""

    columns: int
    places: tuple[int, ...]


_FITS: Final[tuple[Callable[[str], object], ...]] = tuple(
    re.compile(SYNTAX[name].pattern).fullmatch for name in FIELDS
)
_OTHER_ENCODINGS: Final = (
    (b"\xff\xfe", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet", "save it as CSV, or compress it with gzip"),
    (b"\x1f\x8b", "compressed twice", "compress it once"),
    (b"BZh", "compressed with bzip2", "compress it with gzip, or not at all"),
    (b"\xfd7zXZ", "compressed with xz", "compress it with gzip, or not at all"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "compress it with gzip, or not at all"),
)
BOM: Final = b"\xef\xbb\xbf"


def format_of(first_line: bytes) -> Format | Unreadable:
    """Which format a file is in, by its first line (without byte order mark)."""
    for magic, what, remedy in _OTHER_ENCODINGS:
        if first_line.startswith(magic):
            return Unreadable(1, f"the file is {what}", remedy)
    text = first_line.strip()
    if not text:
        header = ",".join(FIELDS[:7])
        return Unreadable(
            1,
            "the file is empty or begins with an empty line",
            f"begin with a header such as {header},… or with a JSON object",
        )
    if text.startswith(b"["):
        return Unreadable(1, "the file is a JSON array", "write one object a line (NDJSON)")
    return Format.NDJSON if text.startswith(b"{") else Format.CSV


def layout_of(header: bytes) -> Layout | Unreadable:
    """Where the columns stand, by the header line of a CSV file."""
    try:
        text = header.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as wrong:
        return Unreadable(
            1, f"the header is not UTF-8 at byte {wrong.start + 1}", "save it as UTF-8"
        )
    if "\r" in text:
        return Unreadable(1, "lines end in a carriage return only", "end lines with LF or CR LF")
    if ";" in text and "," not in text:
        return Unreadable(1, "columns are separated by semicolons", "separate them by commas")
    names = [name.strip().lower() for name in next(csv.reader([text]))]
    return _judged(names)


def _judged(names: list[str]) -> Layout | Unreadable:
    """The layout of these column names, if they are known, unique and sufficient."""
    for name in names:
        if name not in _AT:
            near = get_close_matches(name, FIELDS, n=1)
            remedy = f"did you mean {near[0]}?" if near else "known columns: " + ", ".join(FIELDS)
            return Unreadable(1, f"unknown column {name[:40]!r}", remedy)
        if names.count(name) > 1:
            return Unreadable(1, f"column {name} stands twice", "keep one of them")
    missing = [name for name in _REQUIRED if name not in names]
    if not {"msisdn", "imsi"} & set(names):
        missing.append("msisdn (or imsi)")
    if not set(_QUANTITIES) & set(names):
        missing.append("seconds, octets, messages or amount")
    if missing:
        return Unreadable(1, "missing column: " + "; ".join(missing), "add it to the header")
    return Layout(len(names), tuple(names.index(n) if n in names else -1 for n in FIELDS))


def read_csv(line: int, raw: bytes, layout: Layout) -> Record | Problem:
    """The record of one CSV line, given with its line end.

    A last line without one is refused when its last column could be a number cut short.
    """
    text = _text(line, raw)
    if isinstance(text, Problem):
        return text
    if not raw.endswith((b"\n", b",", b'"')):
        return Problem(
            line,
            "",
            "the file ends within this line, as after an interrupted transfer",
            "fetch the file again, or end its last line with a line feed",
        )
    if '"' in text:
        try:
            row = next(csv.reader([text], strict=True))
        except csv.Error:
            return Problem(
                line,
                "",
                "quotation marks are not balanced",
                'write "…" around the whole field, and "" for a quotation mark in it',
            )
    else:
        row = text.split(",")
    if len(row) != layout.columns:
        return Problem(
            line,
            "",
            f"{len(row)} fields where the header has {layout.columns}",
            "give every column, empty when it does not apply; quote commas",
        )
    return _record(line, [row[place] if place >= 0 else "" for place in layout.places])


_JSON: Final = msgspec.json.Decoder(dict[str, str | int | None])


def read_json(line: int, raw: bytes) -> Record | Problem:
    """The record of one NDJSON line."""
    text = _text(line, raw)
    if isinstance(text, Problem):
        return text
    try:
        members = _JSON.decode(text)
    except msgspec.ValidationError:
        return Problem(
            line,
            "",
            "a member is neither text nor a whole number, or the line no object",
            'write {"record_id": "…", …}; an amount is text: "1.25"',
        )
    except (msgspec.DecodeError, RecursionError):
        return Problem(line, "", "not JSON", "write one complete JSON object a line")
    if not members.keys() <= _AT.keys():
        name = min(members.keys() - _AT.keys())
        near = get_close_matches(name, FIELDS, n=1)
        return Problem(
            line,
            name[:40] if near else "",
            "unknown member",
            f"did you mean {near[0]}?" if near else "known: " + ", ".join(FIELDS),
        )
    values = [members.get(name) for name in FIELDS]
    return _record(line, ["" if value is None else str(value) for value in values])


def _text(line: int, raw: bytes) -> str | Problem:
    """The line as text without its end."""
    if len(raw) > LINE_BYTES_MAX:
        return Problem(
            line,
            "",
            f"longer than {LINE_BYTES_MAX} bytes",
            "end each record with a line feed; a quotation mark left open can do this",
        )
    try:
        text = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as wrong:
        return Problem(line, "", f"not UTF-8 at byte {wrong.start + 1}", "save the file as UTF-8")
    if "\0" in text:
        return Problem(line, "", "contains a NUL byte", "the file is damaged: fetch it again")
    return text


def _record(line: int, values: list[str]) -> Record | Problem:
    """The record of these field values, in the order of FIELDS."""
    for value, fits, name in zip(values, _FITS, FIELDS, strict=True):
        if value and not fits(value):
            return Problem(line, name, "is not of the right form", SYNTAX[name].remedy)
    (record_id, service, direction, msisdn, imsi, other_party, begun, _, _, _, _, rating_group,
     visited_plmn, description) = values  # fmt: skip
    problem = _missing(line, values) or _superfluous(line, values)
    if problem is not None:
        return problem
    try:
        at = parse_instant(begun)
    except ValueError:
        return Problem(line, "at", "is no moment of the calendar", SYNTAX["at"].remedy)
    measure = MEASURES[service]
    group = int(rating_group or 0)
    if group > RATING_GROUP_MAX:
        return Problem(line, "rating_group", "is more than 32 bits", SYNTAX["rating_group"].remedy)
    quantity = values[_AT[measure]]
    return Record(
        line=line,
        record_id=record_id,
        service=service,
        direction=direction,
        msisdn=msisdn,
        imsi=imsi,
        other_party=other_party.removeprefix("+"),
        at=at,
        units=_micros(quantity) if measure == "amount" else int(quantity),
        rating_group=group,
        visited_plmn=visited_plmn,
        description=description,
    )


def _missing(line: int, values: list[str]) -> Problem | None:
    """What a record must have, and this one has not."""
    for name in _REQUIRED:
        if not values[_AT[name]]:
            return Problem(line, name, "is missing", SYNTAX[name].remedy)
    service = values[1]
    if not values[3] and not values[4]:
        return Problem(line, "msisdn", "neither msisdn nor imsi is given", SYNTAX["msisdn"].remedy)
    measure = MEASURES[service]
    if not values[_AT[measure]]:
        return Problem(
            line, measure, f"is missing: {service} is measured in it", SYNTAX[measure].remedy
        )
    if service in _DIRECTED:
        for name in ("direction", "other_party"):
            if not values[_AT[name]]:
                return Problem(line, name, f"is missing: {service} has one", SYNTAX[name].remedy)
    return None


def _superfluous(line: int, values: list[str]) -> Problem | None:
    """What contradicts the rest of the record."""
    service = values[1]
    if values[3] and values[4]:
        return Problem(line, "imsi", "both msisdn and imsi are given", "leave one of them empty")
    measure = MEASURES[service]
    for name in _QUANTITIES:
        if name != measure and values[_AT[name]]:
            return Problem(line, name, f"{service} is measured in {measure}", "leave it empty")
    if values[_AT["rating_group"]] and service != "data":
        return Problem(line, "rating_group", f"{service} has no rating group", "leave it empty")
    if values[_AT["description"]] and service != "content":
        return Problem(line, "description", "only content is described", "leave it empty")
    return None


def _micros(amount: str) -> int:
    """A decimal amount as micros, exactly; the syntax allows six decimals at most."""
    units, _, decimals = amount.partition(".")
    return int(units) * MICROS + int(decimals.ljust(6, "0") or 0)


def rejects_header() -> str:
    """The first line of a reject file."""
    return "line,field,reason,remedy,original\n"


def reject_line(problem: Problem, raw: bytes) -> str:
    """One line of a reject file: what was wrong, what to do, and the line as it came."""
    original = raw[:ORIGINAL_BYTES_MAX].decode("utf-8", "backslashreplace").rstrip("\r\n")
    cells = (str(problem.line), problem.field, problem.reason, problem.remedy, original)
    return ",".join(_quoted(cell) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    """A CSV cell on one line."""
    flat = cell.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0")
    return '"' + flat.replace('"', '""') + '"' if {",", '"'} & set(flat) else flat
