"""The acceptance protocol of insight: false findings, coverage, power, on worlds of known truth.

    OPENBLAS_NUM_THREADS=1 python -m tests.bench.insight      run what is not run yet, cell by cell
    python -m tests.bench.insight --table                     the table of what was run
    python -m tests.bench.insight --only D9                   cells whose name begins so
    python -m tests.bench.insight --only D9 --seed 1          the same with other draws, shown alone
    OPENBLAS_NUM_THREADS=1 python -m tests.bench.insight --speed      40 pairs on 365 days

Results are appended to `insight.jsonl` beside this file, one line a cell, so that a run can be
broken off and taken up. Each cell's seed is a hash of its name and of SEED; a cell that was run
by an engine that computes otherwise (see `engine`) is run anew. One process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np

from flowtui.core.insight.day_table import Kind
from flowtui.core.insight.experiment import Design, schedule
from flowtui.core.insight.messages import question_json
from flowtui.insight.gls import Floats
from flowtui.insight.missing import missingness
from flowtui.insight.pair import plain_p
from flowtui.insight.randomised import Trial, read
from flowtui.insight.refuse import refused
from flowtui.insight.sieve import tested
from flowtui.insight.study import study
from flowtui.insight.table import paired
from flowtui.insight.yesterday import beyond
from flowtui.services.insight.child import compute
from tests import synthetic_days
from tests.bench.tracked_days import tracked
from tests.synthetic_days import Grid, World

SEED = 20261125
HERE = Path(__file__).parent
OUT = HERE / "insight.jsonl"
Result = dict[str, float]
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is drawn, how often, and what must hold."""

    name: str
    run: Callable[[int, int], Result]
    """From (simulations, seed) to named figures."""
    must: dict[str, tuple[str, float]]
    """Figure to ("<=" or ">=" or ">", bound)."""
    sims: int = 2000

    @property
    def part(self) -> str:
        """The part of the engine that it is about."""
        if self.name.startswith("D10"):
            return "trial"
        lagged = ("D8 effect", "D9", "D12", "D13", "D14", "power at lag 1")
        return "study" if self.name.startswith(lagged) else "test"


def pair_cell(world: World, draws: int = 499, both_lags: bool = False) -> Callable[..., Result]:
    """Rates of p <= .05 by the engine, by plain correlation, and coverage of the interval."""

    def run(sims: int, seed: int) -> Result:
        rng = np.random.default_rng(seed)
        kind = Kind.DOSE if world.continuous else Kind.BINARY
        factor = synthetic_days.by_day("x", kind) if both_lags else synthetic_days.night("x", kind)
        hits = plain = covered = none = flags = 0
        effects: list[float] = []
        for _ in range(sims):
            x, y = synthetic_days.drawn(world, rng)
            days = synthetic_days.as_days(y, {"x": x})
            pair = paired(days, factor, world.lag)
            if world.missing != "none":
                flags += missingness("x", days.first.weekday(), x, y).suspect
            if refused(days, factor, world.lag, synthetic_days.DEEP, pair, None) is not None:
                none += 1
                continue
            found = tested(pair.days, pair.base, pair.x, pair.y, draws, rng)
            hits += found.p <= ALPHA
            covered += found.low <= world.effect <= found.high
            plain += plain_p(pair.x, pair.y) <= ALPHA
            effects.append(found.effect)
        told = sims - none
        figures = {
            "engine": hits / told,
            "pearson": plain / told,
            "coverage": covered / told,
            "mean effect": float(np.mean(effects)),
            "refused": none / sims,
        }
        return figures | ({"flagged": flags / sims} if world.missing != "none" else {})

    return run


