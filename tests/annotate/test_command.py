from datetime import datetime

import pytest

from klumme.cli.main import run
from klumme.records import Article, Passage
from klumme.tables import Tables
from klumme.workspace import Workspace


@pytest.fixture
def root(tmp_path):
    at = datetime(2024, 1, 1)
    empty = {name: () if name in ("tags", "blocks") else "" for name in Article.__dataclass_fields__}
    article = Article(**(empty | {"id": "a", "url": "u", "published": at, "updated": at, "fetched_at": at}))
    passage = Passage("p", "a", 0, "paragraph", "Byrådet i Køge sover.")
    Tables(Workspace(tmp_path, tmp_path)).append({"passages": [passage], "articles": [article]})
    return tmp_path


def test_the_command_annotates_what_is_missing_and_says_so(root, capsys):
    assert run(["--root", str(root), "--quiet", "annotate", "--pipeline", "blank"]) == 0
    assert "annotate" in capsys.readouterr().out
    assert Tables(Workspace(root, root)).read("SELECT link_id FROM entities") == [{"link_id": "259"}]


def test_a_pipeline_that_is_not_there_ends_with_one_line_and_the_way_out(root, capsys):
    assert run(["--root", str(root), "--quiet", "annotate", "--pipeline", "da_nope"]) == 1
    assert capsys.readouterr().err.startswith("klumme: There is no spaCy pipeline 'da_nope'. Install it")
