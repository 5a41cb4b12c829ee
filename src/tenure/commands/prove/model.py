"""What comes of an attack: what it met, whether it had any effect, and who was told when."""

import msgspec

TOLD_WITHIN_SECONDS: float = 5.0
"""How soon the owner must have been told of an attempt (issue 3)."""


class Told(msgspec.Struct, frozen=True):
    """A notice that left for the owner's number."""

    kind: str
    seconds: float
    """From the beginning of the attempt to the file in the spool."""


class Proof(msgspec.Struct, frozen=True):
    """What shows an attempt to anybody."""

    leaf: int | None
    kind: str
    index: int | None
    """Its place in the log; None while the witnesses have not seen it."""
    verified: bool = False
    """tools/verify_receipt.py has verified its receipt."""


class Row(msgspec.Struct, frozen=True):
    """A way in, and what came of it."""

    way: str
    name: str
    met: tuple[str, ...]
    """What stopped it, or made it ineffective, as it was said."""
    effective: bool
    """The network serves somebody else than the owner."""
    told: Told | None
    proof: Proof | None
    wrong_tables: bool = False
    """The tables name somebody else than the owner afterwards: repaired from the record."""
    number_known: bool = True
    """False where nothing of the attempt says which number it was for."""
    reviewers: float | None = None
    """Seconds until an alarm was there for the reviewers."""

    @property
    def in_time(self) -> bool:
        """Whether whoever can be told was told in time."""
        if not self.number_known:
            return self.reviewers is not None and self.reviewers <= TOLD_WITHIN_SECONDS
        return self.told is not None and self.told.seconds <= TOLD_WITHIN_SECONDS


class Verdict(msgspec.Struct, frozen=True):
    """All of it."""

    rows: tuple[Row, ...]
    control: str
    """What became of a transfer as it should be: it must be served."""
    control_served: bool
    seconds: float

    @property
    def effective(self) -> int:
        """In how many ways the number came to serve somebody else."""
        return sum(row.effective for row in self.rows)

    @property
    def slowest(self) -> float | None:
        """The longest that an owner waited to be told; None when one was told nothing."""
        known = [row.told for row in self.rows if row.number_known]
        return max((one.seconds for one in known if one is not None), default=None)

    @property
    def holds(self) -> bool:
        """Whether the promise held in every way, and the way that should be open is."""
        return self.control_served and not self.effective and all(row.in_time for row in self.rows)