def lag_cell(n: int, rho: float, lag: int) -> Callable[..., Result]:
    """An effect at one lag: how often each lag passes the whole study."""

    def run(sims: int, seed: int) -> Result:
        rng = np.random.default_rng(seed)
        right = wrong = 0
        factor = synthetic_days.by_day("x")
        for _ in range(sims):
            x, y = synthetic_days.drawn(World(n, rho, True, effect=0.8, lag=lag), rng)
            days = synthetic_days.as_days(y, {"x": x})
            found = study(
                days, [factor], synthetic_days.DEEP, draws=499, seed=int(rng.integers(2**31)),
                keep_draws=True, bare=True,
            )  # fmt: skip
            passed = {judged.result.lag for judged in found.judged if judged.passed}
            right += lag in passed
            wrong += 1 - lag in passed
        return {"right lag passes": right / sims, "wrong lag silent": 1 - wrong / sims}

    return run


def yesterday_cell(
    draw: Callable[[np.random.Generator], tuple[Floats, Floats]],
    kind: Kind,
    each: bool = False,
    draws: int = 299,
) -> Callable[..., Result]:
    """A factor at lag 1: rates of p <= .05 by the engine and by its plain model alone.

    With `each` the second model is asked everywhere, for its own rate: else where it can matter.
    """

    def run(sims: int, seed: int) -> Result:
        rng = np.random.default_rng(seed)
        factor = synthetic_days.by_day("x", kind)
        hits = plain = beside = both = 0
        for _ in range(sims):
            x, y = draw(rng)
            days = synthetic_days.as_days(y, {"x": x})
            pair = paired(days, factor, 1)
            main = tested(pair.days, pair.base, pair.x, pair.y, draws, rng)
            plain += main.p <= ALPHA
            if main.p > ALPHA and not each:
                continue
            more = beyond(days, factor, pair, main, draws, rng)
            agree = main.p <= ALPHA and more.p <= ALPHA
            beside += more.p <= ALPHA
            both += agree
            hits += agree and more.ahead is not False
        figures = {"engine": hits / sims, "plain model": plain / sims, "two models": both / sims}
        if not each:
            return figures
        better = max(plain, beside) / sims
        more_figures = {"yesterday beside it": beside / sims, "behind": better - hits / sims}
        return figures | more_figures

    return run


def tracker_cell(habit_days: int, block_days: int) -> Callable[..., Result]:
    """Habits imported for a year, blocks of the last weeks that know nothing of them.

    Through the ledger's own day table, as everybody's days go.
    """

    def run(sims: int, seed: int) -> Result:
        rng = np.random.default_rng(seed)
        hits = days_used = told = 0
        for _ in range(sims):
            days, factors = tracked(habit_days, block_days, rng)
            for factor in factors:
                pair = paired(days, factor, 0)
                no = refused(days, factor, 0, synthetic_days.DEEP, pair, None)
                if no is not None:
                    continue
                told += 1
                days_used += len(pair.days)
                hits += tested(pair.days, pair.base, pair.x, pair.y, 199, rng).p <= ALPHA
        return {"engine": hits / told, "days": days_used / told, "refused": 1 - told / sims}

    return run


def grid_cell(grid: Grid, draws: int = 399) -> Callable[..., Result]:
    """The whole study on 10 habits x 2 lags; `draws` must reach below q / 20 = 0.005."""

    def run(sims: int, seed: int) -> Result:
        rng = np.random.default_rng(seed)
        factors = [synthetic_days.by_day(name) for name in grid.names]
        truth = {(name, 0) for name in grid.names[: grid.true]}
        any_false = power = 0.0
        shares: list[float] = []
        before: list[float] = []
        plain_any = 0
        for _ in range(sims):
            days = synthetic_days.drawn_grid(grid, rng)
            found = study(
                days, factors, synthetic_days.DEEP, draws=draws, seed=int(rng.integers(2**31)),
                keep_draws=True, bare=True,
            )  # fmt: skip
            keys = {(j.result.factor.name, j.result.lag): j for j in found.judged}
            passed = {key for key, judged in keys.items() if judged.passed}
            through = {key for key, judged in keys.items() if judged.q_bh <= 0.10}
            shares.append(len(passed - truth) / max(1, len(passed)))
            before.append(len(through - truth) / max(1, len(through)))
            any_false += bool(passed - truth)
            power += len(passed & truth) / max(1, len(truth))
            plain_any += any(
                j.result.numbers.plain_p <= ALPHA for key, j in keys.items() if key not in truth
            )
        figures = {"any false": any_false / sims, "pearson any false": plain_any / sims}
        figures["refits"] = float(draws)
        if truth:
            figures |= {
                "FDR": float(np.mean(shares)),
                "FDR before joint refit": float(np.mean(before)),
                "power": power / sims,
            }
        return figures

    return run


