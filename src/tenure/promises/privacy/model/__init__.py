"""What privacy is asked, what it answers, and why it refuses."""

from tenure.promises.privacy.model import (
    breaches,
    disclosures,
    exports,
    letters,
    propagation,
    releases,
    retention,
    rights,
    usage,
)
from tenure.promises.privacy.model.copies import CopyRefusal, Made, PutBack
from tenure.promises.privacy.model.keys import KeyRefusal, KeysSettled
from tenure.promises.privacy.model.website import (
    Announced,
    Fault,
    FormRefusal,
    Given,
    Published,
    Received,
    Sent,
    Winner,
)

__all__ = [
    "Announced",
    "CopyRefusal",
    "Fault",
    "FormRefusal",
    "Given",
    "KeyRefusal",
    "KeysSettled",
    "Made",
    "Published",
    "PutBack",
    "Received",
    "Sent",
    "Winner",
    "breaches",
    "disclosures",
    "exports",
    "letters",
    "propagation",
    "releases",
    "retention",
    "rights",
    "usage",
]
