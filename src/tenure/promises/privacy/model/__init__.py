"""What privacy is asked, what it answers, and why it refuses."""

from tenure.promises.privacy.model import exports, releases, usage
from tenure.promises.privacy.model.copies import CopyRefusal, Made, PutBack
from tenure.promises.privacy.model.keys import KeyRefusal, KeysSettled

__all__ = [
    "CopyRefusal",
    "KeyRefusal",
    "KeysSettled",
    "Made",
    "PutBack",
    "exports",
    "releases",
    "usage",
]
