"""Programs that print tables and rounds: CatBoost, scikit-learn, Optuna, spaCy."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any


def _numbers() -> tuple[Any, Any]:
    import numpy

    rng = numpy.random.default_rng(1)
    x = rng.random((200, 4))
    return x, (x.sum(1) + rng.normal(0, 0.3, 200) > 2).astype(int)


def catboost_run() -> None:
    """CatBoost with an evaluation set, and its last words."""
    from catboost import CatBoostClassifier

    x, y = _numbers()
    model = CatBoostClassifier(
        iterations=12, random_seed=1, thread_count=1, allow_writing_files=False
    )
    model.fit(x[:150], y[:150], eval_set=(x[150:], y[150:]), verbose=True)


def sklearn_boosting() -> None:
    """scikit-learn's table of a boosting."""
    from sklearn.ensemble import GradientBoostingClassifier

    x, y = _numbers()
    GradientBoostingClassifier(n_estimators=8, subsample=0.5, random_state=1, verbose=2).fit(x, y)


def sklearn_network() -> None:
    """scikit-learn's perceptron: a line an iteration."""
    from sklearn.neural_network import MLPClassifier

    x, y = _numbers()
    MLPClassifier((4,), max_iter=15, random_state=1, verbose=True).fit(x, y)


def optuna_run() -> None:
    """Optuna: a line a trial."""
    import optuna

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1), study_name="small")
    study.optimize(lambda trial: (trial.suggest_float("x", -1, 1) - 0.3) ** 2, n_trials=8)


def spacy_run() -> None:
    """spaCy's table of a training: a text categoriser from nothing."""
    import spacy
    from spacy.cli.init_config import init_config
    from spacy.cli.train import train
    from spacy.tokens import DocBin

    chance = random.Random(1)
    nlp = spacy.blank("en")
    for name in ("train", "dev"):
        docs = DocBin()
        for _ in range(60):
            good = chance.random() < 0.5
            doc = nlp.make_doc(f"a {'fine' if good else 'dull'} {chance.choice(['film', 'book'])}")
            doc.cats = {"GOOD": float(good), "BAD": float(not good)}
            docs.add(doc)
        docs.to_disk(f"{name}.spacy")
    config = init_config(lang="en", pipeline=["textcat"], optimize="efficiency")
    config.to_disk("config.cfg")
    train(
        Path("config.cfg"),
        Path("model"),
        overrides={
            "paths.train": "train.spacy", "paths.dev": "dev.spacy", "training.max_steps": 60,
            "training.eval_frequency": 10,
        },
    )  # fmt: skip
