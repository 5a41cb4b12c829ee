"""What may be asked of privacy, in transactions of whoever asks."""

from tenure.promises.privacy.operations import contests, exports, website
from tenure.promises.privacy.operations.keys import Keys

__all__ = ["Keys", "contests", "exports", "website"]
