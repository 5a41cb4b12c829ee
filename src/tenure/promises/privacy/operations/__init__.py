"""What may be asked of privacy, in transactions of whoever asks."""

from tenure.promises.privacy.operations import (
    breaches,
    contests,
    disclosures,
    exports,
    holding,
    letters,
    propagation,
    register,
    releases,
    retention,
    rights,
    searching,
    usage,
    website,
)
from tenure.promises.privacy.operations.copying import make as make_copy
from tenure.promises.privacy.operations.keys import Keys
from tenure.promises.privacy.operations.putting_back import UnfitError
from tenure.promises.privacy.operations.putting_back import put_back as put_copy_back
from tenure.promises.privacy.operations.retention import Ledger

__all__ = [
    "Keys",
    "Ledger",
    "UnfitError",
    "breaches",
    "contests",
    "disclosures",
    "exports",
    "holding",
    "letters",
    "make_copy",
    "propagation",
    "put_copy_back",
    "register",
    "releases",
    "retention",
    "rights",
    "searching",
    "usage",
    "website",
]
