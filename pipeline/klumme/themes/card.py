"""The model card: what a model was made from, how well it does on which passages, and what it is not for."""

from collections.abc import Mapping, Sequence
from typing import Any

from klumme.themes.reasons import in_words

_HEAD = """# Theme model {version}

Tags a passage of Danish local-politics opinion writing with the themes of the codebook (version {codebook}).
Two linear members (tf-idf over lemmas, compound parts and characters; dense vectors of an encoder, where it has one)
fused and calibrated by Platt's method on passages that the members had not seen.

| | |
|---|---|
| trained | {trained} |
| labels | {passages} passages ({natural} of them from published or sample articles), hash `{labels}` |
| coders | {coders} |
| spaCy pipeline | `{pipeline}` |
| encoder | {encoder} |
| scikit-learn | {sklearn} |
| seed | {seed} |

"""
_LIMITS = """
## Limits

- Made for opinion pieces by local politicians. Other genres and older text give other figures; see the columns above.
- A share of tagged passages is not the share of passages with the theme: use `klumme share`, which corrects for errors.
- A model wants the scikit-learn it was trained with; another is accepted only when it computes the same probabilities.
- Labels are the judgement of the coders named above under one codebook; the agreement between them is the ceiling.
"""


def write_card(facts: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Return the model card in Markdown."""
    known = dict(facts) | {"coders": ", ".join(facts["coders"]) or "not named", "encoder": facts["encoder"] or "none"}
    sets = metrics.get("sets", {})
    parts = [_HEAD.format(**known), _lacking(facts.get("lacking", {})), _choice(metrics.get("choice", {}))]
    parts += [_table(name, found) for name, found in sets.items()]
    if "in_sample" in metrics:
        parts.append(_table("In-sample, for comparison: the first set again, learnt from", metrics["in_sample"]))
    if metrics.get("reasons"):
        parts.append(f"\n## Reasons\n\n{in_words(metrics['reasons'])}\n")
    return "".join(parts) + _LIMITS


def _lacking(lacking: Mapping[str, str]) -> str:
    lines = [f"- `{theme}` is not in this model: {why}.\n" for theme, why in lacking.items()]
    return "".join([*lines, "\n"]) if lines else ""


def _choice(known: Mapping[str, Any]) -> str:
    if not known:
        return ""
    tables = "\n".join(_rows_table(rows) for rows in (recipe_rows(known), nested_rows(known)))
    warning = "All labels took part in this choice, so that the figures below may flatter the model a little."
    return f"## Recipe\n\n{choice_in_words(known)}\n\n{tables}\n{warning}\n"


def choice_in_words(known: Mapping[str, Any]) -> str:
    """Say which recipe was chosen how, and whether choosing was worth it (`known` are the figures of a choice)."""
    _, low, high = known["nested"]["difference"]["ap"]
    verdict = "better than" if low > 0 else "worse than" if high < 0 else "not clearly different from"
    left_out = f" (not by {', '.join(known['unasked'])}, which too few authors have)" if known["unasked"] else ""
    return (
        f"The recipe is {recipe_in_words(known['recipe'])}: of {len(known['grid'])} the one with the highest mean "
        f"average precision over {len(known['themes'])} themes{left_out}, on authors left out. Choosing was judged on "
        f"{known['passages']} passages of {known['articles']} articles, in {len(known['parts'])} parts by authors who "
        f"took no part in the choice: it is {verdict} the fixed recipe."
    )


def recipe_in_words(strengths: Mapping[str, float]) -> str:
    """Name a recipe by the inverse strengths of its members."""
    return ", ".join(f"{name} C = {value:g}" for name, value in strengths.items())


def recipe_rows(known: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a row for each recipe of a choice: how good it is by all authors, and how many parts chose it."""
    return [
        {
            "recipe": recipe_in_words({name: row[name] for name in known["recipe"]}),
            "mean AP, all authors": f"{row['ap']:.4f}",
            "chosen by": f"{row['parts']} of {len(known['parts'])} parts",
        }
        for row in known["grid"]
    ]


_NESTED = {"ap": "mean AP [95 %]", "f1": "micro-F1 [95 %]"}


def nested_rows(known: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a row for choosing, one for the fixed recipe, and one for the difference, by authors who took no part."""
    fixed = f"the fixed recipe ({recipe_in_words(known['fixed'])})"
    names = {"chosen": "chosen, then fitted", "fixed": fixed, "difference": "difference"}
    return [
        {"": said} | {what: _nested(known["nested"][name][key], name) for key, what in _NESTED.items()}
        for name, said in names.items()
    ]


def _nested(figure: Sequence[float], name: str) -> str:
    value, low, high = (f"{number:{'+' if name == 'difference' else ''}.4f}" for number in figure)
    return f"{value} [{low}, {high}]"


def _rows_table(rows: Sequence[Mapping[str, str]]) -> str:
    lines = [rows[0].keys(), ["---"] * len(rows[0]), *(row.values() for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


_COLUMNS = ("precision", "recall", "f1", "ap", "brier", "ece")
_OF_POSITIVES = ("recall", "f1", "ap")


def _table(name: str, found: Mapping[str, Any]) -> str:
    rows = [("all themes, pooled", found["micro"]), *((theme, row) for theme, row in found["themes"].items())]
    head = f"\n## {name}: {found['passages']} passages of {found['articles']} articles\n\n"
    head += "| theme | n | precision | recall | F1 [95 %] | AP | Brier | ECE |\n|---|---|---|---|---|---|---|---|\n"
    return head + "".join(_row(label, row) for label, row in rows)


def _row(label: str, row: Mapping[str, Any]) -> str:
    silent = _OF_POSITIVES if row.get("positives") == 0 else ()  # nothing there that could be found
    cells = ["-" if name in silent else _number(row[name], with_interval=name == "f1") for name in _COLUMNS]
    return f"| {label} | {row.get('positives', '')} | {' | '.join(cells)} |\n"


def _number(figure: Sequence[float], *, with_interval: bool) -> str:
    value, low, high = figure
    return f"{value:.3f} [{low:.3f}, {high:.3f}]" if with_interval else f"{value:.3f}"