def trial_cell(
    n: int,
    design: Design,
    rho: float,
    effect: float,
    carry: float = 0.0,
    inversions: int = 300,
) -> Callable[..., Result]:
    """A randomised experiment: rate of p <= .05, mean estimate, coverage of the interval.

    The interval is computed in the first `inversions` simulations alone.
    """

    def run(sims: int, seed: int) -> Result:
        rng = np.random.default_rng(seed)
        hits = covered = checked = 0
        effects: list[float] = []
        for at in range(sims):
            slots = schedule(design, synthetic_days.FIRST, n, f"{seed}-{at}")
            arm = np.array([slot.arm for slot in slots], dtype=bool)
            counts = np.array([slot.counts for slot in slots])
            pair = np.array([slot.pair for slot in slots])
            lasting = np.zeros(n)
            for day in range(n):
                lasting[day] = arm[day] + (carry * lasting[day - 1] if day else 0.0)
            days = np.arange(n)
            weekend = -0.8 * (days % 7 >= 5)
            y = synthetic_days.ar1(rng, n, rho)[:, 0] + effect * lasting + weekend
            trial = Trial(days[counts], days[counts] % 7, arm[counts], pair[counts], y[counts])
            inverted = at < inversions
            found = read(trial, seed=at, flips=999, interval=inverted)
            hits += found.p <= ALPHA
            effects.append(found.effect)
            if inverted:
                checked += 1
                covered += found.low <= effect <= found.high
        figures = {"p <= .05": hits / sims, "mean effect": float(np.mean(effects))}
        return figures if carry or not checked else figures | {"coverage": covered / checked}

    return run


def bad_input(sims: int, seed: int) -> Result:
    """Made of the outcome, constant, a week when the clocks change, a day twice: all are told."""
    from tests.unit.insight.test_refusals import deterministic_checks

    return {"refused as they should": deterministic_checks()}


def two_se(rate: float, sims: int) -> float:
    """Two standard errors of a rate."""
    return 2 * float(np.sqrt(rate * (1 - rate) / sims))


def cells() -> list[Cell]:
    """All of them."""
    found: list[Cell] = []

    def null(name: str, world: World, bound: float = 0.065, **more: bool) -> None:
        name = f"{name} n={world.n} rho={world.rho:g}"
        must: dict[str, tuple[str, float]] = {"engine": ("<=", bound)}
        found.append(Cell(name, pair_cell(world, **more), must))

    for n in (30, 60, 120):
        null("D0 independent days", World(n))
        for rho in (0.3, 0.6):
            null("D1 autocorrelated", World(n, rho))
            null("D1 autocorrelated, a dose", World(n, rho, continuous=True))
        for rho in (0.0, 0.3, 0.6):
            null("D2 weekend and trend shared", World(n, rho, True))
        null("D3 one change of life shared", World(n, 0.5, step=True), 0.085)
        null("D4 memory of two days", World(n, 0.5, second_order=True), 0.085)
        for rho in (0.3, 0.6):
            null(
                "D5 ratings 1-5, a fifth missing",
                World(n if n > 30 else 45, rho, True, output="ordinal", missing="mcar"),
            )
        for output in ("minutes", "commits"):
            null(f"D6 {output}", World(n, 0.5, output=output))
    disease = Cell(
        "D2 Pearson must fail n=120 rho=0.6",
        pair_cell(World(120, 0.6, True), draws=19),
        {"pearson": (">", 0.15)},
    )
    found.append(disease)
    for n in (60, 120):
        null("D8 lag 1 beside lag 0, nothing there", World(n, 0.6, True, lag=1), both_lags=True)
    found += (
        _effect_cells() + _yesterday_cells() + _missing_cells() + _grid_cells() + _trial_cells()
    )
    found.append(Cell("D11 bad input", bad_input, {"refused as they should": (">=", 1.0)}, 1))
    return _distinct(found)


