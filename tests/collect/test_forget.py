import json

import pytest
from warcio.archiveiterator import ArchiveIterator

from klumme.collect.archive import read_body
from klumme.collect.forget import forget
from klumme.collect.redact import redact
from klumme.errors import MissingError, StorageError
from klumme.records import Passage
from klumme.tables import Tables


def _article(page, author, number, **more):
    row = {"id": f"art{number}", "url": page.url, "source": "proeve", "title": "Titel", "author": author, "tags": [],
           "blocks": [], "page_sha256": page.sha256, "fetched_at": page.fetched_at, "duplicate_of": ""}  # fmt: skip
    return {**row, **more}


@pytest.fixture
def corpus(site, collector):
    """Three pieces, two of them by Nis Ravn and one of those under a second address, with rows in every room."""
    site.routes["/gammel"] = (301, {"Location": "/nis-1"}, b"")
    site.page("/", '<article><a href="/gammel">Nis Ravn 1</a></article><article><a href="/nis-2">2</a></article>')
    site.page("/", site.routes["/"][2] + b'<article><a href="/alma-1">3</a></article><a class="next" href="/side2">')
    site.page("/side2", '<article><a href="/alma-1">3</a></article>')
    site.page("/nis-1", "<p>Af Nis Ravn" + "x" * 2000)
    site.page("/nis-2", "<p>Af Nis Ravn igen")
    site.page("/alma-1", "<p>Af Alma")
    collector.run()
    pages = {page.url.rpartition("/")[2]: page for page in collector.pages()}
    tables = Tables(collector.workspace)
    articles = [
        _article(pages["nis-1"], "Nis Ravn", 1),
        _article(pages["nis-2"], "NIS RAVN", 2),
        _article(pages["alma-1"], "Alma Holm", 3),
        _article(pages["alma-1"], "", 4, url="https://andre.dk/kopi", page_sha256="", duplicate_of="art1"),
    ]
    passages = [Passage(f"p{n}", f"art{n}", 0, "paragraph", "Skolen") for n in (1, 2, 3, 4)]
    tables.append({"passages": passages, "articles": articles})
    tables.append({"annotations": [{"passage_id": f"p{n}", "tokens": 1, "sentences": 1} for n in (1, 3)]}, "v1")
    tables.append(
        {"theme_scores": [{"passage_id": f"p{n}", "theme": "t", "p": 1.0, "tagged": True} for n in (2, 3)]}, "m1"
    )
    for folder in (collector.workspace.labels, collector.workspace.evidence):
        folder.mkdir(parents=True)
        lines = "".join(json.dumps({"passage_id": f"p{n}", "coder": "mig"}) + "\n" for n in (1, 2, 3))
        (folder / "mig.jsonl").write_text(lines)
    return collector


def _all_bytes(workspace):
    """Everything that is in the archive, unpacked."""
    out = b""
    for path in workspace.raw.iterdir():
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                out += str(record.rec_headers).encode() + record.content_stream().read()
    return out


def test_nothing_of_an_author_is_left_and_all_of_the_others_is(corpus):
    report = forget(corpus.workspace, author="nis ravn")
    folders = corpus.workspace.labels, corpus.workspace.evidence
    labels, evidence = ((folder / "mig.jsonl").read_text() for folder in folders)
    tables = Tables(corpus.workspace)
    assert [row["id"] for row in tables.read("SELECT id FROM articles")] == ["art3"]
    assert [row["id"] for row in tables.read("SELECT id FROM passages")] == ["p3"]
    assert corpus.kept() == ["/alma-1"]
    assert not set(corpus.permissions()) & {"/nis-1", "/nis-2"}
    for version in ("annotations/v1", "theme_scores/m1"):
        with tables.connect() as connection:
            rows = connection.execute(f"SELECT passage_id FROM '{tables.folder}/{version}/*.parquet'").fetchall()
        assert rows == [("p3",)]
    assert [json.loads(line)["passage_id"] for line in labels.splitlines()] == ["p3"]
    assert evidence == labels
    raw = _all_bytes(corpus.workspace)
    assert b"nis-" not in raw
    assert b"Nis Ravn" not in raw
    assert (report.counts["labels"], report.counts["evidence"]) == (2, 2)


def test_a_label_that_stays_stays_byte_for_byte(corpus):
    path = corpus.workspace.labels / "mig.jsonl"
    gone, kept = (f'{{"coder": "m\u2028ig\x85", "passage_id": "{name}"}}\r\n' for name in ("p1", "p3"))
    path.write_bytes((gone + kept + kept[:20]).encode())
    forget(corpus.workspace, author="nis ravn")
    assert path.read_bytes() == (kept + kept[:20]).encode()


def test_what_stays_is_read_from_where_it_was(corpus):
    forget(corpus.workspace, author="Nis Ravn")
    (page,) = corpus.pages()
    assert b"Af Alma" in read_body(corpus.workspace.raw, page)


def test_one_piece_is_forgotten_by_its_address(corpus):
    forget(corpus.workspace, url=f"{corpus.site.base}/nis-2")
    assert corpus.kept() == ["/alma-1", "/nis-1"]


def test_what_was_forgotten_is_never_collected_again_under_any_of_its_addresses(corpus):
    forget(corpus.workspace, author="Nis Ravn")
    corpus.site.requests.clear()
    report = corpus.run()
    assert {path for path, _ in corpus.site.requests} == {"/robots.txt", "/.well-known/tdmrep.json", "/", "/side2"}
    assert report.skipped == {"forgotten": 2}
    assert "nis" not in corpus.workspace.forgotten.read_text()


def test_the_archive_stays_whole_for_every_reader(corpus):
    from warcio.cli import main

    forget(corpus.workspace, author="Nis Ravn")
    with pytest.raises(SystemExit) as end:
        main(["check", *[str(path) for path in corpus.workspace.raw.iterdir()]])
    assert end.value.code == 0
    corpus.run()
    assert corpus.kept() == ["/alma-1"]


def test_who_wrote_nothing_is_not_found(corpus):
    with pytest.raises(MissingError, match="There is no piece of 'Ingen'"):
        forget(corpus.workspace, author="Ingen")


def test_forgetting_again_after_a_stop_in_the_middle_finds_the_rest(corpus, monkeypatch):
    def stop(path, pieces):
        raise StorageError("The disk is full.", "Free some space.")

    with monkeypatch.context() as patch:
        patch.setattr("klumme.collect.forget._drop_rows", stop)
        with pytest.raises(StorageError):
            forget(corpus.workspace, author="Nis Ravn")
    forget(corpus.workspace, author="Nis Ravn")
    assert corpus.kept() == ["/alma-1"]
    assert b"nis-" not in _all_bytes(corpus.workspace)


def test_a_record_that_goes_leaves_all_others_at_their_place(corpus):
    (path,) = corpus.workspace.raw.iterdir()
    size = path.stat().st_size
    assert redact(path, lambda record, body: record.rec_type == "request") > 5
    assert path.stat().st_size == size
    with path.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert "request" not in kinds
    assert kinds.count("metadata") > 5
    for page in corpus.pages():
        assert read_body(corpus.workspace.raw, page)


def test_a_damaged_archive_is_not_touched(corpus):
    (path,) = corpus.workspace.raw.iterdir()
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"????" + content[104:])
    damaged = path.read_bytes()
    with pytest.raises(StorageError, match="damaged"):
        redact(path, lambda record, body: True)
    assert path.read_bytes() == damaged
