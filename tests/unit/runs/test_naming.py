"""A name for a run that nobody named."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from flowtui.core.runs.naming import name_of


@pytest.mark.parametrize(
    ("command", "place", "name"),
    [
        ("python train_gpt.py --lr 3e-4", "/w", "train_gpt"),
        ("/usr/bin/python3.11 -u -m llama.finetune --x", "/w", "finetune"),
        ("torchrun --nproc_per_node=8 pretrain.py", "/w", "pretrain"),
        ("CUDA_VISIBLE_DEVICES=0 python a.py", "/w", "a"),
        ("uv run accelerate launch sft.py", "/w", "sft"),
        ("bash run.sh", "/w", "bash"),
        ("./go", "/w", "go"),
        ("python -c pass", "/w", "python"),
        ("", "/exp/resnet-b/metrics.csv", "resnet-b"),
        ("", "/exp/run7/events.out.tfevents.1.host", "run7"),
        ("", "/exp/night.log", "night"),
        ("", "/exp/folder", "folder"),
    ],
)
def test_the_name_is_the_script_s_or_that_of_the_place(command: str, place: str, name: str) -> None:
    assert name_of(command.split(), PurePath(place)) == name
