"""What is told to whom, in which words, how it is written, and how it is sealed."""

from tenure.promises.privacy.rules.exports import document, package, telling, words
from tenure.promises.privacy.rules.exports.telling import reach

__all__ = ["document", "package", "reach", "telling", "words"]
