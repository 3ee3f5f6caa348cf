"""PyTorch's own formats and those of what stands on it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

WORKER = """
import os, sys, time, torch.distributed as dist
dist.init_process_group("gloo")
rank = dist.get_rank()
for step in range(1, 13):
    time.sleep(0.01)
    print(f"step {step}/100 loss: {3 / step + rank / 100:.4f} lr: 1e-4", flush=True)
    if rank == 0 and step % 5 == 0:
        print(f"Saving model checkpoint to out/step_{step}", flush=True)
dist.barrier()
if rank == 1:
    raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")
time.sleep(60)
"""


def torchrun() -> None:
    """Two workers under torchrun with --tee: ranks in front of lines; one of them crashes."""
    Path("worker.py").write_text(WORKER, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--tee", "3",
         "--log-dir", "logs", "worker.py"],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )  # fmt: skip


def torch_events() -> None:
    """Event files of torch.utils.tensorboard: scalars, a histogram, text, a second file."""
    import numpy
    from torch.utils.tensorboard import SummaryWriter

    for part in range(2):
        with SummaryWriter("events", filename_suffix=f".{part}") as writer:
            for step in range(part * 50, part * 50 + 50):
                writer.add_scalar("train/loss", 2.0 / (1 + step), step)
                if step % 10 == 9:
                    bad = float("nan") if step == 99 else 2.2 / (1 + step)
                    writer.add_scalar("val/loss", bad, step)
            writer.add_histogram("weights", numpy.arange(50), part)
            writer.add_text("note", "some words", part)


def tf2_events() -> None:
    """Event files as TensorFlow 2 writes scalars: tensors with metadata."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter("events2")
    for step in range(20):
        value = Summary.Value(tag="epoch_loss", tensor=TensorProto(dtype=1))
        if step % 2:
            value.tensor.float_val.append(3.0 - step / 10)
        else:
            import numpy

            value.tensor.tensor_content = numpy.float32(3.0 - step / 10).tobytes()
        if step == 0:
            data = SummaryMetadata.PluginData(plugin_name="scalars")
            value.metadata.CopyFrom(SummaryMetadata(plugin_data=data))
        writer.add_event(Event(wall_time=1.7e9 + step, step=step, summary=Summary(value=[value])))
    writer.close()


def hf_trainer() -> None:
    """Hugging Face's Trainer: bar and dictionaries, evaluation, checkpoints, trainer_state.json."""
    import torch
    from torch.utils.data import Dataset
    from transformers import Trainer, TrainingArguments

    class Lines(Dataset[Any]):
        def __len__(self) -> int:
            return 96

        def __getitem__(self, k: int) -> dict[str, Any]:
            return {"x": torch.tensor([k / 96]), "labels": torch.tensor([k / 48])}

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.line = torch.nn.Linear(1, 1)

        def forward(self, x: Any, labels: Any = None) -> dict[str, Any]:
            out = self.line(x)
            return {"loss": ((out - labels) ** 2).mean(), "logits": out}

    torch.manual_seed(1)
    arguments = TrainingArguments(
        "hf", num_train_epochs=3, per_device_train_batch_size=8, logging_steps=4,
        eval_strategy="steps", eval_steps=12, save_steps=12, report_to=[], use_cpu=True,
        learning_rate=0.05,
    )  # fmt: skip
    Trainer(Model(), arguments, train_dataset=Lines(), eval_dataset=Lines()).train()


def hf_trainer_4() -> None:
    """The same by transformers 4, whose dictionaries hold numbers."""
    hf_trainer()


def lightning_run() -> None:
    """Lightning with CSVLogger and its bar: training by step and epoch, validation by epoch."""
    import lightning
    import torch
    from lightning.pytorch.loggers import CSVLogger

    class Model(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.line = torch.nn.Linear(2, 1)

        def training_step(self, batch: Any, index: int) -> Any:
            x, y = batch
            loss = ((self.line(x) - y) ** 2).mean()
            self.log("train_loss", loss, on_step=True, on_epoch=True, prog_bar=True)
            return loss

        def validation_step(self, batch: Any, index: int) -> None:
            x, y = batch
            self.log("val_loss", ((self.line(x) - y) ** 2).mean(), prog_bar=True)

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.05)

    lightning.seed_everything(1, verbose=False)
    x = torch.rand(64, 2)
    data = torch.utils.data.TensorDataset(x, x.sum(1, keepdim=True))
    trainer = lightning.Trainer(
        max_epochs=4, logger=CSVLogger(".", flush_logs_every_n_steps=2), log_every_n_steps=2,
        accelerator="cpu", enable_model_summary=False,
    )  # fmt: skip
    loader = torch.utils.data.DataLoader(data, batch_size=4)
    trainer.fit(Model(), loader, loader)


def ultralytics_run() -> None:
    """Ultralytics' YOLO trained from nothing on eight grey pictures: console and results.csv."""
    import numpy
    from PIL import Image

    for split in ("train", "val"):
        for kind in ("images", "labels"):
            Path("data", kind, split).mkdir(parents=True)
        for k in range(8):
            pixels = numpy.full((64, 64, 3), 90, dtype="uint8")
            pixels[10:40, 10:40] = 200
            Image.fromarray(pixels).save(f"data/images/{split}/{k}.png")
            Path(f"data/labels/{split}/{k}.txt").write_text("0 0.4 0.4 0.5 0.5\n", encoding="utf-8")
    yaml = (
        f"path: {Path('data').resolve()}\ntrain: images/train\nval: images/val\nnames: [square]\n"
    )
    Path("data.yaml").write_text(yaml, encoding="utf-8")
    os.environ["YOLO_OFFLINE"] = "true"
    from ultralytics import YOLO

    YOLO("yolo11n.yaml").train(
        data="data.yaml", epochs=3, imgsz=32, batch=4, workers=0, device="cpu", plots=False,
        project=str(Path("yolo").resolve()),
    )  # fmt: skip
