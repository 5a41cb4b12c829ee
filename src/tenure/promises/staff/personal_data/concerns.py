"""What is held about unusual doings."""

from typing import Final

from tenure.promises.staff.personal_data.members import HUMAN, of_staff
from tenure.values.holding import Lead, Row, Way, impersonal

HOLDINGS: Final = (
    *impersonal("concern", "a number of the row", "concern_id"),
    of_staff("concern", "human_id", "whom it is about"),
    of_staff("concern", "pattern", "what is unusual (INC-STAFF)"),
    of_staff("concern", "day", "when it was"),
    of_staff("concern", "level", "how unusual it is"),
    of_staff("concern", "counted", "how often it was"),
    *impersonal("concern", "when it was noticed", "raised_at"),
    of_staff("concern", "closed_at", "when a reviewer had looked at it"),
    of_staff("concern", "closed_by", "which reviewer; never the one it is about"),
    of_staff("concern", "words", "what the reviewer found"),
)

ROWS: Final = (
    Row("concern", ("concern_id",), (*HUMAN, Lead(Way.HUMAN, "closed_by")), "t.closed_at"),
)
