"""A corpus of forty invented columns with a model trained on them, built once, and copied for tests that write."""

import json
import random
import shutil
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from klumme.cli.serve import make_room
from klumme.cli.session import Session
from klumme.extract.added import add_files
from klumme.records import Label
from klumme.tables import Tables
from klumme.themes.encoder import HALF, Vectors
from klumme.themes.labels import append_labels, make_label, moment, text_hash
from klumme.themes.passages import known_passages
from klumme.themes.retrain import retrain
from klumme.web.app import make_app
from klumme.web.safety import Guard

# `chromium.py` beside this file is shared with the script that takes the screenshots.
sys.path.insert(0, str(Path(__file__).parent))

CODEBOOK = """
version = 3
[rules]
da = ["Ét afsnit ad gangen."]
[[theme]]
id = "ejerskab"
core = true
da = "Ejerskab"
en = "Ownership"
definition_da = "Byrådet tager sagen på sig."
in = ["byrådet viser vilje"]
out = ["at være for eller imod"]
example_da = "Byrådet tog sagen på sig."
keywords = ["byrådet", "vilje"]
[[theme]]
id = "penge"
da = "Penge"
en = "Money"
definition_da = "Penge i en fælles opgave."
keywords = ["kroner", "budget"]
"""
OPENINGS = ["I går", "Sidste år", "I marts", "Her hos os", "Efter mødet", "Som altid", "I sommer", "På torvet"]
ENDS = ["sagde min nabo", "står der i avisen", "og det regnede", "ved kaffen", "mens hunden gøede", "klokken syv"]
PARTS = {
    "ejerskab": ["tog byrådet sagen på sig", "viste udvalget vilje", "stod byrådet bag lederen"],
    "penge": ["manglede der fem millioner kroner", "blev budgettet skåret", "kostede skolen tolv kroner"],
    "": ["sang solsorten på taget", "cyklede børnene hjem", "var der boller til alle", "faldt der et æble ned"],
}
PLACES = [("Køge", "A"), ("Aarhus", "V"), ("Thisted", "C"), ("Vejle", "A")]
HOSTILE = "<script>document.title='overtaget'</script><img src=x onerror=alert(1)>"


def invent(chance):
    themes = [theme for theme in ("ejerskab", "penge") if chance.random() < 0.35]
    said = [chance.choice(PARTS[theme]) for theme in themes] or [chance.choice(PARTS[""])]
    text = ". ".join(f"{chance.choice(OPENINGS)} {part} {chance.choice(ENDS)}" for part in said)
    return f"{text} nummer {chance.randint(1, 10**6)}."


def columns(chance):
    for n in range(40):
        place, party = PLACES[n % 4]
        yield {
            "title": HOSTILE if n == 7 else f"Klumme nummer {n}",
            "text": "\n\n".join([*(invent(chance) for _ in range(3)), f"Slut {HOSTILE} her." if n == 7 else "Slut."]),
            "author": f"Forfatter {n % 10}",
            "party": party,
            "municipality": place,
            "published": f"{2019 + n % 5}-03-{n % 28 + 1:02}",
            "url": f"https://avis.example/{n}",
        }


def truth(text):
    themes = {"ejerskab": ("byrådet", "udvalget"), "penge": ("kroner", "budgettet")}
    return {theme: any(word in text for word in words) for theme, words in themes.items()}


def label(passage, coder, **more):
    given = {"address": passage.address, "text_sha256": text_hash(passage.text), "codebook": 3, "origin": "coder"}
    at = moment("2025-01-01T10:00:00")
    return make_label(Label(passage_id=passage.id, coder=coder, at=at, themes=truth(passage.text), **given, **more))


class Reader:
    """Stands in for the encoder: a text is as much about councils and money as it has these words."""

    name = "reader-1"

    def encode(self, texts, progress=None, look=None):
        themes = (("byrådet", "udvalget"), ("kroner", "budgettet"))
        counts = np.array([[*(sum(map(text.count, words)) for words in themes), 0.1] for text in texts])
        meaning = (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)
        return Vectors(meaning, meaning)


