"""Show what the forms say now: `python -m tests.logs.forms [--keep] [NAME]...`."""

from __future__ import annotations

import argparse
import json

from tests.logs.forms import RIGHT, forms, right, said


def main() -> None:
    """Print those that differ from what is right, or those named; with `--keep` write all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args()
    known = right() if RIGHT.exists() else {}
    now = {name: said(log) for name, log in forms().items()}
    for name, told in now.items():
        if name in chosen.names or (not chosen.names and told != known.get(name)):
            print(name, json.dumps(told, ensure_ascii=False))
    if chosen.keep:
        lines = [
            f"{json.dumps(name)}: {json.dumps(told, ensure_ascii=False)}"
            for name, told in now.items()
        ]
        RIGHT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
