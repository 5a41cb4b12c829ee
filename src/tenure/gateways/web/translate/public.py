"""The website of the pack as pages: forms, cookies and contests in one language; no decisions."""

from collections.abc import Collection, Mapping
from typing import Final
from zoneinfo import ZoneInfo

from tenure.gateways.web.session.visitors import CONVENIENCE, VISITS, Choice
from tenure.gateways.web.wire.pages.public import shapes
from tenure.gateways.web.wire.pages.public.shapes import (
    Around,
    ContestPage,
    CookiePage,
    CookieRow,
    FormPage,
    Item,
    Place,
    Prize,
)
from tenure.gateways.web.wire.pages.public.words import WORDS
from tenure.promises.privacy.model import Announced, Fault, FormRefusal, Winner
from tenure.terms.agreements import DocumentVersion
from tenure.terms.model import Terms
from tenure.terms.website import ESSENTIAL, Asked, Contest, Cookie, Form
from tenure.terms.writing import day
from tenure.values.instant import DAY_MS, MINUTE_MS, Instant

TROUBLE: Final[Mapping[FormRefusal, str]] = {
    FormRefusal.NO_NOTICE: "stale",
    FormRefusal.NOT_OPEN: "closed",
    FormRefusal.ENTERED_ALREADY: "entered",
}
"""What a visitor is told of a form that was not taken; what staff is refused, no page says."""


def around(terms: Terms, language: str, path: str, choice: Choice | None, *, gpc: bool) -> Around:
    """Around a page; the question about cookies is there until it is answered."""
    site = terms.privacy.website
    return Around(
        operator=terms.name,
        language=language,
        languages=terms.languages,
        path=path,
        places=tuple(Place(one.name, one.title[language]) for one in site.forms),
        scope=site.scope[language],
        care=terms.contact.call_centre,
        outward=tuple(
            Place(one.name, one.title[language]) for one in terms.privacy.disclosing.partners
        ),
        ask=site.banner.text[language] if choice is None else "",
        gpc=gpc,
    )


def form_page(
    terms: Terms, form: Form, language: str, code: str, notice: DocumentVersion
) -> FormPage:
    """A form before anything is typed."""
    words, site = WORDS[language], terms.privacy.website
    contest = site.contest(form.contest)
    return FormPage(
        name=form.name,
        title=form.title[language],
        intro=form.intro[language],
        items=tuple(_item(one, language) for one in form.fields),
        code=code,
        purpose=form.purpose.title[language],
        kept=_kept(terms, form, contest, language),
        given_to=_given_to(terms, form, language),
        acknowledge=words["acknowledge"].format(version=notice.version),
        rules="" if contest is None else contest.rules[language],
        agree="" if contest is None else contest.agree[language],
        contest=form.contest,
        longest=site.limits.longest,
    )


def _item(asked: Asked, language: str) -> Item:
    field = asked.field
    return Item(
        name=field.name,
        title=field.title[language],
        form=field.form,
        choices=tuple(shapes.Choice(one.name, one.title[language]) for one in field.choices),
        without="" if asked.without is None else asked.without[language],
    )


def _kept(terms: Terms, form: Form, contest: Contest | None, language: str) -> str:
    words = WORDS[language]
    if contest is None:
        return words["kept-words"].format(days=form.keep_ms // DAY_MS)
    return words["kept-contest"].format(
        day=date(terms, contest.claim_until), winners=date(terms, contest.winners_until)
    )


def _given_to(terms: Terms, form: Form, language: str) -> str:
    titles = {one.name: one.title[language] for one in terms.privacy.disclosing.classes}
    named = [titles.get(one, one) for one in form.recipients]
    return ", ".join(named) or WORDS[language]["nobody"]


def date(terms: Terms, at: Instant) -> str:
    """A day as the operator writes it."""
    return day(at, ZoneInfo(terms.time_zone))


def fault_words(fault: Fault, asked: Asked | None, terms: Terms, language: str) -> str:
    """What is wrong with one item, and what to do."""
    limits = terms.privacy.website.limits
    without = "" if asked is None or asked.without is None else asked.without[language]
    return WORDS[language][fault.value].format(
        without=without, longest=limits.longest, links=limits.links
    )


def cookie_page(terms: Terms, language: str, choice: Choice | None) -> CookiePage:
    """WEB-COOKIE: the register of cookies, and what this browser answered."""
    words, site = WORDS[language], terms.privacy.website
    titles = {one.name: one.title[language] for one in site.categories}
    answers = _answers(choice)
    stands = words["not-chosen"]
    if choice is not None:
        stands = words["chosen"].format(at=date(terms, choice.at), id=choice.consent_id)
    return CookiePage(
        text=site.banner.text[language],
        asked=tuple(
            shapes.Asked(one.name, one.title[language], one.text[language], answers.get(one.name))
            for one in site.categories
        ),
        rows=tuple(
            CookieRow(
                one.name,
                titles[one.category],
                one.records[language],
                _lasts(one, language),
                words["no" if one.category == ESSENTIAL else "yes"],
            )
            for one in site.cookies
        ),
        stands=stands,
    )


def _answers(choice: Choice | None) -> Mapping[str, bool]:
    if choice is None:
        # A no stands there first: a yes is something that somebody does.
        return {CONVENIENCE: False, VISITS: False}
    return {CONVENIENCE: choice.convenience, VISITS: choice.visits}


def _lasts(one: Cookie, language: str) -> str:
    words = WORDS[language]
    if one.lasts_ms >= DAY_MS:
        return words["days"].format(days=one.lasts_ms // DAY_MS)
    return words["minutes"].format(minutes=one.lasts_ms // MINUTE_MS)


def contest_page(
    terms: Terms,
    contest: Contest,
    announced: Announced | None,
    winners: Collection[Winner] | None,
    language: str,
    at: Instant,
) -> ContestPage:
    """A contest as it stands; ``winners`` None before the draw."""
    words = WORDS[language]
    is_open = announced is not None and announced.opens_at <= at < announced.closes_at
    form = next((one for one in terms.privacy.website.forms if one.contest == contest.name), None)
    prizes = tuple(
        Prize(
            words["place"].format(place=one.place),
            one.shown or "…",
            one.identified_at is not None,
        )
        for one in winners or ()
    )
    claimable = winners is not None and at < contest.claim_until
    return ContestPage(
        name=contest.name,
        title=contest.title[language],
        rules=contest.rules[language],
        state=_state(terms, contest, language, at),
        commitment="" if announced is None else announced.commitment.hex(),
        form=form.name if is_open and form is not None else "",
        prizes=prizes,
        claim=words["claim"].format(day=date(terms, contest.claim_until)) if claimable else "",
        drawn=winners is not None,
    )


def _state(terms: Terms, contest: Contest, language: str, at: Instant) -> str:
    words = WORDS[language]
    if at < contest.opens_at:
        return words["opens-on"].format(day=date(terms, contest.opens_at))
    if at < contest.closes_at:
        return words["open-until"].format(day=date(terms, contest.closes_at))
    return words["over"]
