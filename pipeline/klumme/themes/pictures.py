"""Pictures of an evaluation as SVG: precision against recall, the reliability diagram, the learning curve."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from klumme.themes.evaluate import Result
from klumme.themes.measure import BINS, Array
from klumme.themes.registry import write

WIDTH, HEIGHT = 380, 300


def draw(results: Sequence[Result], curve: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write one picture for each kind and set, and return their paths."""
    import altair as alt

    made = []
    for name in dict.fromkeys(result.set for result in results):
        mine = [result for result in results if result.set == name]
        stem = "".join(c if c.isalnum() else "-" for c in name)
        made.append(_save(alt, _precision_recall(alt, mine, name), folder / f"precision-recall-{stem}.svg"))
        made.append(_save(alt, _reliability(alt, mine[-1], name), folder / f"reliability-{stem}.svg"))
    if curve:
        made.append(_save(alt, _learning(alt, curve), folder / "learning-curve.svg"))
    return made


def _save(alt: Any, chart: Any, path: Path) -> Path:
    import vl_convert

    alt.data_transformers.disable_max_rows()
    write(path, vl_convert.vegalite_to_svg(chart.properties(width=WIDTH, height=HEIGHT).to_json()))
    return path


def _precision_recall(alt: Any, results: Sequence[Result], name: str) -> Any:
    rows = [
        {"system": result.system, "recall": float(r), "precision": float(p)}
        for result in results
        if result.system != "nothing"
        for r, p in precision_recall(*result.judged.pooled()[:2])
    ]
    return (
        alt.Chart(alt.Data(values=rows), title=f"Precision against recall, all themes: {name}")
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("recall:Q", title="recall", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("precision:Q", title="precision", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("system:N", title="system"),
            order="recall:Q",
        )
    )


def precision_recall(y: Array, p: Array, points: int = 200) -> list[tuple[float, float]]:
    """Return points (recall, precision) from the surest decision to the least sure; equal probabilities go together."""
    order = np.argsort(-p, kind="stable")
    last = np.flatnonzero(np.diff(p[order], append=-1.0))
    hits, found = np.cumsum(y[order])[last], last + 1
    chosen = np.unique(np.linspace(0, len(last) - 1, min(points, len(last))).astype(int))
    return [(float(hits[k] / max(y.sum(), 1)), float(hits[k] / found[k])) for k in chosen]


def _reliability(alt: Any, result: Result, name: str) -> Any:
    rows = reliability(*result.judged.pooled()[:2])
    x = alt.X("said:Q", title="mean probability", scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("held:Q", title="share that has the theme", scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(alt.Data(values=rows), title=f"Reliability, {result.system}: {name}")
    whole = alt.Chart(alt.Data(values=[{"a": 0}, {"a": 1}])).mark_line(strokeDash=[4, 4], color="grey")
    points = base.mark_circle(color="#1f5f8b").encode(x=x, y=y, size=alt.Size("decisions:Q", title="decisions"))
    return whole.encode(x="a:Q", y="a:Q") + points + base.mark_line(color="#1f5f8b").encode(x=x, y=y)


def reliability(y: Array, p: Array) -> list[dict[str, float]]:
    """Return, for each bin of probability that holds any, the mean probability, the share of yeses and their number."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    found = [bins == number for number in range(BINS) if (bins == number).any()]
    return [{"said": float(p[b].mean()), "held": float(y[b].mean()), "decisions": int(b.sum())} for b in found]


def _learning(alt: Any, curve: Sequence[Mapping[str, Any]]) -> Any:
    rows = [
        {"passages": point["passages"], "measure": label, "value": value, "low": low, "high": high}
        for point in curve
        for label, (value, low, high) in (("micro-F1", point["f1"]), ("mean average precision", point["ap"]))
    ]
    base = alt.Chart(alt.Data(values=rows), title="Learning curve: held-out authors").encode(
        x=alt.X("passages:Q", title="labelled passages"), color=alt.Color("measure:N", title="")
    )
    band = base.mark_area(opacity=0.2).encode(y=alt.Y("low:Q", title="", scale=alt.Scale(domain=[0, 1])), y2="high:Q")
    return band + base.mark_line(point=True).encode(y="value:Q")
