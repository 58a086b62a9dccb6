"""`make soak`: many mixed requests from several clients at once to a local server over a corpus (ROOT=folder of it).

First one client alone asks each kind of page, for times without a crowd; then all clients ask together, and the memory
of the server is read before, half-way and after. Times are what a client waits on loopback, the page with all its HTML
included. The server works on a copy of the labels beside the tables of the corpus, so that nothing of it is changed.
It ends as an error when a request fails or the memory grows.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median

import requests
from rich.console import Console
from rich.table import Table

from klumme.query.corpus import Corpus

ALONE = 30
# The memory may grow by so much from the middle to the end, in parts of a whole and in megabytes, and still be flat.
GROWTH, SLACK = 0.10, 40
GOALS = {"search": 300, "label to next": 100}
SERVE = "from klumme.cli.main import main; main()"
KINDS = (
    ("search", 6),
    ("search in a theme", 3),
    ("second page", 1),
    ("words in context", 2),
    ("count a word", 1),
    ("read an article", 4),
    ("themes", 1),
    ("one theme", 2),
    ("label to next", 4),
    ("model", 1),
    ("corpus", 1),
    ("export", 1),
)
TURN = [kind for kind, times in KINDS for _ in range(times)]


def main():
    """Serve, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path())
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the server is stopped too
    with tempfile.TemporaryDirectory() as folder:
        root = _beside(options.root.resolve(), Path(folder))
        asked, themes = _questions(root)
        with _served(root) as (address, server):
            clients = [Client(address, f"soak-{n}", asked, themes) for n in range(options.clients)]
            _print("One client alone", _alone(clients[0]))
            sys.exit(_soak(clients, options.requests, server))


def _beside(root, folder):
    """Lay out a corpus that has the tables of another, and labels of its own."""
    (folder / "corpus").mkdir()
    for name in ("klumme.toml", "models", "corpus/tables", "corpus/raw", "corpus/sources", "corpus/codebook.toml"):
        if (root / name).exists():
            (folder / name).symlink_to(root / name)
    if (root / "corpus" / "labels").exists():
        shutil.copytree(root / "corpus" / "labels", folder / "corpus" / "labels")
    return folder


def _questions(root):
    """Return words of middling frequency, and the themes."""
    with Corpus(root) as corpus:
        rows = corpus.store.read("SELECT lemma FROM lemmas GROUP BY lemma ORDER BY sum(n) DESC LIMIT 1500")
        themes = corpus.store.read("SELECT DISTINCT theme FROM theme ORDER BY theme")
    return [row["lemma"] for row in rows if row["lemma"].isalnum()][50:], [row["theme"] for row in themes]


@contextmanager
def _served(root):
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, "--root", str(root), "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        address = next(word for word in server.stdout.readline().split() if word.startswith("http://127.0.0.1"))
        yield address.rstrip("/"), server
    finally:
        server.terminate()
        server.wait(30)


