"""What is held about who holds a number, on which SIM, and what is in stock."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def _held(
    table: str,
    column: str,
    why: str,
    category: Category = Category.EVIDENCE,
    end: End = End.DELETE,
) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep="evidence",
        end=end,
    )


_SIM: Final = "which SIM the network reaches"
_FIGURES: Final = (
    "one operator home_plmns outgoing_blocked_ms both_blocked_ms rest_ms reminders_min "
    "cooling_off_ms request_open_ms sim_age_ms approvals_min unlock_delay_ms prepaid_numbers_max "
    "adult_years"
)

HOLDINGS: Final = (
    *impersonal("figures", "what the pack says and the database enforces", *_FIGURES.split()),
    *impersonal("stock", "which numbers are ours", "first", "last", "class"),
    *impersonal("stock", "when they became ours", "imported_at", "leaf_seq"),
    *impersonal("special", "which numbers are of another class", "msisdn", "class"),
    _held("sim", "iccid", "which card the SIM is", Category.IDENTIFICATION),
    _held("sim", "imsi", _SIM, Category.IDENTIFICATION),
    _held("sim", "sealed", "the network authenticates the SIM", Category.IT),
    *impersonal("sim", "the life of a card", "imported_at", "died_at"),
    *impersonal("reservation", "what is set aside, and for how long", "msisdn", "during"),
    Holding(
        table="reservation",
        column="reserved_by",
        whose=Subject.STAFF,
        category=Category.EVIDENCE,
        why="whose reservation it is",
        keep="staff",
        end=End.DELETE,
    ),
    _held("tenure", "msisdn", "whose number it is, and was", Category.CONTACT, End.UNTIE),
    _held("tenure", "holder_id", "whose number it is, and was", Category.IDENTIFICATION),
    _held("tenure", "during", "from when to when it is theirs"),
    _held("tenure", "opened_as", "how it became theirs"),
    _held("tenure", "request_id", "by which request it became theirs"),
    _held("tenure", "purse_id", "no purse ever has two holders", Category.SERVICE_ACCOUNT),
    _held("tenure", "prepaid", "the market limits prepaid numbers", Category.PRODUCT),
    _held("tenure", "slot", "the market limits prepaid numbers", Category.PRODUCT),
    *impersonal("tenure", "the leaf that proves it", "leaf_seq"),
    _held("binding", "msisdn", _SIM, Category.CONTACT, End.UNTIE),
    _held("binding", "iccid", _SIM, Category.IDENTIFICATION),
    _held("binding", "imsi", _SIM, Category.IDENTIFICATION),
    _held("binding", "during", "from when to when it was this SIM"),
    *impersonal("binding", "the leaf that proves it", "leaf_seq"),
    _held("provisioning", "msisdn", "which number the network is told of", Category.CONTACT),
    *impersonal("provisioning", "the leaf that the network is shown", "task_id", "leaf_seq"),
    *impersonal("provisioning", "how the telling went", "asked_at", "done_at", "attempts"),
    *impersonal("provisioning", "what went wrong, without names and numbers", "problem"),
)

ROWS: Final = (
    # A number that is handed on may keep its SIM: then the SIM was one's, and is another's.
    Row(
        "sim",
        ("iccid",),
        (Lead(Way.ICCID, "iccid", during="tstzrange(NULL, NULL)"),),
        "t.died_at",
    ),
    Row(
        "reservation",
        ("msisdn", "during"),
        (Lead(Way.LOGIN, "reserved_by"),),
        "upper(t.during)",
    ),
    Row(
        "tenure",
        ("msisdn", "leaf_seq"),
        (Lead(Way.PERSON, "holder_id"),),
        "upper(t.during)",
        leaves="t.during",
    ),
    Row(
        "binding",
        ("iccid",),
        (Lead(Way.NUMBER, "msisdn", during="t.during"),),
        "upper(t.during)",
        leaves="t.during",
    ),
    Row(
        "provisioning",
        ("task_id",),
        (Lead(Way.NUMBER, "msisdn", "t.asked_at"),),
        "t.done_at",
    ),
)
