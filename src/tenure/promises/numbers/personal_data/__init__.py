"""What is held about numbers: a number is somebody's only while they hold it."""

from typing import Final

from tenure.promises.numbers.personal_data import holding, lifecycle, lines, register, requests

HOLDINGS: Final = (
    *lines.HOLDINGS,
    *holding.HOLDINGS,
    *lifecycle.HOLDINGS,
    *register.HOLDINGS,
    *requests.HOLDINGS,
)

ROWS: Final = (
    *lines.ROWS,
    *holding.ROWS,
    *lifecycle.ROWS,
    *register.ROWS,
    *requests.ROWS,
)
