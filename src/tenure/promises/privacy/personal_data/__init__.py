"""What privacy itself holds, column by column."""

from typing import Final

from tenure.promises.privacy.personal_data import keys
from tenure.values.holding import Holding, Row

HOLDINGS: Final[tuple[Holding, ...]] = (*keys.HOLDINGS,)

ROWS: Final[tuple[Row, ...]] = ()
