"""Load a Danish spaCy pipeline, and name it with all that changes what it says."""

import hashlib
import re
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import use_ops
from threadpoolctl import threadpool_limits

from klumme.annotate.blank import make_blank
from klumme.errors import MissingPipelineError
from klumme.gazetteer import fingerprint
from klumme.workspace import Workspace

SHIPPED = "da_klumme_sm"
# Raise this when the code of this room comes to say something else of the same text.
_ANNOTATION = "3"


def load_pipeline(name: str, workspace: Workspace) -> Language:
    """Load the pipeline that ships with the project, an installed package, one in a folder, or "blank".

    A blank pipeline stands in for the shipped one where that is missing.
    Raises MissingPipelineError for any other name that leads to no pipeline, or to one that cannot be opened.
    """
    nlp = make_blank() if name == "blank" else _trained(name, workspace)
    nlp.add_pipe("klumme_lines", first=True)
    return nlp


def _trained(name: str, workspace: Workspace) -> Language:
    place = _place(name, workspace)
    if place is None and name == SHIPPED:
        return make_blank()
    if place is None:
        raise MissingPipelineError(
            f"There is no spaCy pipeline '{name}'.",
            f'Install it, name its folder, or set [annotate] pipeline = "{SHIPPED}" in klumme.toml.',
        )
    try:
        return _opened(place)
    except (OSError, ValueError, ImportError) as error:
        raise MissingPipelineError(
            f"The spaCy pipeline '{name}' cannot be opened: {str(error).splitlines()[0]}.",
            "Install it anew in the version that fits this spaCy (see `python -m spacy validate`).",
        ) from error


def _opened(place: str | Path) -> Language:
    """Load a pipeline that multiplies matrices as numpy does: of da_klumme_sm it was half of the time with blis.

    It does so on one core; more are used by more processes. (It said the same of all of 345,923 tokens.)
    """
    threadpool_limits(1, "blas")
    with use_ops("numpy", use_blis=False):
        return spacy.load(place)


def _place(name: str, workspace: Workspace) -> str | Path | None:
    """Return where a pipeline lies: in the project, installed, or in a folder; None where there is none."""
    folders = (workspace.danish / name, workspace.root / name, Path(name).expanduser())
    folder = next((path for path in folders if (path / "config.cfg").is_file()), None)
    return name if folder is None and spacy.util.is_package(name) else folder


@Language.component("klumme_lines", assigns=["token.is_sent_start"])
def break_at_lines(doc: Doc) -> Doc:
    """Begin a sentence behind every line feed: the items of a list are sentences of their own."""
    for i in doc.to_array("IS_SPACE").nonzero()[0]:
        if i + 1 < len(doc) and "\n" in doc[int(i)].text:
            doc[int(i) + 1].is_sent_start = True
    return doc


def stands_in(nlp: Language) -> bool:
    """Tell whether a pipeline is the untrained one."""
    return bool(nlp.meta["name"] == "blank")


def pipeline_version(nlp: Language) -> str:
    """Name a pipeline, its version, and a digest of all else that changes the annotations; fit for a file name."""
    meta, release = nlp.meta, spacy.about.__version__.rsplit(".", 1)[0]
    digest = hashlib.sha256("\n".join((_ANNOTATION, fingerprint(), release, nlp.config.to_str())).encode())
    for path in sorted(nlp.path.rglob("*")) if nlp.path else ():
        if path.is_file():
            digest.update(path.relative_to(nlp.path).as_posix().encode() + path.read_bytes())
    name = meta["name"] if meta["name"].startswith(meta["lang"]) else f"{meta['lang']}_{meta['name']}"
    return re.sub(r"[^\w.-]", "_", f"{name}-{meta['version']}-{digest.hexdigest()[:8]}")
