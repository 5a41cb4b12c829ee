"""Acts and their leaves; the log over them, receipts, and whom to trust."""

from tenure.promises.record.model.acts import Act, Leaf, NewLeaf, Opening, Plain
from tenure.promises.record.model.logs import (
    RECEIPT_FORMAT,
    Checkpoint,
    Log,
    LogKey,
    Mark,
    Proof,
    Proven,
    Published,
    Receipt,
    Refusal,
    Row,
    Told,
    Trust,
)

__all__ = [
    "RECEIPT_FORMAT",
    "Act",
    "Checkpoint",
    "Leaf",
    "Log",
    "LogKey",
    "Mark",
    "NewLeaf",
    "Opening",
    "Plain",
    "Proof",
    "Proven",
    "Published",
    "Receipt",
    "Refusal",
    "Row",
    "Told",
    "Trust",
]
