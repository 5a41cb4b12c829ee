"""The typed terms of an operator; every figure comes from a file that names its clause."""

import msgspec

from tenure.terms.agreements import Agreements
from tenure.terms.notice_kinds import NoticeClass
from tenure.terms.privacy import Privacy
from tenure.terms.subjects import People


class Lifecycle(msgspec.Struct, frozen=True):
    """GTC-LIFE, INC-90: what happens after the validity of the last top-up ends."""

    outgoing_blocked_days: int
    both_blocked_days: int


class Recycling(msgspec.Struct, frozen=True):
    """INC-90: what must have happened before a number is offered to others."""

    reminder_days: tuple[int, ...]
    """Days after the validity end on which the holder is told, all while the number receives."""
    reminders_min: int
    """With fewer than so many sent, nothing is recycled."""
    rest_days: int
    """How long a recycled number rests before it is offered again."""


class Expiry(msgspec.Struct, frozen=True):
    """GTC-TOPUP: when the holder is told that a validity ends."""

    before_days: tuple[int, ...]
    """Days before the end, the most first."""
    news_ms: int
    """For so long after the end it is news that it has ended; later, reminders tell of it."""


class Transfer(msgspec.Struct, frozen=True):
    """INC-CONSENT, INC-STAFF: what a change of holder waits for."""

    cooling_off_ms: int
    """From the last consent or approval on, so long anybody concerned can still stop it."""
    open_ms: int
    """A request that is not complete after so long is over."""
    sim_age_ms: int
    """A SIM younger than this proves nothing: its number is not transferred."""
    approvals_min: int


class Lock(msgspec.Struct, frozen=True):
    """A lock that only the holder sets and lifts."""

    lift_delay_ms: int
    """Between asking for the lock to be lifted and its end."""


class SimReplacement(msgspec.Struct, frozen=True):
    """GTC-LOST: a SIM is replaced at the subscriber's cost."""

    fee_micros: int


class Keeping(msgspec.Struct, frozen=True):
    """How a number stays its holder's; the database enforces the same figures."""

    recycling: Recycling
    expiry: Expiry
    transfer: Transfer
    lock: Lock
    sim: SimReplacement
    prepaid_numbers_max: int
    """ID-LINES: so many prepaid numbers one person may hold; 0 for any number."""
    adult_years: int
    """PRV-MINOR: younger people need a guardian's consent."""
    time_zone: str
    """By whose clocks a birthday begins: the operator's."""


class Mail(msgspec.Struct, frozen=True):
    """GTC-SMTP: mail between servers is not carried; a mail program uses another port."""

    blocked_tcp_ports: tuple[int, ...]
    recommended_port: int
    since: str
    """The day from which on, as it was published."""


class Access(msgspec.Struct, frozen=True):
    """GTC-TRAFFIC, GTC-ABUSE, GTC-SMTP: how long and what a service may be cut from."""

    overload_max_ms: int
    """An overload is temporary: nobody is restricted for it for longer."""
    restriction_max_ms: int
    """A restriction for abuse ends after so long at most; a graver case is a suspension."""
    mail: Mail


class Metering(msgspec.Struct, frozen=True):
    """GTC-VOICE, GTC-DATA, GTC-TEXT, GTC-ROAM: what is counted, where a price says nothing else."""

    voice_increment_seconds: int
    kilobyte_octets: int
    data_increment_octets: int
    incoming_texts_charged: bool
    roaming_voice_increment_seconds: int
    roaming_data_increment_octets: int


class Denomination(msgspec.Struct, frozen=True):
    """GTC-TOPUP: a top-up amount and its Active Period."""

    amount_micros: int
    active_days: int


class TopUps(msgspec.Struct, frozen=True):
    """GTC-TOPUP, GTC-RESTORE and GTC-PROMO."""

    denominations: tuple[Denomination, ...]
    active_period: str
    """"replace" (literal: the top-up's period applies to the whole) or "longest"."""
    restore_days: int
    promo_days: int
    positive_balance: str
    """GTC-POSITIVE: "funds" (money must be there) or "coverage" (an allowance is enough)."""


class Vouchers(msgspec.Struct, frozen=True):
    """Top-up cards: the form of a PIN and what repeated wrong ones lead to."""

    pin_digits: int
    serial_digits: int
    wrong_pins_max: int
    locked_minutes: int
    shelf_days: int


class Postpaid(msgspec.Struct, frozen=True):
    """GTC-POSTPAID: the penalty of a payment breach, per month of the outstanding amount."""

    penalty_ppm_per_month: int


