"""A message as a file: its name, and what stands in it."""

import re
from typing import Final

_PART = re.compile(r"\.notice-(\d{12,})\.part")

ENCODING: Final = "utf-8"


def ready_name(delivery_id: int) -> str:
    """The file of a message that may be sent; its number tells a double from another message."""
    return f"notice-{delivery_id:012d}"


def part_name(delivery_id: int) -> str:
    """The file of a message that is not yet known to be told: hidden, so that nobody sends it."""
    return f".{ready_name(delivery_id)}.part"


def delivery_of_part(name: str) -> int | None:
    """The attempt of a file that was left behind; None for a file of somebody else's."""
    found = _PART.fullmatch(name)
    return int(found[1]) if found else None


def written(to: str, text: str) -> bytes:
    """A message to a number in E.164 digits: headers, an empty line, the text."""
    return f"To: {to}\n\n{text}\n".encode(ENCODING)


def read(octets: bytes) -> tuple[str, str]:
    """The number and the text of a message; ValueError for what is none."""
    head, empty, text = octets.decode(ENCODING).partition("\n\n")
    if not empty or not head.startswith("To: "):
        raise ValueError("a message begins with To:, and an empty line comes before its text")
    return head.removeprefix("To: "), text.removesuffix("\n")
