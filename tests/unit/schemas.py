"""The contract of the JSON that commands print, as JSON Schema; unknown keys are refused."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
SECONDS: Schema = {"type": "integer", "minimum": 0}
INSTANT: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$",
}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
NULL: Schema = {"type": "null"}


def maybe(schema: Schema) -> Schema:
    """`schema`, or null."""
    return {"anyOf": [schema, NULL]}


def word(*words: str | int) -> Schema:
    """One of some words."""
    return {"enum": list(words)}


def record(**fields: Schema) -> Schema:
    """An object with exactly these keys."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def many(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


CAUSES = ("pause", "interruption", "sleep", "away", "closed", "crash", "run")
RUNNING_FIELDS: dict[str, Schema] = {
    "id": {"type": "string", "pattern": "^[2-9a-z]{6}$"},
    "intention": TEXT,
    "then": TEXT,
    "tags": many(TEXT),
    "context": TEXT,
    "mode": maybe(word("theory", "practice", "build", "share", "give", "curiosity")),
    "state": word("running", "paused", "overtime", "ended"),
    "started_at": INSTANT,
    "plan": word("fixed", "open", "until"),
    "planned_s": maybe(SECONDS),
    "focus_s": SECONDS,
    "paused_s": SECONDS,
    "overtime_s": SECONDS,
    "remaining_s": maybe(SECONDS),
    "interruptions": many(
        record(
            at=INSTANT,
            source=word("internal", "external"),
            reason=TEXT,
            returned_at=maybe(INSTANT),
            return_s=maybe(SECONDS),
        )
    ),
    "interrupted_s": SECONDS,
    "gaps": many(
        record(
            start=INSTANT,
            end=maybe(INSTANT),
            cause=word(*CAUSES),
            note=TEXT,
            focus={"type": "boolean"},
        )
    ),
    "parked": many(record(at=INSTANT, text=TEXT)),
    "next_step": maybe(TEXT),
}
RUNNING = record(**RUNNING_FIELDS)
COUNT = maybe(SECONDS)
BLOCK = record(
    **RUNNING_FIELDS,
    day=DAY,
    zone=TEXT,
    folder=TEXT,
    ended_at=maybe(INSTANT),
    ended_by=maybe(word("user", "plan", "switch", "recovery")),
    end_reason=maybe(word("completed", "overtime", "stopped")),
    outcome=maybe(word("done", "partly", "not")),
    rating=maybe({"type": "integer", "minimum": 1, "maximum": 5}),
    note=TEXT,
    added={"type": "boolean"},
    evidence=maybe(
        record(
            commits=COUNT,
            insertions=COUNT,
            deletions=COUNT,
            files=COUNT,
            subjects=many(TEXT),
            problems=many(TEXT),
        )
    ),
)
LOG = many(BLOCK)
NUMBER: Schema = {"type": "number"}
FIGURE: Schema = {"anyOf": [{"type": "number"}, {"enum": ["nan", "inf", "-inf"]}, NULL]}
RUN_STATES = ("running", "pending", "finished", "crashed", "stopped", "stalled", "unknown")
GLANCE = record(
    id=TEXT,
    name=TEXT,
    state=word(*RUN_STATES),
    step=maybe({"type": "integer"}),
    total_steps=maybe({"type": "integer"}),
    epoch=FIGURE,
    progress=maybe({"type": "number", "minimum": 0, "maximum": 1}),
    eta_s=maybe(SECONDS),
    eta_error_s=maybe(SECONDS),
    exit_status=maybe({"type": "integer"}),
    metric=maybe(TEXT),
    last=FIGURE,
    best=FIGURE,
    baseline=maybe(TEXT),
    ahead=maybe(NUMBER),
    where=maybe(TEXT),
    age_s=maybe(SECONDS),
    queue=maybe(TEXT),
    gpus=many({"type": "integer"}),
    gpu_util=maybe({"type": "number", "minimum": 0, "maximum": 1}),
    findings=many(record(rule=TEXT, severity=word("serious", "notable", "calm"), sentence=TEXT)),
)
RUNS = many(GLANCE)
LEASE = record(
    id=maybe(TEXT),
    block=maybe(TEXT),
    mine={"type": "boolean"},
    lists=many(TEXT),
    only=maybe({"type": "boolean"}),
    apps=maybe(many(TEXT)),
    strictness=maybe(word("soft", "firm", "hard")),
    ends_at=TEXT,
    left_s=SECONDS,
    left_out=many(TEXT),
    pending=maybe(record(kind=word("release", "emergency"), ready_at=TEXT)),
)
GUARD = record(
    installed={"type": "boolean"},
    answers=maybe({"type": "boolean"}),
    owner=maybe({"type": "boolean"}),
    level=word("guard", "session", "none"),
    lists=many(TEXT),
    strictness=maybe(word("soft", "firm", "hard")),
    left_s=SECONDS,
    attempts=SECONDS,
    frozen=SECONDS,
    lease=maybe(LEASE),
    browsers=many({}),
    notes=many(TEXT),
    last={},
)
STATUS = record(
    block=maybe(RUNNING),
    day=record(
        day=DAY,
        focus_s=SECONDS,
        blocks=SECONDS,
        goal_s=maybe(SECONDS),
        week_focus_s=SECONDS,
        week_goal_s=maybe(SECONDS),
        energy=maybe({"type": "number", "minimum": 1, "maximum": 5}),
    ),
    runs=RUNS,
    guard=GUARD,
    eating={},
    away=maybe(record(start=INSTANT, end=INSTANT, seconds=SECONDS)),
    **{"break": maybe(record(started_at=INSTANT, ends_at=INSTANT, left_s=SECONDS))},
)
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
PAIR = record(
    factor=TEXT,
    lag=word(0, 1),
    n=SECONDS,
    n_on=SECONDS,
    n_off=SECONDS,
    unit=TEXT,
    effect=NUMBER,
    low=NUMBER,
    high=NUMBER,
    d=NUMBER,
    p=SHARE,
    q_bh=SHARE,
    q_by=SHARE,
    joint_p=maybe(SHARE),
    raw_effect=NUMBER,
    rho=NUMBER,
    skill=maybe(NUMBER),
    tags=many(TEXT),
    sentence=TEXT,
)
INSIGHT = record(
    outcome=TEXT,
    days=SECONDS,
    pairs_asked=SECONDS,
    passed=many(PAIR),
    not_passed=many(PAIR),
    refused=many(record(factor=TEXT, lag=word(0, 1), reason=TEXT, days_needed=maybe(SECONDS))),
)
EXPERIMENT_READ = record(
    n=SECONDS,
    n_pairs=SECONDS,
    effect=NUMBER,
    low=maybe(NUMBER),
    high=maybe(NUMBER),
    p=SHARE,
    min_p=SHARE,
    sentence=TEXT,
)

