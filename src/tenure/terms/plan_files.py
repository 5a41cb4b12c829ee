"""offers.toml and bundles.toml: what a line is sold as, and the plans a subscriber can buy."""

from tenure.terms.documents import Folder, Section
from tenure.terms.model import Allowance, Bundle, Offer
from tenure.terms.operator_files import DAYS_MAX, Operator
from tenure.terms.pricelist import ANY, ANY_PARTY, PLACES, Zone
from tenure.terms.quantities import Measures
from tenure.values.money import MICROS

NAME = r"[a-z0-9][a-z0-9-]{0,39}"
ROUTE = (
    r"(voice|sms|mms)/(out|in)/[a-z0-9-]*\*?(@[a-z0-9-]*\*?)?|data/-/[a-z0-9-]*\*?(@[a-z0-9-]*\*?)?"
)
SERVICE_UNITS = {"voice": "seconds", "sms": "messages", "mms": "messages", "data": "octets"}


def read_offers(folder: Folder) -> tuple[Offer, ...]:
    """The offers; each base is another offer, and no chain of bases turns back on itself."""
    top = folder.toml("offers.toml")
    sections = top.sections("offer")
    offers: dict[str, Offer] = {}
    for section in sections:
        offer = _offer(section)
        if offer.name in offers:
            section.note("name", f'the offer "{offer.name}" is there twice', "rename one")
        offers[offer.name] = offer
    for section, offer in zip(sections, offers.values(), strict=False):
        _check_base(section, offer, offers)
    if not sections:
        top.note("offer", "there is no offer", "add [[offer]] with name, title and clause")
    top.done()
    return tuple(offers.values())


def _offer(section: Section) -> Offer:
    offer = Offer(
        name=section.matching("name", NAME, "prepaid"),
        title=section.text("title", "Prepaid"),
        postpaid=section.flag("postpaid"),
        base=section.text("base", "prepaid", default=""),
        credit_limit_micros=(
            section.money("credit_limit", "50.00") if section.has("credit_limit") else 0
        ),
        closed_group=section.text("closed_group", "acme", default=""),
    )
    section.done()
    if offer.postpaid and not offer.credit_limit_micros:
        section.note("postpaid", "a postpaid offer has no credit limit", 'add credit_limit = "50"')
    if not offer.postpaid and offer.credit_limit_micros:
        section.note("credit_limit", "a prepaid offer has a credit limit", "remove it")
    return offer


def _check_base(section: Section, offer: Offer, offers: dict[str, Offer]) -> None:
    seen = [offer.name]
    base = offer.base
    while base:
        if base not in offers:
            section.note("base", f'unknown offer "{base}"', f"the offers are {', '.join(offers)}")
            return
        if base in seen:
            section.note("base", f"{' > '.join([*seen, base])} never ends", "remove one base")
            return
        seen.append(base)
        base = offers[base].base


def read_bundles(
    folder: Folder, operator: Operator, measures: Measures, zones: dict[str, Zone]
) -> tuple[Bundle, ...]:
    """The bundles; no two allowances of the pack have one name."""
    top = folder.toml("bundles.toml")
    bundles: dict[str, Bundle] = {}
    allowances: set[str] = set()
    for section in top.sections("bundle"):
        bundle = _bundle(section, operator, measures, allowances)
        for part in section.sections("allowance"):
            _check_routes(part, zones)
        if bundle.name in bundles:
            section.note("name", f'the bundle "{bundle.name}" is there twice', "rename one")
        bundles[bundle.name] = bundle
    top.done()
    return tuple(bundles.values())


def _bundle(
    section: Section, operator: Operator, measures: Measures, allowances: set[str]
) -> Bundle:
    parts = section.sections("allowance")
    if not parts:
        section.note("allowance", "the bundle has no allowance", "add [[bundle.allowance]]")
    bundle = Bundle(
        name=section.matching("name", NAME, "data-5gb"),
        title=section.text("title", "5 GB for 7 days"),
        price_micros=section.money("price", "2.00"),
        days=section.whole("days", 1, DAYS_MAX, 7),
        allowances=tuple(_allowance(part, measures, allowances) for part in parts),
    )
    if bundle.price_micros % (MICROS // 10**operator.exponent):
        section.note(
            "price",
            f"the price is finer than the currency: {operator.currency} has "
            f"{operator.exponent} decimals",
            "round it to a whole minor unit",
        )
    section.done()
    return bundle


def _check_routes(section: Section, zones: dict[str, Zone]) -> None:
    """Every pattern leads to some zone, at home and abroad."""
    for route in section.texts("routes", ROUTE, "voice/out/onnet"):
        here, _, visited = route.rpartition("/")[2].partition("@")
        places = [zone.name for zone in zones.values() if zone.kind == "visited"]
        reached = [*(zone.name for zone in zones.values()), ANY_PARTY, *PLACES]
        for pattern, known in ((here, reached), (visited, places)):
            if pattern and not any(_fits(pattern, zone) for zone in known):
                section.note(
                    "routes", f'unknown zone "{pattern}" in {route}', "use a zone of zones.csv"
                )


def _fits(pattern: str, name: str) -> bool:
    if pattern.endswith(ANY):
        return name.startswith(pattern.removesuffix(ANY))
    return name == pattern


def _allowance(section: Section, measures: Measures, names: set[str]) -> Allowance:
    name = section.matching("name", NAME, "data-5gb-internet")
    if name in names:
        section.note("name", f'the allowance "{name}" is there twice', "rename one")
    names.add(name)
    routes = section.texts("routes", ROUTE, "voice/out/onnet")
    units = {SERVICE_UNITS.get(route.partition("/")[0], "") for route in routes} - {""}
    unit = min(units, default="octets")
    if len(units) > 1:
        section.note(
            "routes",
            f"one allowance counts {' and '.join(sorted(units))}",
            "give each kind of unit an allowance of its own",
        )
    if not routes:
        section.note("routes", "the allowance can be spent nowhere", 'add routes = ["data/-/*"]')
    allowance = Allowance(
        name=name,
        unit=unit,
        units=section.quantity("amount", "5 GB", lambda text: measures.units(text, unit)),
        routes=routes,
        priority=section.whole("priority", 0, 1000, 10),
    )
    section.done()
    return allowance
