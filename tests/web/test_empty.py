"""A corpus without anything in it still has all its pages, and they say what to do."""

import pytest
from starlette.testclient import TestClient

from klumme.cli.serve import make_room
from klumme.cli.session import Session
from klumme.web.app import make_app


@pytest.mark.parametrize("path", ["/soeg", "/ord", "/maerk", "/model", "/korpus"])
def test_pages_of_an_empty_corpus_open(tmp_path, path):
    with TestClient(make_app(make_room(Session(str(tmp_path), True))), base_url="http://localhost") as client:
        assert client.get(path).status_code == 200


def test_an_empty_corpus_says_where_to_fill_it(tmp_path):
    with TestClient(make_app(make_room(Session(str(tmp_path), True))), base_url="http://localhost") as client:
        assert client.get("/soeg.json").json()["empty"]["way_out"].endswith("på siden Korpus.")
        assert client.get("/temaer.json").json()["error"]["status"] == 404
        assert client.get("/ord.json?ord=skole").json()["error"]["way_out"].endswith("på siden Korpus.")
