"""The commented sample of the settings; made from the settings themselves, so never out of date."""

from __future__ import annotations

import dataclasses
import textwrap
from typing import Any

from flowtui.settings.config import BUILT_IN_CONTEXTS, Config
from flowtui.settings.kinds import Kind
from flowtui.settings.sections import Context

WIDTH = 88


def sample() -> str:
    """A TOML text with every option at its default, commented out, with meaning and form."""
    parts = [
        "# Settings of flowtui. A line such as #start = ... is a default: take the # away to\n"
        "# change it. Nothing here is needed.\n"
    ]
    for section in dataclasses.fields(Config):
        cls = section.metadata.get("section")
        if cls is not None:
            parts.append(_table(section.name, cls, cls()))
        elif section.name == "contexts":
            parts += [
                _table(f"contexts.{name}", Context, context, explained=name == "work")
                for name, context in BUILT_IN_CONTEXTS.items()
            ]
            parts.append("# Contexts of your own are written in the same way: [contexts.NAME]\n")
        elif section.name == "keys":
            parts.append('# Your own keys, one a line: action = "key". See: flowtui keys\n[keys]\n')
    return "\n".join(parts)


def in_force(config: Config) -> dict[str, object]:
    """Every setting with its value, as it would stand in the file."""
    found: dict[str, object] = {}
    for section in dataclasses.fields(Config):
        value = getattr(config, section.name)
        if section.metadata.get("section") is not None:
            found[section.name] = _values(value)
        elif section.name == "contexts":
            found[section.name] = {name: _values(context) for name, context in value.items()}
        else:
            found[section.name] = dict(value)
    return found


def _values(section: Any) -> dict[str, object]:
    return {
        one.name: one.metadata["kind"].write(getattr(section, one.name))
        for one in dataclasses.fields(section)
    }


def literal(value: object) -> str:
    """A value as TOML: str, bool, int, float, a list or a table of these."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k)} = {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, str):
        return f'"{"".join(map(_escaped, value))}"'
    return str(value)


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return f"\\u{ord(char):04x}" if ord(char) < 0x20 or ord(char) == 0x7F else char


def _table(name: str, cls: type[Any], values: object, explained: bool = True) -> str:
    about = (cls.__doc__ or "").strip().splitlines()[0]
    lines = [f"# {about}"] if explained else []
    lines.append(f"[{name}]")
    for one in dataclasses.fields(cls):
        kind: Kind[Any] = one.metadata["kind"]
        if explained:
            lines += ["", *_comment(one.metadata["help"]), *_comment(f"({kind.form})")]
        lines.append(f"#{one.name} = {literal(kind.write(getattr(values, one.name)))}")
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")
