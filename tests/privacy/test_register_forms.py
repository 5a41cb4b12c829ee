"""The register in other forms: for people, for the notice, and for programs of others."""

import json
import re
from collections.abc import Iterator

import pytest
from fideslang import models
from fideslang.default_taxonomy import DEFAULT_TAXONOMY
from pyshacl import validate
from rdflib import DCTERMS, RDF, Graph, Namespace, URIRef

from tenure.promises.privacy.model.book import Book, Kind
from tenure.promises.privacy.operations import register
from tenure.promises.privacy.rules.register import dpv, fides
from tenure.terms import pack
from tenure.values.holding import Category, Subject
from tools import schema

# The reader of JSON-LD within rdflib still uses what rdflib itself has replaced.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

PACKS = {"smart-kh": ("en", "km"), "smartfren-id": ("en", "id")}
DPV = Namespace(dpv.DPV)

# What every process must say (GDPR article 30(1), law 27/2022 article 31), as SHACL shapes.
NEEDED = (
    DPV.hasDataController,
    DPV.hasPurpose,
    DPV.hasLegalBasis,
    DPV.hasPersonalData,
    DPV.hasDataSubject,
    DPV.hasStorageCondition,
    DPV.hasDuration,
    DPV.hasLocation,
    DCTERMS.title,
    DCTERMS.source,
)
SHAPES = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dpv: <{dpv.DPV}> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
[] a sh:NodeShape ; sh:targetClass dpv:Process ;
    sh:property [ sh:path dct:title ; sh:minCount 1 ] ;
    sh:property [ sh:path dct:source ; sh:minCount 1 ] ;
    sh:property [ sh:path dpv:hasDataController ; sh:class dpv:DataController ; sh:minCount 1 ;
                  sh:maxCount 1 ] ;
    sh:property [ sh:path dpv:hasPurpose ; sh:class dpv:Purpose ; sh:minCount 1 ; sh:maxCount 1 ] ;
    sh:property [ sh:path dpv:hasLegalBasis ; sh:minCount 1 ; sh:maxCount 1 ;
                  sh:in ( {" ".join(f"dpv:{one}" for one in dpv.BASIS_OF.values())} ) ] ;
    sh:property [ sh:path dpv:hasPersonalData ; sh:minCount 1 ;
                  sh:or ( [ sh:class dpv:PersonalData ] [ sh:class dpv:SensitivePersonalData ] ) ] ;
    sh:property [ sh:path dpv:hasDataSubject ; sh:minCount 1 ] ;
    sh:property [ sh:path dpv:hasRecipient ; sh:class dpv:Recipient ] ;
    sh:property [ sh:path dpv:hasStorageCondition ; sh:minCount 1 ; sh:maxCount 1 ;
                  sh:node [ sh:property [ sh:path dpv:hasDuration ; sh:minCount 1 ;
                                          sh:pattern "^P[0-9]+D$" ] ;
                            sh:property [ sh:path dpv:hasLocation ; sh:minCount 1 ] ] ] .
[] a sh:NodeShape ; sh:targetClass dpv:DataController ;
    sh:property [ sh:path dct:title ; sh:minCount 1 ] ;
    sh:property [ sh:path dpv:hasProcess ; sh:class dpv:Process ; sh:minCount 1 ] .
