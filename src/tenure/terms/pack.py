"""Finding, reading and checking an operator's pack; a pack with any problem is not used."""

from pathlib import Path

import msgspec

from tenure.terms.agreement_files import read_agreements
from tenure.terms.agreements import Agreements
from tenure.terms.documents import Folder
from tenure.terms.menu_checks import check_screens
from tenure.terms.menu_files import read_menus
from tenure.terms.model import Bundle, Offer, Terms
from tenure.terms.operator_files import Figures, Operator, read_figures, read_operator
from tenure.terms.people_files import read_people
from tenure.terms.plan_files import read_bundles, read_offers
from tenure.terms.price_checks import check_texts_charged, check_versions
from tenure.terms.price_files import Setting, read_versions
from tenure.terms.pricelist import Pack
from tenure.terms.privacy import Privacy
from tenure.terms.privacy_files import read_privacy
from tenure.terms.problems import Problem, UnusablePackError
from tenure.terms.processing_files import read_processing
from tenure.terms.recipients_files import read_recipients
from tenure.terms.subjects import People
from tenure.terms.text_files import read_texts
from tenure.terms.zone_files import read_zones

PACKAGE = Path(__file__).resolve().parents[1]
INSIDE = PACKAGE / "operators"
OPERATORS = INSIDE if INSIDE.is_dir() else PACKAGE.parents[1] / "operators"
"""The packs that come with Tenure: inside the package when it is installed, else beside src."""


class Checked(msgspec.Struct, frozen=True):
    """A pack as far as it could be read, and all that is wrong with it."""

    folder: Path
    pack: Pack | None
    """None when there is any problem."""
    problems: tuple[Problem, ...]


def find(name_or_path: str | Path) -> Path | None:
    """The folder of a pack: a path to one, or a name under ``operators/``; None if neither."""
    for folder in (Path(name_or_path), OPERATORS / str(name_or_path)):
        if (folder / "operator.toml").is_file():
            return folder
    return None


def names() -> tuple[str, ...]:
    """The packs under ``operators/``."""
    if not OPERATORS.is_dir():
        return ()
    return tuple(sorted(path.parent.name for path in OPERATORS.glob("*/operator.toml")))


def load(name_or_path: str | Path) -> Pack:
    """The pack, if nothing is wrong with it.

    Raises UnusablePackError with every problem otherwise: nothing starts half-configured.
    """
    checked = check(name_or_path)
    if checked.pack is None:
        raise UnusablePackError(str(name_or_path), checked.problems)
    return checked.pack


def check(name_or_path: str | Path) -> Checked:
    """Read every file and report every problem, each with its file, line, clause and remedy."""
    path = find(name_or_path)
    if path is None:
        problem = Problem(
            file="operator.toml",
            line=0,
            what=f"{name_or_path} is no folder with this file, nor a name under operators/",
            remedy=f"the names are {', '.join(names())}",
        )
        return Checked(Path(name_or_path), None, (problem,))
    folder = Folder(path)
    pack = _read(folder)
    problems = tuple(sorted(set(folder.problems)))
    return Checked(path, None if problems else pack, problems)


def _read(folder: Folder) -> Pack:
    operator = read_operator(folder)
    figures, measures = read_figures(folder, operator)
    people = read_people(folder, operator.languages)
    consents, words = read_agreements(folder, operator.languages)
    offers = read_offers(folder)
    zones = read_zones(folder, operator, offers)
    bundles = read_bundles(folder, operator, measures, zones.zones)
    setting = Setting(
        offers=offers,
        zones=zones.zones,
        measures=measures,
        metering=figures.metering,
        time_zone=operator.time_zone,
    )
    drafts = read_versions(folder, setting)
    check_versions(folder, drafts, figures.change)
    check_texts_charged(folder, drafts, figures.metering)
    texts = read_texts(folder, operator, (offers, bundles, zones.zones))
    texts = {language: found | words[language] for language, found in texts.items()}
    menus = read_menus(folder, operator.languages, operator.contact.end_advertising, measures)
    privacy = read_privacy(folder, operator.languages, people)
    at_home = (operator.country, operator.languages)
    disclosing = read_recipients(folder, at_home, people, consents)
    privacy = msgspec.structs.replace(privacy, disclosing=disclosing)
    beside = (privacy.retention, disclosing)
    processing = read_processing(folder, operator.languages, people, beside)
    privacy = msgspec.structs.replace(privacy, processing=processing)
    terms = _terms(operator, figures, (offers, bundles), (people, consents, privacy))
    check_screens(folder, menus, terms, texts)
    return Pack(
        terms=terms,
        zones=tuple(zones.zones.values()),
        destinations=zones.destinations,
        short_numbers=zones.short_numbers,
        networks=zones.networks,
        emergencies_abroad=zones.emergencies_abroad,
        rating_groups=zones.rating_groups,
        members=zones.members,
        versions=tuple(draft.version for draft in drafts),
        texts=texts,
        menus=menus,
        clauses=tuple(sorted(folder.clauses)),
    )


def _terms(
    operator: Operator,
    figures: Figures,
    plans: tuple[tuple[Offer, ...], tuple[Bundle, ...]],
    known: tuple[People, Agreements, Privacy],
) -> Terms:
    offers, bundles = plans
    people, consents, privacy = known
    return Terms(
        operator=operator.operator,
        name=operator.name,
        country=operator.country,
        currency=operator.currency,
        time_zone=operator.time_zone,
        languages=operator.languages,
        prevailing_language=operator.prevailing_language,
        country_code=operator.country_code,
        home_plmns=operator.home_plmns,
        emergency_numbers=operator.emergency_numbers,
        redirect_url=operator.redirect_url,
        lifecycle=figures.lifecycle,
        topups=figures.topups,
        vouchers=figures.vouchers,
        postpaid=figures.postpaid,
        change=figures.change,
        promos=figures.promos,
        bundles=bundles,
        offers=offers,
        quotas=figures.quotas,
        currency_exponent=operator.exponent,
        national_prefix=operator.national_prefix,
        international_prefixes=operator.international_prefixes,
        short_digits_max=operator.short_digits_max,
        contact=operator.contact,
        metering=figures.metering,
        usage=figures.usage,
        purchase_maximum_micros=figures.purchase_maximum_micros,
        keeping=figures.keeping,
        access=figures.access,
        notices=figures.notices,
        people=people,
        consents=consents,
        privacy=privacy,
    )
