"""A refusal as a value: a name with an order, and words for a person."""

from enum import IntEnum
from typing import Generic, TypeVar

import msgspec

RefusalT = TypeVar("RefusalT", bound=IntEnum)


class Refused(msgspec.Struct, Generic[RefusalT], frozen=True):
    """The answer no: which refusal, and what the asker can do about it.

    ``detail`` never holds personal data; it may be logged.
    """

    refusal: RefusalT
    detail: str = ""