"""


def books() -> Iterator[tuple[str, str, Book]]:
    """Of both packs, in each of their languages."""
    for operator, languages in PACKS.items():
        terms = pack.load(operator).terms
        assert set(terms.languages) == set(languages)
        for language in languages:
            yield operator, language, register.book(terms, language)


@pytest.mark.parametrize("operator", PACKS)
@pytest.mark.parametrize("form", register.FORMS)
def test_the_same_makes_the_same_to_the_byte(operator: str, form: str) -> None:
    for language in PACKS[operator]:
        first = register.written(pack.load(operator).terms, language, form)
        again = register.written(pack.load(operator).terms, language, form)
        assert first == again
        assert "None" not in first.replace("None published", "")


def test_the_record_names_every_personal_column_and_thing() -> None:
    whole = register.whole()
    for operator, language, book in books():
        text = register.written(pack.load(operator).terms, language, "ropa")
        held = {
            f"{place.where}.{column}"
            for activity in book.activities
            for place in activity.places
            for column in place.what
        }
        for promise, one in whole.held:
            if one.whose is not Subject.NOBODY:
                assert f"{promise}.{one.table}.{one.column}" in held
                assert f"| {promise}.{one.table} |" in text
        for kept in whole.kept:
            assert (f"| {kept.name} (" in text) == bool(kept.whose)
        for basis in pack.load(operator).terms.privacy.processing.bases.values():
            assert basis.title[language] in text
        for kind in book.kinds:
            assert kind.title in text


def test_free_text_is_marked() -> None:
    """What may hold anything is told apart: somebody looks at it before it is shown or sent."""
    text = register.written(pack.load("smart-kh").terms, "en", "ropa")
    for column in ("reason…", "evidence…", "value…", "name…"):
        assert column in text
    assert "msisdn…" not in text


# What the published notice names, in its words, and how the register calls it.
RECIPIENTS = {
    "Our group": "group",
    "other carriers for international calls": "carriers",
    "service providers who work for us": "service-providers",
    "authorities where the law asks for it": "authorities",
    "partners, if you agreed": "partners",
    "those who verify identity, credit and fraud": "credit-and-fraud",
    "payment channels": "payment-channels",
    "research": "research",
    "whoever acquires us": "acquirer",
}
KINDS = {
    "customers": "customer",
    "business partners and suppliers": "partner",
    "visitors to our premises": "visitor",
    "candidates for employment": "candidate",
    "employees": "employee",
    "people who act for": "representative",
}
COLLECTED = {
    "customer": {
        "contact": "contact",
        "identification": "identification",
        "financial": "financial",
        "product": "product",
        "account": "service account",
        "live photo": "biometric",
    },
    "partner": {"contact": "contact", "identification": "identification", "bank": "financial"},
    "visitor": {"contact": "contact", "identification": "identification"},
    "candidate": {"disability, union": "sensitive", "identification": "identification"},
}
PARAGRAPH = {
    "customer": "Customers",
    "partner": "Partners and suppliers",
    "visitor": "Visitors",
    "candidate": "Candidates",
}
WITH_YOUR_YES = {"offers": "offers of ours", "analysis": "analysis of how you use services"}


def section(notice: str, title: str) -> str:
    """One section of a notice, on one line."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", notice, re.MULTILINE | re.DOTALL)
    assert found, title
    return " ".join(found[1].split())


def categories(kind: Kind) -> set[str]:
    """What is collected of a kind, asked for or recorded, in the titles of the categories."""
    return {one.category for one in kind.items} | {one.title for one in kind.recorded}


def test_the_register_says_what_the_notice_says() -> None:
    """Each part of the published notice that names something, against the tables made of it."""
    terms = pack.load("smart-kh").terms
    folder = schema.ROOT / "operators" / "smart-kh" / "documents" / "privacy-notice"
    notice = (folder / "2025-10-23" / "en.md").read_text(encoding="utf-8")
    book = register.book(terms, "en")
    kinds = {one.name: one for one in book.kinds}

    who = section(notice, "Who receives it")
    assert all(words in who for words in RECIPIENTS)
    made = {one.name for kind in book.kinds for one in kind.recipients}
    assert made == set(RECIPIENTS.values())
    assert {one.name for activity in book.activities for one in activity.recipients} <= made

    opening = " ".join(notice.split("##")[0].split())
    assert all(words in opening for words in KINDS)
    assert set(KINDS.values()) <= set(kinds)

    what = section(notice, "What we collect")
    titles = {one: words["en"] for one, words in terms.privacy.processing.categories.items()}
    for kind, names in COLLECTED.items():
        found = re.search(rf"- {PARAGRAPH[kind]}: (.*?)(?= - |$)", what)
        assert found
        for words, category in names.items():
            assert words in found[1]
            assert titles[category] in categories(kinds[kind]), (kind, category)

    why = section(notice, "What we use it for")
    yes = re.search(r"Only with your yes: (.*?)\.", why)
    assert yes
    assert all(words in yes[1] for words in WITH_YOUR_YES.values())
    consented = {use.purpose for use in kinds["customer"].uses if use.basis == "consent"}
    assert consented == set(WITH_YOUR_YES)


