"""How an operator hands over what it holds about somebody."""

import msgspec


class Exports(msgspec.Struct, frozen=True):
    """What exports.toml says."""

    keep_ms: int
    """A package is destroyed so long after it was complete, or once it was fetched."""
    others_digits: int
    """So many digits of another's number are told, from its end."""
    paper_records: int
    """So many records of each kind are printed; of more the sums of months, and all in JSON."""
