"""Where everything in `corpus/` and `models/` lies: the only module that knows paths."""

import json
import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlsplit

from klumme.errors import InputError, MissingError


@dataclass(frozen=True, slots=True)
class Workspace:
    """A corpus under `root`; what it lacks of the given things (codebook, sources, models) comes from `home`."""

    root: Path
    home: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "klumme.toml"

    @property
    def tables(self) -> Path:
        """The folder of the Parquet tables."""
        return self.root / "corpus" / "tables"

    @property
    def raw(self) -> Path:
        """The folder of the raw archive."""
        return self.root / "corpus" / "raw"

    @property
    def lock(self) -> Path:
        """The file whose lock a writing run holds."""
        return self.root / "corpus" / "klumme.lock"

    @property
    def labels(self) -> Path:
        """The folder of this corpus's own labels."""
        return self.root / "corpus" / "labels"

    @property
    def evidence(self) -> Path:
        """The folder of what this corpus says of the sentences that carry a theme."""
        return self.root / "corpus" / "evidence"

    @property
    def forgotten(self) -> Path:
        """The list of addresses, as hashes, that are never collected again."""
        return self.root / "corpus" / "forgotten.txt"

    @property
    def report(self) -> Path:
        """The report page."""
        return self.root / "corpus" / "report.html"

    @property
    def codebook(self) -> Path:
        """The codebook in force."""
        return self._given("corpus/codebook.toml")

    @property
    def sample(self) -> Path:
        """The folder of the embedded sample column."""
        return self._given("corpus/sample")

    @property
    def themes(self) -> Path:
        """The folder of the theme models in force."""
        return self._given("models/themes")

    @property
    def floors(self) -> Path:
        """The figures below which the theme model must not fall."""
        return self.root / "models" / "floors.json"

    @property
    def new_themes(self) -> Path:
        """The folder into which a retrained theme model goes."""
        return self.root / "models" / "themes"

    @property
    def danish(self) -> Path:
        """The folder of the Danish pipelines that ship with the project."""
        return self._given("models/danish")

    @property
    def encoder(self) -> Path:
        """The folder of the passage encoder."""
        return self._given("models/encoder/klumme-e5-da")

    @property
    def label_folders(self) -> tuple[Path, ...]:
        """All folders with labels: the home's, and this corpus's own."""
        return tuple(dict.fromkeys((self.home / "corpus" / "labels", self.labels)))

    @property
    def evidence_folders(self) -> tuple[Path, ...]:
        """All folders that say which sentences carry a theme: the home's, and this corpus's own."""
        return tuple(dict.fromkeys((self.home / "corpus" / "evidence", self.evidence)))

    def source(self, name: str) -> Path:
        """Return the file of a source, this corpus's own before the home's."""
        return self._given(f"corpus/sources/{name}.toml")

    def source_names(self) -> list[str]:
        """Return the names of all sources, sorted."""
        folders = (self.root / "corpus" / "sources", self.home / "corpus" / "sources")
        return sorted({path.stem for folder in folders for path in folder.glob("*.toml")})

    def _given(self, relative: str) -> Path:
        own = self.root / relative
        return own if own.exists() else self.home / relative


def open_workspace(root: str | Path | None = None) -> Workspace:
    """Open the corpus at `root`, else at KLUMME_ROOT, else around the working directory, else the home.

    Raises InputError when the root is a file, MissingError when no home can be found.
    """
    home = find_home()
    chosen = Path(root or os.environ.get("KLUMME_ROOT") or _around(Path.cwd()) or home).expanduser().resolve()
    if chosen.exists() and not chosen.is_dir():
        raise InputError(f"The root {chosen} is a file.", "Name a directory with --root.")
    return Workspace(chosen, home)


def at_home(workspace: Workspace) -> Workspace:
    """Return a workspace that another machine sent, with this one's home in the place of what is not here."""
    home = workspace.home if _is_here(workspace.home) else find_home()
    return Workspace(workspace.root if _is_here(workspace.root) else home, home)


def _is_here(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:  # behind a folder that this user may not enter
        return False


def find_home() -> Path:
    """Find the folder that holds the project's codebook, sample and models.

    That is the checkout around the working directory, or the one klumme was installed from, or the copy in the wheel.
    """
    for candidate in (os.environ.get("KLUMME_HOME"), _around(Path.cwd()), _checkout(), _wheel()):
        if candidate and (Path(candidate) / "corpus" / "codebook.toml").exists():
            return Path(candidate).resolve()
    raise MissingError(
        "The codebook and the models of klumme are nowhere to be found.",
        "Run inside a checkout of the project, or name one in KLUMME_HOME.",
    )


def _around(place: Path) -> Path | None:
    return next((p for p in (place, *place.parents) if (p / "corpus" / "codebook.toml").exists()), None)


def _checkout() -> Path | None:
    """Read from the package's own record which checkout an editable install points at."""
    try:
        origin = json.loads(distribution("klumme").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        return None
    url = urlsplit(origin.get("url", ""))
    return Path(unquote(url.path)) if url.scheme == "file" else None


def _wheel() -> Path | None:
    share = files("klumme") / "share"
    return Path(str(share)) if share.is_dir() else None
