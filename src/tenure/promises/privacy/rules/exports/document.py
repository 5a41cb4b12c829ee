"""Writes the document piece by piece: JSON whose schema is published, a record in each line."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tenure.promises.privacy.model.exports import Job, Position, Section
from tenure.values.instant import Instant, iso

FORMAT: Final = "tenure-export/1"


def opening(job: Job, operator: str, currency: str) -> bytes:
    """The document until its first section."""
    about = {
        "operator": operator,
        "package": job.export_id,
        "kind": job.whose.kind.value,
        "identity": job.whose.whom,
        "scope": job.scope.value,
        "language": job.language,
        "currency": currency,
        "asked_at": rfc3339(job.asked_at),
    }
    return b'{"format":"%b","about":%b,"sections":[' % (FORMAT.encode(), _json(about))


def section_opening(section: Section, position: Position, words: Mapping[str, str]) -> bytes:
    """A section until its first record; ``words`` are its title and why it is held."""
    comma = b"," if position.section else b""
    said = {"id": section.name, **words}
    return b'%b\n%b,"records":[' % (comma, _json(said)[:-1])


def records(texts: Sequence[str], *, first: bool) -> bytes:
    """Records, each in a line of its own."""
    if not texts:
        return b""
    return (b"\n" if first else b",\n") + ",\n".join(texts).encode()


SECTION_END: Final = b"\n]}"


def moved(
    position: Position, rows: Sequence[tuple[str, Sequence[str]]], asked: int, pins: int
) -> Position:
    """Where a job is after these rows; fewer than asked for are the last of what was read."""
    counts = (*position.counts[:-1], position.counts[-1] + len(rows))
    found = msgspec.structs.replace(position, counts=counts, records=position.records + len(rows))
    if len(rows) == asked:
        return msgspec.structs.replace(found, after=tuple(rows[-1][1]))
    if position.pin + 1 < pins:
        return msgspec.structs.replace(found, pin=position.pin + 1, after=())
    return msgspec.structs.replace(
        found, section=position.section + 1, pin=0, after=(), begun=False
    )


def closing(position: Position) -> bytes:
    """The end of the document: how many records it must have."""
    return b'\n],"records":%d}\n' % position.records


def rfc3339(at: Instant) -> str:
    """An instant as RFC 3339 in UTC."""
    return iso(at).replace("+00:00", "Z")


def _json(told: object) -> bytes:
    return msgspec.json.encode(told)


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What is held about somebody",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "about": _about(),
            "sections": {"type": "array", "items": _section()},
            "records": {"type": "integer", "minimum": 0},
        },
        "required": ["format", "about", "sections", "records"],
        "additionalProperties": False,
        "$defs": {
            "money": {
                "type": "object",
                "description": "An amount of money in whole millionths of the currency's unit.",
                "properties": {
                    "micros": {"type": "integer"},
                    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                },
                "required": ["micros", "currency"],
                "additionalProperties": False,
            },
            "span": {
                "type": "object",
                "description": "From the first instant until before the other; null is open.",
                "properties": {name: {"$ref": "#/$defs/instant"} for name in ("from", "until")},
                "required": ["from", "until"],
                "additionalProperties": False,
            },
            "instant": {
                "type": ["string", "null"],
                "pattern": r"^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$",
                "description": "RFC 3339, in UTC.",
            },
            "masked": {"type": "string", "pattern": "^…", "description": "It names somebody else."},
            "record": _record(),
        },
    }


def _record() -> dict[str, object]:
    plain = {"type": ["string", "integer", "number", "boolean", "null", "array", "object"]}
    return {
        "type": "object",
        "patternProperties": {
            "_micros$": {"anyOf": [{"$ref": "#/$defs/money"}, {"type": "null"}]},
            "_at$|^at$": {"anyOf": [{"$ref": "#/$defs/instant"}, {"$ref": "#/$defs/masked"}]},
            "^during$": {"$ref": "#/$defs/span"},
        },
        "additionalProperties": plain,
    }


def _about() -> dict[str, object]:
    names = ("operator", "package", "kind", "scope", "language", "currency")
    return {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in names},
            "kind": {"enum": ["person", "subject", "human"]},
            "scope": {"enum": ["copy", "know"]},
            "identity": {"type": "integer"},
            "asked_at": {"$ref": "#/$defs/instant"},
        },
        "required": [*names, "identity", "asked_at"],
        "additionalProperties": False,
    }


def _section() -> dict[str, object]:
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": r"^[a-z]+\.[a-z_]+$"},
            "title": {"type": "string"},
            "why": {"type": "string"},
            "ends": {"type": "string"},
            "records": {"type": "array", "items": {"$ref": "#/$defs/record"}},
        },
        "required": ["id", "title", "why", "ends", "records"],
        "additionalProperties": False,
    }