def test_the_tables_of_the_notice_speak_every_language() -> None:
    for operator, language, book in books():
        text = register.written(pack.load(operator).terms, language, "notice")
        for kind in book.kinds:
            assert f"## {kind.title}\n" in text
            for item in kind.items:
                assert item.title in text
                assert item.without in text
            assert kind.uses
            assert kind.occasions
            assert kind.stays, f"{kind.name}: how long is anything kept of them?"
        for cookie in book.cookies:
            assert cookie.records in text


@pytest.mark.parametrize("operator", PACKS)
def test_fideslang_reads_the_manifest(operator: str) -> None:
    text = register.written(pack.load(operator).terms, "en", "fideslang")
    read = models.Taxonomy.model_validate_json(text)
    assert read.system
    assert read.dataset
    # Every key that is used is fideslang's own, or added by the manifest.
    known = DEFAULT_TAXONOMY
    keys = {
        "category": {one.fides_key for one in (*known.data_category, *read.data_category)},
        "subject": {one.fides_key for one in (*known.data_subject, *read.data_subject)},
        "use": {one.fides_key for one in known.data_use},
    }
    (system,) = read.system
    for one in system.privacy_declarations:
        assert set(one.data_categories) <= keys["category"]
        assert set(one.data_subjects) <= keys["subject"]
        assert one.data_use in keys["use"]
        assert one.legal_basis_for_processing is not None
    for dataset in read.dataset:
        for collection in dataset.collections:
            for field in collection.fields:
                assert set(field.data_categories or ()) <= keys["category"]
    assert {one.fides_key for one in read.dataset} == set(system.dataset_references or ())
    assert set(fides.CATEGORY_OF) == set(Category) - {Category.NONE}


def test_fideslang_refuses_a_manifest_that_is_none() -> None:
    made = json.loads(register.written(pack.load("smart-kh").terms, "en", "fideslang"))
    made["system"][0]["privacy_declarations"][0]["legal_basis_for_processing"] = "It was always so"
    with pytest.raises(ValueError, match="legal_basis_for_processing"):
        models.Taxonomy.model_validate(made)
    del made["system"][0]["privacy_declarations"][0]["data_use"]
    with pytest.raises(ValueError, match="data_use"):
        models.Taxonomy.model_validate(made)


def conforms(graph: Graph) -> tuple[bool, str]:
    """Whether the shapes find nothing, and what they say."""
    shapes = Graph().parse(data=SHAPES, format="turtle")
    fine, _, words = validate(graph, shacl_graph=shapes, inference="none")
    return bool(fine), str(words)


@pytest.mark.parametrize("operator", PACKS)
def test_the_record_conforms_to_its_shapes(operator: str) -> None:
    text = register.written(pack.load(operator).terms, "en", "dpv")
    graph = Graph().parse(data=text, format="json-ld")
    assert conforms(graph) == (True, conforms(graph)[1])
    used = {
        str(term).removeprefix(dpv.DPV)
        for triple in graph
        for term in triple
        if isinstance(term, URIRef) and str(term).startswith(dpv.DPV)
    }
    assert used <= dpv.TERMS


def test_whatever_a_process_does_not_say_is_found() -> None:
    text = register.written(pack.load("smart-kh").terms, "en", "dpv")
    graph = Graph().parse(data=text, format="json-ld")
    process = URIRef(min(map(str, graph.subjects(RDF.type, DPV.Process))))
    (stored,) = graph.objects(process, DPV.hasStorageCondition)
    whole = Graph()
    for triple in graph.cbd(process):
        whole.add(triple)
    for node in set(whole.objects()):
        for triple in graph.triples((node, RDF.type, None)):
            whole.add(triple)
    (controller,) = graph.objects(process, DPV.hasDataController)
    whole.add((controller, DCTERMS.title, next(graph.objects(controller, DCTERMS.title))))
    whole.add((controller, DPV.hasProcess, process))
    assert conforms(whole) == (True, conforms(whole)[1])
    for name in NEEDED:
        less = Graph()
        less += whole
        on = stored if name in {DPV.hasDuration, DPV.hasLocation} else process
        less.remove((on, name, None))
        assert len(less) < len(whole)
        fine, words = conforms(less)
        assert not fine
        assert name.fragment in words or name.rpartition("/")[2] in words