RUN = record(
    name=TEXT,
    state=word("running", "finished", "crashed", "stopped", "stalled", "unknown"),
    formats=many(TEXT),
    started_at=maybe(INSTANT),
    ended_at=maybe(INSTANT),
    exit_status=maybe({"type": "integer"}),
    step=maybe({"type": "integer"}),
    total_steps=maybe(SECONDS),
    epoch=FIGURE,
    total_epochs=FIGURE,
    progress=maybe({"type": "number", "minimum": 0, "maximum": 1}),
    eta_s=maybe(SECONDS),
    eta_error_s=maybe(SECONDS),
    metrics={
        "type": "object",
        "additionalProperties": record(
            last=FIGURE, best=FIGURE, first=FIGURE, min=FIGURE, max=FIGURE, n=SECONDS
        ),
    },
    findings=many(
        record(
            rule=TEXT,
            severity=word("serious", "notable", "calm"),
            since_step=FIGURE,
            confidence={"type": "number", "minimum": 0, "maximum": 1},
            evidence={"type": "object"},
            sentence=TEXT,
        )
    ),
)
RUN_DETAIL: Schema = {
    **RUN,
    "properties": {
        **RUN["properties"],
        "id": TEXT,
        "command": many(TEXT),
        "folder": TEXT,
        "commit": maybe(TEXT),
        "dirty": maybe({"type": "boolean"}),
        "baseline": maybe(TEXT),
        "output": maybe(TEXT),
        "peak_rss_bytes": maybe(SECONDS),
        "peak_gpu_bytes": maybe(SECONDS),
        "gpu_s": maybe(SECONDS),
        "gpu_idle_s": maybe(SECONDS),
        "energy_wh": maybe(NUMBER),
        "card": many(TEXT),
    },
}
GPUS = record(problem=maybe(TEXT), gpus=many({"type": "object"}))


def check(data: object, schema: Schema) -> None:
    """Raises jsonschema.ValidationError, which names the path, unless `data` fits `schema`."""
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(data)
