"""The README's tables from the code: `python -m tests.readme_tables` writes them."""

from __future__ import annotations

from pathlib import Path

from flowtui.cli.app import COMMANDS
from flowtui.settings.actions import ACTIONS, PLACES, shown_keys

README = Path(__file__).parents[1] / "README.md"


def keys_table() -> str:
    """Every action, by the place where its key works."""
    lines = ["| where | key | id | what it does |", "|---|---|---|---|"]
    lines += [
        f"| {words} | `{shown_keys(action)}` | `{action.id}` | {action.help} |"
        for place, words in PLACES.items()
        for action in ACTIONS
        if action.place == place
    ]
    return "\n".join(lines)


def commands_table() -> str:
    """Every command with its one line of help."""
    lines = ["| command | what it does |", "|---|---|"]
    lines += [f"| `{name}` | {help} |" for name, (_, help) in COMMANDS.items()]
    return "\n".join(lines)


def filled(text: str) -> str:
    """The README's text with both tables as the code has them."""
    for name, table in (("keys", keys_table()), ("commands", commands_table())):
        before, _, rest = text.partition(f"<!-- {name} -->")
        _, _, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{after}"
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
