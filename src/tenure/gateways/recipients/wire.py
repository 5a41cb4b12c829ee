"""A message to a recipient over HTTP or in a folder: its names, its headers, its answer."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

import msgspec

TYPE: Final = "application/jose"
"""RFC 7515 section 9.2.1: the compact form of a JSON Web Signature."""
ID_HEADER: Final = "Idempotency-Key"
ANSWER_OCTETS_MAX: Final = 4_096
SUFFIX: Final = ".jws"
RECEIPT: Final = ".receipt"


class Answer(msgspec.Struct, frozen=True):
    """What a recipient answered: a receipt, or why there is none yet."""

    receipt: bytes = b""
    trouble: str = ""
    """For people; "" also while the recipient works on it."""


def headers(message_id: UUID) -> dict[str, str]:
    """The id goes before the body: a recipient that knows it answers as it did."""
    return {"Content-Type": TYPE, "Accept": TYPE, ID_HEADER: str(message_id)}


def answer(status: int, body: bytes) -> Answer:
    """200 has a receipt; 202 has none yet, and is asked again; all else is trouble."""
    if status == HTTPStatus.OK and 0 < len(body) <= ANSWER_OCTETS_MAX:
        return Answer(receipt=body)
    if status == HTTPStatus.ACCEPTED:
        return Answer()
    return Answer(trouble=f"answers {status}" + (" without a receipt" if status == 200 else ""))  # noqa: PLR2004


def message_name(message_id: UUID) -> str:
    """The file of a message, in the folder of its recipient."""
    return f"{message_id}{SUFFIX}"


def receipt_name(message_id: UUID) -> str:
    """The file beside it in which the receipt is put."""
    return f"{message_id}{RECEIPT}{SUFFIX}"


def message_of(name: str) -> UUID | None:
    """Which message a file is of, or is the receipt of; None for a file of somebody else."""
    try:
        return UUID(name.removesuffix(SUFFIX).removesuffix(RECEIPT))
    except ValueError:
        return None
