"""The secret that opens the page: 32 random bytes in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flowtui.core.errors import FlowError
from flowtui.settings.paths import Paths

NAME = "page-token"
LEAST = 32


def page_token(paths: Paths, anew: bool = False) -> str:
    """The token; made where there is none, or with `anew`. Raises FlowError.

    A file that others can read, or that is damaged, is replaced: its token may be known.
    """
    path: Path = paths.state_dir / NAME
    try:
        if not anew and path.stat().st_mode & 0o077 == 0:
            token = path.read_text(encoding="ascii").strip()
            if len(token) >= LEAST and token.isprintable():
                return token
    except (OSError, ValueError):
        pass  # none yet
    token = secrets.token_urlsafe(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{NAME}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{token}\n")
        fresh.replace(path)
    except OSError as error:
        raise FlowError(
            f"{path} cannot be written: {error.strerror}", "see: flowtui paths"
        ) from None
    return token
