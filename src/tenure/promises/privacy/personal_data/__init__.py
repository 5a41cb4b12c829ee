"""What privacy itself holds, column by column."""

from typing import Final

HOLDINGS: Final = ()
