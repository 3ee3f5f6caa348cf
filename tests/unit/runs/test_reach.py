"""A share that hangs: its logs are left alone, all others are read."""

from __future__ import annotations

import threading
from pathlib import Path

from flowtui.services.runs.first_silent import first_silent
from flowtui.watch.reach import Reach


class Share:
    """Files whose opening does not come back until the server is there again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.back = threading.Event()
        self.opened: list[Path] = []

    def touch(self, path: Path) -> None:
        """Open one of its files, or one of this machine."""
        self.opened.append(path)
        if path.is_relative_to(self.folder):
            self.back.wait(60)
        path.stat()

    def answer(self) -> None:
        """Be there again."""
        self.back.set()
        for thread in [t for t in threading.enumerate() if t.name == "reach"]:
            thread.join(30)


def test_a_path_that_hangs_is_silent_and_the_others_answer(
    tmp_path: Path,
) -> None:
    share = Share(tmp_path / "share")
    here, gone = tmp_path / "here.log", tmp_path / "gone.log"
    here.touch()
    far = [tmp_path / "share" / name for name in ("a.log", "b.log")]
    reach = Reach(0.05, share.touch)

    assert reach.silent([here, far[0], gone, far[1], here]) == frozenset(far)
    assert share.opened == [here, far[0], gone, far[1]]
    assert reach.silent([far[0], far[1]]) == frozenset(far)
    assert len(share.opened) == 4, "what hangs is not asked again"
    share.answer()
    assert reach.silent([*far, here]) == frozenset()
    assert reach.silent([]) == frozenset()


def test_a_path_that_hangs_is_found_by_a_child_that_is_left_behind(tmp_path: Path) -> None:
    here = tmp_path / "here.log"
    here.touch()
    assert first_silent([here, tmp_path / "gone.log"]) is None
    assert first_silent([here], patience_s=0.0) == here
