"""No setting is there for show: each one is read by a part of the program that is not settings."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import flowtui
from flowtui.settings.config import Config
from flowtui.settings.sections import Context

SOURCE = Path(flowtui.__file__).parent


def attributes_read() -> set[str]:
    """Attributes that the program reads; of the settings' own modules, what a section asks itself.

    (`config.blocks.break_s(...)` is worked out from three settings by the section.)
    """
    names: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        own = path.is_relative_to(SOURCE / "settings")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
                continue
            if not own or (isinstance(node.value, ast.Name) and node.value.id == "self"):
                names.add(node.attr)
    return names


def settings() -> list[str]:
    """Every setting as `section.field`."""
    hints: dict[str, Any] = get_type_hints(Config)
    sections = {
        section.name: hints[section.name]
        for section in fields(Config)
        if is_dataclass(hints[section.name])
    }
    sections["contexts"] = Context
    return [f"{name}.{field.name}" for name, kind in sections.items() for field in fields(kind)]


READ = attributes_read()


@pytest.mark.parametrize("name", settings())
def test_a_setting_is_read_outside_of_the_settings(name: str) -> None:
    assert name.partition(".")[2] in READ


def test_there_are_settings_to_look_at() -> None:
    assert "display.unicode" in settings() and len(settings()) > 20