def _effect_cells() -> list[Cell]:
    found: list[Cell] = []
    for n, power in ((30, 0.0), (60, 0.70), (120, 0.95)):
        for rho in (0.0, 0.3, 0.6):
            must: dict[str, tuple[str, float]] = {"coverage": (">=", 0.93)}
            if power:
                must["engine"] = (">=", power)
            world = World(n, rho, True, effect=0.8)
            name = f"power and coverage, d=0.8 n={n} rho={rho:g}"
            found.append(Cell(name, pair_cell(world, draws=999), must))
    for rho in (0.3, 0.6):
        world = World(60, rho, True, effect=0.8, lag=1)
        name = f"D8 coverage at lag 1, d=0.8 n=60 rho={rho:g}"
        found.append(Cell(name, pair_cell(world, 999, both_lags=True), {"coverage": (">=", 0.93)}))
        for lag in (0, 1):
            must = {"wrong lag silent": (">=", 0.90)}
            found.append(
                Cell(f"D8 effect at lag {lag} n=90 rho={rho:g}", lag_cell(90, rho, lag), must, 1000)
            )
    return found


def _yesterday_cells() -> list[Cell]:
    found: list[Cell] = []
    null: dict[str, tuple[str, float]] = {"engine": ("<=", 0.065)}
    for n in (60, 90, 120, 300):
        sims = 1000 if n < 300 else 500
        for rho in (0.3, 0.6):
            for name, draw, kind in (
                ("D12 mirror", partial(synthetic_days.mirrored, n, rho, rating=False), Kind.DOSE),
                (
                    "D12 mirror, a rating 1-5",
                    partial(synthetic_days.mirrored, n, rho, rating=True),
                    Kind.ORDINAL,
                ),
                (
                    "D14 same-day effect, both autocorrelated",
                    partial(synthetic_days.drawn, World(n, rho, effect=0.8)),
                    Kind.BINARY,
                ),
            ):
                run = yesterday_cell(draw, kind)
                found.append(Cell(f"{name} n={n} rho={rho:g}", run, null, sims))
        for rho in (0.3, 0.5):
            hidden = partial(synthetic_days.hidden_state, n, rho)
            run = yesterday_cell(hidden, Kind.DOSE)
            found.append(Cell(f"D13 hidden common state n={n} rho={rho:g}", run, null, sims))
            hidden = partial(synthetic_days.hidden_state, n, rho, yes_no=True)
            run = yesterday_cell(hidden, Kind.BINARY)
            name = f"D13 hidden common state, a yes or no n={n} rho={rho:g}"
            found.append(Cell(name, run, null, sims))
        for rho in (0.3, 0.6):
            effect = partial(synthetic_days.drawn, World(n, rho, True, effect=0.8, lag=1))
            must = {"behind": ("<=", 0.10)}
            name = f"power at lag 1, d=0.8 n={n} rho={rho:g}"
            run = yesterday_cell(effect, Kind.BINARY, each=True)
            found.append(Cell(name, run, must, sims))
    found.append(Cell("D15 habits of 330 days, blocks of 75", tracker_cell(330, 75), null, 1000))
    return found


def _missing_cells() -> list[Cell]:
    found = []
    for n in (60, 120):
        for kind in ("mcar", "mnar"):
            world = World(n, 0.6, True, effect=0.8, missing=kind)
            must: dict[str, tuple[str, float]] = {"coverage": (">=", 0.93)}
            name = f"D7 coverage, {kind} n={n} rho=0.6"
            found.append(Cell(name, pair_cell(world, draws=999), must))
            null = World(n, 0.6, True, missing=kind)
            name = f"D7 nothing there, {kind} n={n} rho=0.6"
            found.append(Cell(name, pair_cell(null), {"engine": ("<=", 0.065)}))
    for n, rho in ((60, 0.3), (120, 0.3), (120, 0.6)):
        world = World(n, rho, missing="collider")
        name = f"D7 collider, must be flagged n={n} rho={rho:g}"
        found.append(Cell(name, pair_cell(world), {"flagged": (">=", 0.80)}))
    return found


