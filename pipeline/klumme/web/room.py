"""What every page stands on: the corpus, its settings, the work that runs behind the pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from klumme.query.corpus import Corpus
from klumme.query.store import Store
from klumme.records import Label
from klumme.report import Progress, Report
from klumme.settings import Settings
from klumme.themes.census import Told, take_census
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.keeping import all_labels
from klumme.themes.labels import in_force
from klumme.web.jobs import Jobs
from klumme.web.memory import Memory, State, stamp
from klumme.web.queues import Queues
from klumme.workspace import Workspace

T = TypeVar("T")

# What took a second to make is kept for so many seconds although labels have come.
PATIENCE = 20.0

Asked: TypeAlias = dict[str, str]
Data: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """The long work that the command line lends the pages: collect one source, and do the later stages."""

    collect: Callable[[str, Progress], Report]
    process: Callable[[Progress], Sequence[Report]]


@dataclass
class Room:
    """One corpus behind the pages."""

    workspace: Workspace
    settings: Settings
    work: Work
    jobs: Jobs = field(default_factory=Jobs)

    def __post_init__(self) -> None:
        self.corpus = Corpus(self.workspace.root)
        self.queues = Queues(self.workspace)
        self._memory = Memory()

    @property
    def store(self) -> Store:
        """The open corpus, for questions in SQL."""
        return self.corpus.store

    @property
    def codebook(self) -> Codebook:
        """The codebook as it stands on disk now."""
        return load_codebook(self.workspace.codebook)

    @property
    def labels(self) -> dict[str, str]:
        """The Danish label of each theme."""
        return {theme.id: theme.da for theme in self.codebook.themes}

    @property
    def said(self) -> list[Label]:
        """What every coder last said, read anew when a label was added."""
        return self._memory.recall("said", self._state(), lambda: in_force(all_labels(self.workspace)))

    @property
    def census(self) -> dict[str, Told]:
        """What labels say of the passages of the corpus; labels of the last moments may be missing."""
        return self.recall("census", lambda: take_census(self.workspace))

    def recall(self, name: str, make: Callable[[], T]) -> T:
        """Return what was made under this name, and make it anew when corpus, labels or model have changed since.

        What is slow to make may miss the labels of the last moments, so that labelling keeps no page waiting.
        """
        return self._memory.recall(name, self._state(), make, patience=PATIENCE)

    def _state(self) -> State:
        tables, themes = self.workspace.tables, self.workspace.themes
        labels = [path for folder in self.workspace.label_folders for path in sorted(folder.glob("*.jsonl"))]
        ground = [self.workspace.codebook, themes / "current", tables / "current.json", *sorted(tables.glob("*/"))]
        return State(stamp(ground), stamp(labels))

    def close(self) -> None:
        """Let go of the corpus."""
        self.corpus.close()