class Change(msgspec.Struct, frozen=True):
    """GTC-CHANGE: how long before it takes effect a new price must be published."""

    notice_days: int


class NoticeRules(msgspec.Struct, frozen=True):
    """GTC-LANG, GTC-MKT: how a class of notices is handled, from deciding to giving up."""

    quiet: tuple[int, int] | None
    """Minutes of the day, from and to, by the operator's clocks; the end is outside."""
    most: int
    """So many for one person in any ``per_ms``; 0 for any number."""
    per_ms: int
    receipt_wait_ms: int
    """A text that nobody confirmed for so long did not arrive."""
    again_ms: tuple[int, ...]
    """The waits before each further try on the same way."""
    give_up_ms: int
    """So long after it was told, nothing more is tried."""
    second: bool
    """Then another way: the person's e-mail, or another number of theirs."""
    twice: bool
    """When nobody knows whether it arrived, it is sent again rather than not at all."""


class Usage(msgspec.Struct, frozen=True):
    """KH-USAGE: when somebody is told that what they have goes down."""

    most_percent: int
    """So much of an allowance is most of it; all of it is told as well."""
    low_funds_micros: int
    """Funds below this are low; 0: that is never told."""


class Quota(msgspec.Struct, frozen=True):
    """What one grant of a service amounts to, in the service's unit."""

    default_units: int
    maximum_units: int
    validity_seconds: int
    threshold_percent: int
    """Ask again when this much of the grant is left; 0 for no threshold."""
    final_unit: str
    """"terminate" or "redirect"."""


class Promo(msgspec.Struct, frozen=True):
    """Promotional money given by rule: a top-up of at least so much earns so much."""

    name: str
    from_amount_micros: int
    bonus_ppm: int
    days: int | None
    """None: the standard promo period (GTC-PROMO)."""


class Bundle(msgspec.Struct, frozen=True):
    """A plan a subscriber can buy: a price, a period, and allowances."""

    name: str
    title: str
    price_micros: int
    days: int
    allowances: tuple["Allowance", ...]


class Allowance(msgspec.Struct, frozen=True):
    """Units of a bundle, and the routes they may be spent on."""

    name: str
    unit: str
    units: int
    routes: tuple[str, ...]
    """Route keys, each may end in ``*``: ``voice/out/onnet``, ``data/-/*``."""
    priority: int


class Offer(msgspec.Struct, frozen=True):
    """What a line is sold as: its own prices, and the offer whose prices it has otherwise."""

    name: str
    title: str
    postpaid: bool
    base: str
    """Another offer whose rates apply where this one has none; "" for none."""
    credit_limit_micros: int
    closed_group: str = ""
    """The closed user group whose members are reached in their own zone; "" for none."""


class Contact(msgspec.Struct, frozen=True):
    """GTC-APP, GTC-MKT: where a subscriber finds a person, and how advertising is ended."""

    call_centre: str
    website: str
    end_advertising: str


class Terms(msgspec.Struct, frozen=True):
    """Everything an operator publishes, as this process understands it."""

    operator: str
    name: str
    country: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]
    prevailing_language: str
    country_code: str
    """E.164 country code: 855."""
    home_plmns: tuple[str, ...]
    emergency_numbers: tuple[str, ...]
    """Always reachable and free, whatever is barred."""
    redirect_url: str
    lifecycle: Lifecycle
    topups: TopUps
    vouchers: Vouchers
    postpaid: Postpaid
    change: Change
    promos: tuple[Promo, ...]
    bundles: tuple[Bundle, ...]
    offers: tuple[Offer, ...]
    quotas: dict[str, Quota]
    """By service name in lower case: voice, sms, mms, data, content."""
    currency_exponent: int
    """Digits after the point in ISO 4217; top-ups and plan prices are whole minor units."""
    national_prefix: str
    """What is dialled before a national number: 0."""
    international_prefixes: tuple[str, ...]
    """What is dialled before a country code, beside the plus sign."""
    short_digits_max: int
    """A dialled number of at most so many digits is a short number, never E.164."""
    contact: Contact
    metering: Metering
    usage: Usage
    purchase_maximum_micros: int
    """GTC-DCB: the most that one purchase by carrier billing may cost."""
    keeping: Keeping
    access: Access
    notices: dict[NoticeClass, NoticeRules]
    """How each class of notices is handled."""
    people: People
    """Whom we may know something about, and what (PRV-KINDS)."""
    consents: Agreements
    """What a subscriber may agree to, and the texts of it (GTC-ACCEPT, GTC-MKT, PRV-ACK)."""
    privacy: Privacy
    """Rights, retention, recipients and what else keeps PRV-* and WEB-*."""