def _grid_cells() -> list[Cell]:
    found = []
    sims = 1000
    for n in (60, 90):
        for rho in (0.3, 0.6):
            bound = 0.10 + two_se(0.10, sims)
            name = f"D9 20 questions, nothing there n={n} rho={rho:g}"
            found.append(Cell(name, grid_cell(Grid(n, rho)), {"any false": ("<=", bound)}, sims))
    for n, rho, common in ((90, 0.3, 0.0), (90, 0.6, 0.0), (90, 0.6, 0.5), (180, 0.6, 0.5)):
        how = "alike" if common else "apart"
        bound = 0.10 + two_se(0.10, sims)
        name = f"D9 20 questions, 3 true, habits {how} n={n} rho={rho:g}"
        run = grid_cell(Grid(n, rho, 3, common=common))
        found.append(Cell(name, run, {"FDR": ("<=", bound)}, sims))
    return found


def _trial_cells() -> list[Cell]:
    found = []
    pairs, blocks = Design.PAIRS, Design.BLOCKS
    for design, n in ((pairs, 14), (pairs, 28), (pairs, 42), (pairs, 60), (blocks, 60)):
        for rho in (0.3, 0.6):
            name = f"D10 {design} n={n} rho={rho:g}, nothing there"
            run = trial_cell(n, design, rho, 0.0)
            found.append(Cell(name, run, {"p <= .05": ("<=", 0.065)}, 1000))
    for design, n, bound in ((pairs, 28, 0.0), (pairs, 42, 0.8), (pairs, 60, 0.8), (blocks, 90, 0)):
        must: dict[str, tuple[str, float]] = {"coverage": (">=", 0.92)}
        if bound:
            must["p <= .05"] = (">=", bound)
        run = trial_cell(n, design, 0.3, 0.8)
        found.append(Cell(f"D10 {design} n={n} rho=0.3, d=0.8", run, must, 1000))
    for design, n in ((pairs, 60), (blocks, 60)):
        run = trial_cell(n, design, 0.3, 0.8, carry=0.5)
        name = f"D10 {design} n={n} rho=0.3, d=0.8, half carried over"
        found.append(Cell(name, run, {}, 1000))
    return found


def _distinct(found: list[Cell]) -> list[Cell]:
    return list({cell.name: cell for cell in found}.values())


def engine(part: str) -> str:
    """What a part of the engine computes on a few fixed worlds, as a hash.

    Another hash is another engine. The parts are `test` (one pair), `study` and `trial`.
    """
    digest = hashlib.sha256()
    small = {
        "test": lambda: [
            pair_cell(World(45, 0.3, True, effect=0.8, missing="mcar"), 99)(20, SEED),
            pair_cell(World(60, 0.6, lag=1, continuous=True), 99, both_lags=True)(20, SEED),
        ],
        "study": lambda: [
            grid_cell(Grid(60, 0.6, 3, common=0.5), 199)(2, SEED),
            lag_cell(60, 0.6, 1)(3, SEED),
            yesterday_cell(partial(synthetic_days.hidden_state, 60, 0.5), Kind.DOSE)(20, SEED),
            yesterday_cell(
                partial(synthetic_days.drawn, World(60, 0.3, True, effect=0.8, lag=1)),
                Kind.BINARY,
                each=True,
            )(60, SEED),
        ],
        "trial": lambda: [
            trial_cell(28, Design.PAIRS, 0.3, 0.8)(3, SEED),
            trial_cell(36, Design.BLOCKS, 0.3, 0.0)(3, SEED),
        ],
    }[part]()
    for figures in small:
        # rounded: another processor may add in another order
        rounded = {n: round(value, 6) for n, value in figures.items() if n != "refits"}
        digest.update(json.dumps(rounded, sort_keys=True).encode())
    return digest.hexdigest()[:12]


