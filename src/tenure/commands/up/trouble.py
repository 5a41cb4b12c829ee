"""What keeps Tenure from running, in words: the cause and the remedy."""


class CannotRunError(Exception):
    """Tenure cannot run as asked; the message says why and what to do about it."""
