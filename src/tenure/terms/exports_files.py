"""exports.toml: how long a package is kept, and what is told of others in it."""

from typing import Final

from tenure.terms.documents import Folder
from tenure.terms.exports import Exports
from tenure.values.instant import HOUR_MS

FILE: Final = "exports.toml"
HOURS_MAX: Final = 720
DIGITS_MAX: Final = 4
"""With more, a number of another could be found again."""
RECORDS_MAX: Final = 500


def read_exports(folder: Folder) -> Exports:
    """Hours, digits and records."""
    top = folder.toml(FILE)
    package = top.section("package")
    hours = package.whole("keep_hours", 1, HOURS_MAX, 72)
    digits = package.whole("others_digits", 0, DIGITS_MAX, 3)
    records = package.whole("paper_records", 1, RECORDS_MAX, 24)
    package.done()
    top.done()
    return Exports(hours * HOUR_MS, digits, records)