def done() -> dict[str, dict[str, object]]:
    """What was run, by name of the cell; the last run of each counts."""
    if not OUT.exists():
        return {}
    rows = [json.loads(line) for line in OUT.read_text("utf-8").splitlines()]
    return {row["cell"]: row for row in rows}


def holds(figure: float, must: tuple[str, float]) -> bool:
    """Whether a figure keeps its bound."""
    sign, bound = must
    return {"<=": figure <= bound, ">=": figure >= bound, ">": figure > bound}[sign]


def table(rows: dict[str, dict[str, object]]) -> str:
    """What was run, as a table in Markdown."""
    lines = ["| cell | sims | figures | must | |", "|---|---|---|---|---|"]
    for cell in cells():
        row = rows.get(cell.name)
        if row is None:
            lines.append(f"| {cell.name} | | not run | | |")
            continue
        figures = row["figures"]
        assert isinstance(figures, dict)
        said = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
        must = ", ".join(f"{name} {s} {b:.3f}" for name, (s, b) in cell.must.items())
        good = all(holds(figures[name], bound) for name, bound in cell.must.items())
        verdict = "" if not cell.must else "pass" if good else "**FAIL**"
        lines.append(f"| {cell.name} | {row['sims']} | {said} | {must} | {verdict} |")
    return "\n".join(lines)


def speed(rounds: int = 5) -> str:
    """CPU time for 40 pairs on 365 days, 1,999 refits each; and with process and JSON around."""
    rng = np.random.default_rng(SEED)
    names = [f"h{k}" for k in range(20)]
    x = {name: (synthetic_days.ar1(rng, 365, 0.4)[:, 0] > 0).astype(float) for name in names}
    y = 150 + 40 * synthetic_days.ar1(rng, 365, 0.4)[:, 0]
    days, factors = synthetic_days.as_days(y, x), [synthetic_days.by_day(name) for name in names]
    dates = [days.date_of(place) for place in range(days.size)]
    columns = [(f, [float(v) for v in x[f.name]], "") for f in factors]
    question = question_json(dates, synthetic_days.DEEP, [float(v) for v in y], columns)
    inside, whole, wall = [], [], []
    for _ in range(rounds):
        began = time.process_time()
        found = study(days, factors, synthetic_days.DEEP)
        inside.append(time.process_time() - began)
        before, clock = _children_s(), time.perf_counter()
        compute("study", question)
        whole.append(_children_s() - before)
        wall.append(time.perf_counter() - clock)
    return (
        f"{len(found.judged)} pairs, {found.draws} refits each: {np.median(inside):.2f} s of CPU; "
        f"as a process {np.median(whole):.2f} s of CPU, {np.median(wall):.2f} s by the clock "
        f"(medians of {rounds})"
    )


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """See the module's words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--sims", type=int, default=0)
    parser.add_argument("--seed", type=int, help="other draws: shown, not put down")
    chosen = parser.parse_args()
    if chosen.speed:
        print(speed())
        return
    if chosen.table:
        print(table(done()))
        return
    other = chosen.seed is not None
    rows = {} if other else done()
    versions = {part: engine(part) for part in ("test", "study", "trial")}
    for cell in cells():
        if not cell.name.startswith(chosen.only):
            continue
        row, version = rows.get(cell.name), versions[cell.part]
        sims = chosen.sims or cell.sims
        if row is not None and row["engine"] == version and row["sims"] == sims:
            continue
        began = time.perf_counter()
        seed = crc32(f"{chosen.seed if other else SEED} {cell.name}".encode())
        figures = cell.run(sims, seed)
        took = time.perf_counter() - began
        line = {"cell": cell.name, "sims": sims, "seed": seed, "engine": version}
        line |= {"took_s": round(took, 1), "figures": figures}
        if not other:
            with OUT.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        good = all(holds(figures[name], bound) for name, bound in cell.must.items())
        said = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
        print(f"{'ok  ' if good else 'FAIL'} {took:6.1f}s  {cell.name}: {said}", flush=True)


if __name__ == "__main__":
    main()
