"""What is asked of the keys of people, and why a sealed value cannot be opened."""

from enum import IntEnum

import msgspec


class KeyRefusal(IntEnum):
    """Why a sealed value stays closed."""

    NOT_SEALED = 1
    """It is no envelope of ours."""
    KEY_DESTROYED = 2
    """Its key has ended (PRV-KEEP): what it said is gone, for us as for everybody."""
    KEY_UNKNOWN = 3
    """This key store never had its key: it is another one, or an older copy."""
    NOT_AUTHENTIC = 4
    """It was changed, or belongs to somebody else, to another class or to another place."""


class KeysSettled(msgspec.Struct, frozen=True):
    """What was done so that database and key store agree about what has ended."""

    raised: int = 0
    """Fences of the database whose keys were destroyed only now."""
    noted: int = 0
    """Fences of the key store that the database did not know: it was put back from a copy."""
    keys: int = 0
    """Keys that were destroyed."""
