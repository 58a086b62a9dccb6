"""Make the rows of all stored pages again from the archive alone, with no network."""

from klumme.collect.archive import Archive
from klumme.collect.ledger import Ledger
from klumme.tables import Tables
from klumme.workspace import Workspace


def recover_pages(workspace: Workspace) -> int:
    """Write the rows of pages that are in the archive and in no table, for every source, and return their number."""
    tables = Tables(workspace)
    sources = sorted({path.name.split(".")[0] for path in workspace.raw.glob("*.warc.gz")})
    with tables.writing():
        return sum(Ledger(tables, name).recover(Archive(workspace.raw, name)) for name in sources)
