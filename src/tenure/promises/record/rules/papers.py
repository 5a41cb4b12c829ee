"""A receipt as JSON, for the person or the program that keeps it, and back."""

import base64
import binascii
import json
from typing import Any, Final

from tenure.promises.record.model import RECEIPT_FORMAT, Opening, Receipt
from tenure.promises.record.rules.notes import MalformedError

FORMATS: Final = {
    "leaf": "canonical JSON (RFC 8785); its hash is that of RFC 6962 section 2.1",
    "openings": "commitment = SHA-256 of salt and value (UTF-8), in hexadecimal",
    "proof": "inclusion proof of RFC 6962 section 2.1.1, from the leaf up, base64",
    "checkpoint": "C2SP tlog-checkpoint, a signed-note, with cosignatures (tlog-cosignature v1)",
}


def paper(receipt: Receipt) -> dict[str, Any]:
    """The receipt as JSON says it."""
    return {
        "format": RECEIPT_FORMAT,
        "formats": dict(FORMATS),
        "leaf": receipt.leaf,
        "openings": [
            {"field": one.field, "salt": one.salt.hex(), "value": one.value}
            for one in receipt.openings
        ],
        "index": receipt.index,
        "proof": [base64.b64encode(value).decode() for value in receipt.proof],
        "checkpoint": receipt.note,
    }


def paper_text(receipt: Receipt) -> str:
    """The receipt as a file holds it."""
    return json.dumps(paper(receipt), ensure_ascii=False, indent=1) + "\n"


def receipt_of(text: str) -> Receipt:
    """Read a receipt; MalformedError says what is wrong."""
    try:
        said = json.loads(text)
        if said["format"] != RECEIPT_FORMAT:
            raise MalformedError(f"a receipt has the format {RECEIPT_FORMAT}")
        return Receipt(
            leaf=_text(said["leaf"]),
            openings=tuple(
                Opening(_text(one["field"]), bytes.fromhex(one["salt"]), _text(one["value"]))
                for one in said["openings"]
            ),
            index=_whole(said["index"]),
            proof=tuple(base64.b64decode(value, validate=True) for value in said["proof"]),
            note=_text(said["checkpoint"]),
        )
    except (KeyError, TypeError, ValueError, binascii.Error, RecursionError) as wrong:
        raise MalformedError(f"this is no receipt ({type(wrong).__name__})") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError
    return value
