"""Who may close a concern; pure."""

from tenure.promises.staff.model import Concern, Member, Refusal, Task
from tenure.promises.staff.rules.members import allowed
from tenure.values.refused import Refused


def dismissed(
    reviewer: Member | None, concern: Concern | None, words: str
) -> Concern | Refused[Refusal]:
    """The concern, if this reviewer may close it: with words, and never about themselves."""
    found = allowed(reviewer, Task.REVIEW)
    if isinstance(found, Refused):
        return found
    if concern is None:
        return Refused(Refusal.CONCERN_UNKNOWN, "no such concern; see: tenure staff concerns")
    if concern.human_id == found.human_id:
        return Refused(Refusal.OWN_CONCERN, "it is about you; another reviewer has to close it")
    if concern.closed_at is not None:
        return Refused(Refusal.CONCERN_CLOSED, "this concern is closed")
    if not words.strip():
        return Refused(Refusal.REASON_MISSING, "say what you found, with --reason")
    return concern
