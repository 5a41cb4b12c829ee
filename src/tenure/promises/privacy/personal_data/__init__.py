"""What privacy itself holds, column by column."""

from typing import Final

from tenure.values.holding import Holding, Row

HOLDINGS: Final[tuple[Holding, ...]] = ()

ROWS: Final[tuple[Row, ...]] = ()
