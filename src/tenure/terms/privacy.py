"""What an operator's files say about privacy: one field a file."""

import msgspec

from tenure.terms.analysis import Analysis
from tenure.terms.breaches import Breaches
from tenure.terms.exports import Exports
from tenure.terms.processing import Processing
from tenure.terms.recipients import Disclosing
from tenure.terms.retention import Retention
from tenure.terms.rights import Rights
from tenure.terms.website import Website


class Privacy(msgspec.Struct, frozen=True):
    """The figures and words of the promise ``privacy``."""

    analysis: Analysis
    breaches: Breaches
    exports: Exports
    retention: Retention
    rights: Rights
    website: Website
    disclosing: Disclosing = Disclosing()
    processing: Processing = Processing({}, {}, {}, {}, {}, {})
