"""A provider's answer becomes what a promise knows of a live photo, or a refusal."""

from enum import IntEnum

from tenure.gateways.photo.wire import Answer
from tenure.promises.people.model import Photo
from tenure.values.refused import Refused


class Refusal(IntEnum):
    """Why a live photo could not be compared, in descending precedence."""

    NO_PROVIDER = 1
    NOT_A_PHOTO = 2
    PROVIDER_AWAY = 3
    """It cannot be reached, or does not answer in time.  Nobody is recognised meanwhile."""
    PROVIDER_CONFUSED = 4
    """It answered something that proves nothing."""


def photo_of(found: Answer | None) -> Photo | Refused[Refusal]:
    """What is kept of a comparison."""
    if found is None:
        return Refused(
            Refusal.PROVIDER_CONFUSED, "the photo provider gave no score; tell its operator"
        )
    return Photo(found.score_ppm, found.reference)
