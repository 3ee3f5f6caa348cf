"""Names are nouns and verbs: a bare participle does not say what a thing is.

Counted over every name that the program binds: variables, parameters, attributes, functions and
classes. A participle beside a noun (`planned_s`, `ended_at`) is fine; alone it is not.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import flowtui

SOURCE = Path(flowtui.__file__).parent
AIM = 0.01
"""Share of all bindings that is the aim; well-named programs have 0.0 to 0.6 %."""
MOST = 0.086
"""The share of today. It may only be made smaller: lower it with every room that is renamed."""
IRREGULAR = frozenset(
    """
    found seen told kept known said left held given taken shown done made gone drawn written chosen
    begun broken built bought brought caught dealt driven eaten fallen felt forgotten frozen got
    grown heard hidden hurt laid led lent lost meant met paid risen sent shut slept spoken spent
    stolen struck taught thrown understood won worn
    """.split()  # noqa: SIM905 - a list of words is read, not a list of literals
)
NOUNS = frozenset({"bed", "deed", "embed", "feed", "need", "seed", "speed", "exceed", "shed"})
DOMAIN = frozenset({"finished", "crashed", "stopped", "stalled", "skipped"})
"""Words of the contract: states of runs and of answers, as they stand in JSON."""


def is_participle(name: str) -> bool:
    """True for one bare participle, whatever its underscores and capitals."""
    word = name.strip("_").lower()
    if not word.isalpha() or word in NOUNS | DOMAIN:
        return False
    return word in IRREGULAR or (word.endswith("ed") and len(word) > 4)


def bindings(tree: ast.AST) -> Iterator[str]:
    """Every name that a module binds, each time it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def test_participles_are_told_from_nouns() -> None:
    for name in ("found", "_kept", "Declared", "planned"):
        assert is_participle(name)
    for name in ("seed", "planned_s", "ended_at", "match", "speed", "id"):
        assert not is_participle(name)


def test_names_are_nouns_and_verbs() -> None:
    counts: Counter[str] = Counter()
    places: Counter[str] = Counter()
    total = 0
    for path in SOURCE.rglob("*.py"):
        for name in bindings(ast.parse(path.read_text(encoding="utf-8"))):
            total += 1
            if is_participle(name):
                counts[name] += 1
                places[str(path.relative_to(SOURCE))] += 1

    share = counts.total() / total
    worst = f"{counts.most_common(10)}; {places.most_common(10)}"
    assert AIM <= share <= MOST, f"{counts.total()} of {total} bindings, {share:.1%}: {worst}"
