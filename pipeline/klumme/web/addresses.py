"""The addresses of the pages, each with its question in it, so that every view can be bookmarked."""

from urllib.parse import quote, urlencode

MENU = (
    ("/soeg", "Søg"),
    ("/temaer", "Temaer"),
    ("/ord", "Ord"),
    ("/maerk", "Mærk"),
    ("/model", "Model"),
    ("/korpus", "Korpus"),
)


def address(path: str, **asked: object) -> str:
    """Return an address with those questions that have a value."""
    given = {key: value for key, value in asked.items() if value not in (None, "", 0, False)}
    return quote(path) + (f"?{urlencode(given)}" if given else "")
