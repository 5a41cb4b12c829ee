"""Acts and their leaves; the log over them, receipts, and whom to trust."""

from tenure.promises.record.model.acts import Act, Leaf, NewLeaf, Opening, Plain
from tenure.promises.record.model.logs import (
    RECEIPT_FORMAT,
    Checkpoint,
    Log,
    LogKey,
    Proof,
    Proven,
    Published,
    Receipt,
    Refusal,
    Row,
    Trust,
)

__all__ = [
    "RECEIPT_FORMAT",
    "Act",
    "Checkpoint",
    "Leaf",
    "Log",
    "LogKey",
    "NewLeaf",
    "Opening",
    "Plain",
    "Proof",
    "Proven",
    "Published",
    "Receipt",
    "Refusal",
    "Row",
    "Trust",
]
