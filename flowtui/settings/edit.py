"""Changes one setting in the user's file; comments, order and all else stay as they were."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.settings.config import parse
from flowtui.settings.problems import Problem


def set_value(file: Path, key: str, value: object) -> None:
    """Write the setting `key` (dotted, such as `display.theme`) into `file`; None removes it.

    `value` is as it would stand in TOML: str, bool, int, float or a list of these. It is checked
    before anything is written, and the file is replaced as a whole, through a symbolic link if it
    is one. The folder and the file are made if they are missing.

    Raises:
        UsageError: no such setting, or a value that it cannot have.
        FlowError: the file is not TOML, or cannot be written. It is as it was.
    """
    target = _target(file)
    for _ in range(3):
        old = _text(target)
        new = _changed(old, key, value, file)
        if new == old:
            return
        if _text(target) == old:
            _replace(target, new)
            return
    raise FlowError(f"{file} is being changed by another program", "Try again.")


def begin_file(file: Path) -> None:
    """Make a settings file that changes nothing, where there is none. Raises FlowError."""
    if not file.exists():
        _replace(_target(file), "# all there is: flowtui config --sample\n")


def _target(file: Path) -> Path:
    """The file behind any links, so that a link into a folder of dotfiles stays one."""
    try:
        return file.resolve()
    except (OSError, RuntimeError) as error:
        raise FlowError(f"cannot write {file}: {error}", "See where its links lead.") from error


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise FlowError(f"cannot read {file}: {error}", "Nothing was changed.") from error


def _changed(old: str, key: str, value: object, file: Path) -> str:
    """The text with the new value, proved to differ from `old` in that value alone."""
    import tomlkit
    import tomlkit.exceptions

    section, _, name = key.rpartition(".")
    if not section or not name:
        raise UsageError(f"{key!r} is not a setting", "Write it as section.name: display.theme")
    try:
        body = old.removeprefix("\ufeff")
        before = tomllib.loads(body)
        document = tomlkit.parse(body)
    except (ValueError, RecursionError) as error:
        raise FlowError(
            f"{file} is not TOML: {error}", "Mend it first; it was left alone."
        ) from error
    _check(section, name, value, file)
    try:
        _put(document, [*section.split("."), name], value)
        new = tomlkit.dumps(document)
        proved = tomllib.loads(new) == _expected(before, [*section.split("."), name], value)
    except (tomlkit.exceptions.TOMLKitError, ValueError, TypeError, KeyError) as error:
        raise FlowError(f"cannot set {key} in {file}: {error}", "Write it by hand.") from error
    if not proved:
        raise FlowError(f"cannot set {key} in {file} without touching more", "Write it by hand.")
    return new


def _check(section: str, name: str, value: object, file: Path) -> None:
    """Refuse what reading the file would complain about, in its words."""
    if value is None:
        return
    alone: Any = {name: value}
    for part in reversed(section.split(".")):
        alone = {part: alone}
    import tomlkit

    try:
        problems: list[Problem] = parse(tomlkit.dumps(alone), file)[1]
    except (ValueError, TypeError) as error:
        raise UsageError(f"{section}.{name}: {error}", "See: flowtui config --sample") from error
    if problems:
        raise UsageError(
            f"{problems[0].key}: {problems[0].message}", "See: flowtui config --sample"
        )


def _put(document: MutableMapping[str, Any], path: list[str], value: object) -> None:
    import tomlkit

    table: MutableMapping[str, Any] = document
    for part in path[:-1]:
        if part not in table:
            if value is None:
                return
            table[part] = tomlkit.table()
        table = table[part]
    if value is None:
        table.pop(path[-1], None)
    else:
        table[path[-1]] = value


def _expected(before: Mapping[str, Any], path: list[str], value: object) -> dict[str, Any]:
    """What the file must mean afterwards, worked out without the library that writes it."""
    after = dict(before)
    if len(path) == 1:
        if value is None:
            after.pop(path[0], None)
        else:
            after[path[0]] = value
        return after
    if path[0] in before or value is not None:
        after[path[0]] = _expected(before.get(path[0], {}), path[1:], value)
    return after


def _replace(target: Path, text: str) -> None:
    """Write beside and rename; the mode of an existing file is kept, a new one is 0600."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise FlowError(f"cannot write {target}: {reason}", "It is as it was.") from error
