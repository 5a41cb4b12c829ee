"""Reads the files about privacy, one reader a file."""

from tenure.terms.analysis_files import read_analysis
from tenure.terms.breaches_files import read_breaches
from tenure.terms.documents import Folder
from tenure.terms.exports_files import read_exports
from tenure.terms.privacy import Privacy
from tenure.terms.retention_files import read_retention
from tenure.terms.rights_files import read_rights
from tenure.terms.subjects import People
from tenure.terms.website_files import read_website


def read_privacy(folder: Folder, languages: tuple[str, ...], people: People) -> Privacy:
    """All of them; each notes its own problems."""
    return Privacy(
        analysis=read_analysis(folder),
        breaches=read_breaches(folder, languages),
        exports=read_exports(folder),
        retention=read_retention(folder, languages),
        rights=read_rights(folder, languages),
        website=read_website(folder, languages, people),
    )