class Client:
    """One reader with a browser of its own, who asks other words than the others and labels as a coder of their own."""

    def __init__(self, address, name, words, themes):
        self.address, self.name, self.words, self.themes = address, name, words, themes
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy between two programs of one machine
        self.number, self.proof, self.card, self.read = hash_of(name), "", None, ""

    def ask(self, kind):
        """Ask one thing; returns the seconds it took, or raises for what is no answer."""
        self.number += 1
        word, theme = self.words[self.number * 7 % len(self.words)], self.themes[self.number % len(self.themes)]
        if kind == "label to next":
            return self._label()
        paths = {
            "search": f"/soeg?q={word}",
            "search in a theme": f"/soeg?q={word} tema:{theme}",
            "second page": f"/soeg.json?q=tema:{theme}&side=2",
            "words in context": f"/soeg?q={word}&vis=kwic&sorter=right",
            "count a word": f"/ord?ord={word}",
            "read an article": f"/laes/{self.read or self._some_article()}",
            "themes": f"/temaer?kort={theme}",
            "one theme": f"/temaer/{theme}",
            "model": "/model",
            "corpus": "/korpus",
            "export": f"/soeg.csv?q={word} tema:{theme}",
        }
        if kind == "read an article":
            self.read = ""
        return self._get(paths[kind]).elapsed.total_seconds()

    def _get(self, path):
        return self._sure(self.session.get(self.address + path, timeout=120))

    def _sure(self, answer):
        assert answer.status_code == 200, f"{answer.status_code} {answer.url}: {answer.text[:200]}"
        assert answer.content
        return answer

    def _some_article(self):
        hits = self._get(f"/soeg.json?q=tema:{self.themes[self.number % len(self.themes)]}").json()["hits"]
        return hits[self.number % len(hits)]["article_id"]

    def _label(self):
        """Answer for the passage at hand; the time is that until the next one is here."""
        who = {"koder": self.name, "fane": self.name}
        if self.card is None:
            self.proof = self._get("/model").text.split('name="bevis" content="')[1].split('"')[0]
            self.card = self._sure(self.session.get(f"{self.address}/maerk.json", params=who, timeout=120)).json()[
                "card"
            ]
        answers = {f"svar:{theme['id']}": "nej" for theme in self.card["themes"]}
        answer = self._sure(
            self.session.post(
                f"{self.address}/maerk",
                data=who | {"afsnit": self.card["passage"]} | answers,
                headers={"accept": "application/json", "x-klumme-bevis": self.proof},
                timeout=120,
            )
        )
        assert answer.json()["passage"] == self.card["passage"]
        self.card = answer.json()["card"]
        return answer.elapsed.total_seconds()


def hash_of(name):
    """Return a number of one's own for each client, the same in every run."""
    return 1000 * int(name.split("-")[1])


def _alone(client):
    """Ask each kind some times; the first of each makes what later ones find made, and does not count."""
    times = {}
    for kind, _ in KINDS:
        client.ask(kind)
        times[kind] = [client.ask(kind) for _ in range(ALONE if kind in GOALS else 5)]
    return times


def _soak(clients, total, server):
    """Let all clients ask at once; returns 1 when something failed or memory grew, else 0."""
    times, errors, memory = defaultdict(list), [], [_memory(server)]
    began = time.monotonic()
    for half in range(2):
        with ThreadPoolExecutor(len(clients)) as pool:
            jobs = [pool.submit(_stint, client, half, total // len(clients) // 2) for client in clients]
            for told, failed in (job.result() for job in jobs):
                errors += failed
                for kind, seconds in told:
                    times[kind].append(seconds)
        memory.append(_memory(server))
    asked = sum(map(len, times.values())) + len(errors)
    _print(f"{asked} requests from {len(clients)} clients in {time.monotonic() - began:.0f} s", times)
    start, middle, end = memory
    grown = end > middle * (1 + GROWTH) and end > middle + SLACK
    verdict = "it grows" if grown else "flat"
    print(f"Errors: {len(errors)}. Memory at start, middle, end: {start:.0f}, {middle:.0f}, {end:.0f} MB: {verdict}.")  # noqa: T201
    for error in errors[:5]:
        print(f"  {error}")  # noqa: T201
    return int(bool(errors) or grown)


def _stint(client, half, count):
    """Ask one half of a client's requests, each client beginning at another kind."""
    told, failed = [], []
    first = half * count + client.number
    for kind in islice((TURN[(first + n) * 11 % len(TURN)] for n in range(count)), count):
        try:
            told.append((kind, client.ask(kind)))
        except Exception as error:  # noqa: BLE001 what went wrong is counted and shown
            failed.append(f"{kind}: {error}")
    return told, failed


def _memory(server):
    """Return the resident memory of the server in megabytes, 0 when it has died."""
    lines = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0) / 1024


def _print(title, times):
    table = Table(title=title, title_justify="left")
    for name in ("request", "times", "median ms", "p95 ms", "goal ms"):
        table.add_column(name, justify="left" if name == "request" else "right")
    every = [one for found in times.values() for one in found]
    for kind, found in [*times.items(), ("all", every)]:
        goal = str(GOALS.get(kind, "")) if "alone" in title else ""
        table.add_row(kind, str(len(found)), f"{1000 * median(found):.0f}", f"{1000 * _p95(found):.0f}", goal)
    Console(width=100).print(table)


def _p95(found):
    return sorted(found)[min(len(found) - 1, int(0.95 * len(found)))]


if __name__ == "__main__":
    main()