def give_vectors(workspace):
    known = known_passages(workspace)
    made = Reader().encode([passage.text for passage in known]).meaning.astype(HALF)
    rows = [
        {"passage_id": passage.id, "themes": b"", "meaning": row.tobytes()}
        for passage, row in zip(known, made, strict=True)
    ]
    tables = Tables(workspace)
    tables.append({"vectors": rows}, Reader.name)
    tables.set_versions({"vectors": Reader.name})


@pytest.fixture
def reader(monkeypatch):
    """An encoder for texts, where none is installed."""
    monkeypatch.setattr("klumme.query.likeness.open_encoder", lambda workspace: Reader())


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of the corpus: only read it."""
    root = tmp_path_factory.mktemp("web")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KLUMME_HOME", str(root))
        (root / "corpus" / "sample" / "articles").mkdir(parents=True)
        (root / "corpus" / "sources").mkdir()
        (root / "corpus" / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
        (root / "klumme.toml").write_text('[annotate]\npipeline = "blank"\n', encoding="utf-8")
        lines = [json.dumps(row, ensure_ascii=False) for row in columns(random.Random(3))]
        (root / "klummer.jsonl").write_text("\n".join(lines), encoding="utf-8")
        room = make_room(Session(str(root), True))
        add_files(room.workspace, [root / "klummer.jsonl"])
        labelled = [p for p in known_passages(room.workspace) if int(p.address.split("/")[-1].split("#")[0]) < 36]
        append_labels(room.workspace.labels, [label(p, "anna") for p in labelled])
        append_labels(room.workspace.labels, [label(p, "bo") for p in labelled[:40]])
        retrain(room.workspace, room.settings)
        give_vectors(room.workspace)
        room.work.process(lambda items, _total, _what: iter(items))
    return root


@pytest.fixture
def root(built, tmp_path, monkeypatch):
    """A copy of the corpus that a test may change."""
    copy = tmp_path / "corpus-copy"
    shutil.copytree(built, copy)
    monkeypatch.setenv("KLUMME_HOME", str(copy))
    return copy


@pytest.fixture
def room(root):
    room = make_room(Session(str(root), True))
    yield room
    room.jobs.wait()
    room.close()


class Browser:
    """A client that writes as the pages do: with the cookie and the proof of a page it has seen."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **more):
        return self.client.get(path, **more)

    def json(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def proof(self):
        return self.client.get("/model").text.split('name="bevis" content="')[1].split('"')[0]

    def post(self, path, data=None, **more):
        headers = {"accept": "application/json", "x-klumme-bevis": self.proof} | more.pop("headers", {})
        return self.client.post(path, data=data or {}, headers=headers, follow_redirects=False, **more)


@contextmanager
def opened(room, guard=None, host="127.0.0.1"):
    with TestClient(make_app(room, guard), base_url=f"http://{host}", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(room):
    with opened(room) as client:
        yield client


@pytest.fixture
def browser(client):
    return Browser(client)


@pytest.fixture
def stranger(room):
    """A client of a server that listens beyond loopback and demands a token."""
    with opened(room, Guard("0.0.0.0", "hemmelig"), "192.0.2.7") as client:  # noqa: S104
        yield client


@pytest.fixture
def shared(built, monkeypatch):
    """A browser over the corpus that is only read."""
    monkeypatch.setenv("KLUMME_HOME", str(built))
    room = make_room(Session(str(built), True))
    with opened(room) as client:
        yield Browser(client)


@pytest.fixture
def visit():
    """A function that opens a browser over the corpus in any folder."""
    with ExitStack() as rooms:
        yield lambda root: Browser(rooms.enter_context(opened(make_room(Session(str(root), True)))))


@pytest.fixture
def tables(room):
    return Tables(room.workspace)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    from chromium import started

    with started(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


@pytest.fixture(scope="module")
def home(built, tmp_path_factory):
    """The folder of a corpus that the tests of a file change one after the other."""
    copy = tmp_path_factory.mktemp("browser") / "corpus"
    shutil.copytree(built, copy)
    return copy


@pytest.fixture
def page(chromium, home, monkeypatch):
    """A browser at a server over the corpus; no test may leave an error behind or send a request elsewhere."""
    from chromium import Page, serving

    monkeypatch.setenv("KLUMME_HOME", str(home))
    with serving(home) as address:
        page = Page(chromium, address)
        page.forget()
        yield page
        assert page.complaints() == []
        assert page.hosts() <= {"127.0.0.1"}
