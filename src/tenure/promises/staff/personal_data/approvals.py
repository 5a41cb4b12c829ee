"""What is held about who asked and who else agreed."""

from typing import Final

from tenure.promises.staff.personal_data.members import of_staff
from tenure.values.holding import Lead, Row, Way, impersonal

HOLDINGS: Final = (
    *impersonal("request", "exactly what was asked, as a hash", "request_hash", "kind", "until_at"),
    of_staff("request", "requested_by", "who asked; the same human may not approve"),
    of_staff("request", "requested_at", "when it was asked"),
    *impersonal("approval", "exactly what was approved, as a hash", "request_hash", "until_at"),
    of_staff("approval", "requested_by", "who asked; the same human may not approve"),
    of_staff("approval", "approved_by", "who approved"),
    of_staff("approval", "login", "under which login"),
    of_staff("approval", "approved_at", "when it was approved"),
    of_staff("approval", "credential_id", "anybody can verify that they did"),
    of_staff("approval", "authenticator_data", "anybody can verify that they did"),
    of_staff("approval", "client_data_json", "anybody can verify that they did"),
    of_staff("approval", "signature", "anybody can verify that they did"),
)

ROWS: Final = (
    Row("request", ("request_hash",), (Lead(Way.HUMAN, "requested_by"),), "t.until_at"),
    Row(
        "approval",
        ("request_hash", "approved_by"),
        (Lead(Way.HUMAN, "requested_by"), Lead(Way.HUMAN, "approved_by")),
        "t.approved_at",
    ),
)
