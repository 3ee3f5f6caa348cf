"""tqdm and rich, as people use them: named and nested bars, a postfix, text in between."""

from __future__ import annotations

import sys
import time


def tqdm_epochs() -> None:
    """A bar per epoch with a postfix, a validation bar, and a line of text after each."""
    from tqdm import tqdm

    for epoch in range(1, 4):
        bar = tqdm(range(40), desc=f"Epoch {epoch}/3", mininterval=0, miniters=4, unit="batch")
        for batch in bar:
            loss = 2.0 / (1 + (epoch - 1) * 40 + batch)
            bar.set_postfix(loss=f"{loss:.4f}", lr=1e-4)
            time.sleep(0.001)
        for _ in tqdm(range(8), desc="Validation", leave=False, mininterval=0):
            time.sleep(0.0005)
        tqdm.write(f"epoch {epoch}: train_loss={loss:.4f} val_loss={loss * 1.1:.4f}")


def tqdm_nested() -> None:
    """A bar of epochs around a bar of steps that goes away."""
    from tqdm import tqdm, trange

    for epoch in trange(3, desc="Epochs", mininterval=0):
        inner = tqdm(range(20), desc="steps", leave=False, mininterval=0)
        for step in inner:
            inner.set_postfix({"loss": 1 / (1 + epoch * 20 + step)})
            time.sleep(0.001)


def tqdm_plain() -> None:
    """One bar without a name, without a postfix; and one without a total, scaled units."""
    from tqdm import tqdm

    for _ in tqdm(range(200), mininterval=0, miniters=20):
        time.sleep(0.0005)
    for _ in tqdm(iter(range(50)), mininterval=0, miniters=10):
        time.sleep(0.0005)
    with tqdm(total=56_800, unit="tok", unit_scale=True, mininterval=0) as bar:
        for _ in range(10):
            bar.update(5_680)
            time.sleep(0.001)


def rich_bar() -> None:
    """rich's progress with its usual columns (on a terminal it draws, in a file it does not)."""
    from rich.progress import Progress

    with Progress(refresh_per_second=50) as progress:
        task = progress.add_task("Training", total=60)
        for step in range(60):
            time.sleep(0.005)
            progress.update(task, advance=1, description=f"Training loss={1 / (step + 1):.4f}")


def rich_columns() -> None:
    """The same with n/total, elapsed and remaining, as many projects set it up."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[loss]}"),
    )
    with Progress(*columns, refresh_per_second=50) as progress:
        task = progress.add_task("Epoch 1/1", total=60, loss="")
        for step in range(60):
            time.sleep(0.005)
            progress.update(task, advance=1, loss=f"loss: {1 / (step + 1):.4f}")


def plain_prints() -> None:
    """What people print by hand when they use no library at all."""
    import random

    random.seed(1)
    for step in range(0, 300, 10):
        loss = 3.0 / (1 + step / 50) + random.random() / 50
        print(f"step={step} loss={loss:.4f} acc={1 - loss / 4:.3f} lr=1.0e-03")
    print("Saved checkpoint to out/ckpt_300.pt")
    print("val_loss: nan  val_acc: 0.25")
    print("Training complete", file=sys.stderr)


def nanogpt() -> None:
    """The lines of nanoGPT's train.py (a script, not a library): the same format strings."""
    print("tokens per iteration will be: 491,520")
    print("number of parameters: 10.65M")
    for it in range(0, 60):
        lossf, dt = 4.2 - it / 30, 0.1352
        if it % 20 == 0:
            print(f"step {it}: train loss {lossf:.4f}, val loss {lossf + 0.1:.4f}")
            if it > 0:
                print("saving checkpoint to out")
        mfu = -1.0 if it < 5 else 0.1231
        print(f"iter {it}: loss {lossf:.4f}, time {dt * 1000:.2f}ms, mfu {mfu * 100:.2f}%")


def megatron() -> None:
    """The lines of Megatron-LM's training_log (a script): the same shape."""
    for it in range(10, 110, 10):
        loss = 10.8 - it / 40
        print(
            f" [2026-01-01 10:00:{it // 10:02d}] iteration {it:8d}/  500000 |"
            f" consumed samples: {it * 256:12d} | elapsed time per iteration (ms): 3512.5 |"
            f" throughput per GPU (TFLOP/s/GPU): 401.1 | learning rate: 6.000000E-05 |"
            f" global batch size:   256 | lm loss: {loss:.6E} | loss scale: 1.0 |"
            f" grad norm: 1.234 | number of skipped iterations:   0 |"
            f" number of nan iterations:   0 |"
        )
    print("saving checkpoint at iteration     100 to /ckpt/run1 in torch_dist format")
    print(
        " validation loss at iteration 100 | lm loss value: 8.312345E+00 | lm loss PPL: 4.0E+03 |"
    )


def arctic() -> None:
    """The lines of ArcticTraining (a script): the same shape."""
    for it in range(130, 135):
        print(
            f"iter: {it:4d}/3000 {it / 30:3.0f}% | loss: {16.5469 - it / 100:.4f} |"
            " iter time: 1.038s | lr: 8.667E-04 | seqlen: 8192 | epoch: 0 | step: 1 | epoch: 0"
        )
