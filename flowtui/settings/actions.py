"""Every action of the app, defined once: id, place, default key, label, help.

Bindings, footer, help, palette, the manual page and `flowtui keys` come from here. A person
remaps by id in the settings' [keys]; a clash is refused with both names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flowtui.core.lazy_dataclass import dataclass
from flowtui.settings.problems import nearest


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person can do."""

    id: str
    """Stable name, as in [keys] of the settings: "block.pause"."""
    place: str
    """Where the key works: a key of `PLACES`."""
    keys: str
    """Keys in Textual's words, parted by commas."""
    label: str
    """One or two words, for the footer."""
    help: str
    """One sentence, for help, palette and the manual page."""
    footer: bool = True
    """False for what only help and palette name."""
    runs: str = ""
    """Name of the handler where it is not that of the id."""

    @property
    def method(self) -> str:
        """Name of the handler, less its `action_`."""
        return self.runs or self.id.replace(".", "_").replace("-", "_")


PLACES = {
    "app": "everywhere",
    "idle": "Focus, no block running",
    "running": "Focus, a block running",
    "list": "lists",
    "runs": "Runs",
    "run": "Runs, one run",
    "body": "Body",
    "habits": "Body, your habits",
    "insight": "Insight",
    "pair": "Insight, one pattern",
    "review": "Review",
}
MEET = {
    "app": (
        "idle",
        "running",
        "list",
        "runs",
        "run",
        "body",
        "habits",
        "insight",
        "pair",
        "review",
    ),
    "idle": ("app", "list"),
    "running": ("app",),
    "list": ("app", "idle"),
    "runs": ("app",),
    "run": ("app",),
    "body": ("app",),
    "habits": ("app",),
    "insight": ("app",),
    "pair": ("app",),
    "review": ("app",),
}
"""Places whose keys work at the same time."""

ACTIONS: tuple[Action, ...] = (
    Action("block.plan", "idle", "enter,s", "start", "Plan a block and start it."),
    Action(
        "block.again", "idle", "S", "again", "Start at once, going on with what is open.", False
    ),
    Action("block.add", "idle", "a", "add past", "Enter a past block."),
    Action("break.start", "idle", "b", "break", "Take a break; a bell tells when it is over."),
    Action("cycle.choose", "idle", "L", "cycle", "Work and break by turns: 50/10, ...", False),
    Action("parked.open", "idle", "I", "inbox", "Parked thoughts: keep, put off, drop.", False),
    Action("plan.add", "idle", "P", "plan ahead", "Plan a block for later.", False),
    Action("plan.begin", "idle", "B", "begin planned", "Begin the block that is planned.", False),
    Action("plan.later", "idle", "W", "in 15 min", "Have the planned block 15 min later.", False),
    Action("plan.move", "idle", "M", "move planned", "Move the planned block.", False),
    Action("plan.skip", "idle", "N", "not today", "Let the planned block go, this time.", False),
    Action("block.pause", "running", "space", "pause", "Stop the clock, or let it run again."),
    Action("block.wandered", "running", "i", "wandered", "I wandered: note it, the clock runs on."),
    Action("block.called", "running", "o", "called", "I was called: note it, the clock runs on."),
    Action("block.back", "running", "r", "back", "I am back: the time to return is kept.", False),
    Action("block.park", "running", "p", "park", "Write a thought down and let go of it."),
    Action("block.note", "running", "a", "note", "Add a line to the block's notes.", False),
    Action("block.extend", "running", "plus", "15 min", "Move the end of the plan by 15 minutes."),
    Action("block.shorten", "running", "minus", "-5 min", "Bring the end 5 minutes nearer.", False),
    Action("block.finish", "running", "f", "finish", "End the block: outcome, rating, note."),
    Action(
        "block.discard", "running", "X", "discard", "Take a block back as if it never was.", False
    ),
    Action(
        "block.inside", "running", "l", "inside", "Gaps, interruptions and parked thoughts.", False
    ),
    Action("away.take", "running", "A", "away", "The time away was a gap: take it out.", False),
    Action("away.keep", "running", "F", "focus", "The time away was focus: leave it.", False),
    Action("block.edit", "running", "e", "edit", "Change the block: also when it began.", False),
    Action("clock.next", "running", "v", "clock", "Show the time in another way.", False),
    Action("list.show", "list", "right,l", "details", "Everything about a block.", False),
    Action("list.continue", "list", "C", "continue", "Start this block again, with all it had."),
    Action("list.edit", "list", "e", "edit", "Change a block."),
    Action("list.delete", "list", "d", "delete", "Delete a block.", False),
    Action("list.split", "list", "x", "split", "Cut a block in two.", False),
    Action("list.join", "list", "J", "join", "Join a block with the one before it.", False),
    Action("list.filter", "list", "slash", "filter", "Show only what holds a word.", False),
    Action("day.before", "list", "left_square_bracket", "day before", "The day before.", False),
    Action("day.after", "list", "right_square_bracket", "day after", "The day after.", False),
    Action("day.go", "list", "D", "go to day", "Any day, by its name or date.", False),
    Action("run.show", "runs", "enter,right,l", "open", "Curves, findings and log of a run."),
    Action("run.mark", "runs", "m", "mark", "Mark a run, to compare it with others."),
    Action("run.compare", "runs", "v", "compare", "The curves of the marked runs on one plot."),
    Action("run.add", "runs", "a", "add", "Watch a PID, a log, a folder, or all on the GPUs."),
    Action("run.edit", "runs", "e", "rename", "Give a run another name.", False),
    Action(
        "run.baseline", "runs", "H", "baseline", "Hold a run against the one that is marked.", False
    ),
    Action(
        "run.delete", "runs", "d", "forget", "Take a run out of the list; its logs stay.", False
    ),
    Action("run.stop", "runs", "K", "stop", "Ask a run to end, after asking you."),
    Action("run.filter", "runs", "slash", "filter", "Show only runs that hold a word.", False),
    Action("curve.next", "run", "tab,right,l", "metric", "The next metric, with its other half."),
    Action("curve.before", "run", "shift+tab,left,h", "metric before", "The metric before.", False),
    Action("curve.log", "run", "v", "log scale", "Values by their logarithm, or plain."),
    Action("run.log", "run", "L", "output", "The end of what it printed, large or small."),
    Action("run.leave", "run", "escape", "back", "Back to the list."),
    Action("view.next", "body", "tab,right,l", "view", "The next view: today, week, year, ..."),
    Action("view.before", "body", "shift+tab,left,h", "view before", "The view before.", False),
    Action("body.before", "body", "left_square_bracket", "before", "The day, week or year before."),
    Action(
        "body.after", "body", "right_square_bracket", "after", "The day, week or year after.", False
    ),
    Action("body.go", "body", "D", "go to day", "Any day, by its name or date.", False),
    Action("entry.add", "body", "a", "add", "Log something on the day that is shown."),
    Action("entry.edit", "body", "e,enter", "edit", "Change an entry by its line."),
    Action("entry.delete", "body", "d", "delete", "Delete an entry.", False),
    Action("window.turn", "body", "w", "window", "Open the eating window, or close it."),
    Action("habit.new", "body", "n", "new habit", "Name a habit, or a thing to stop.", False),
    Action(
        "habit.list", "body", "L", "habits", "Your habits: rename, merge, archive, delete.", False
    ),
    Action("habit.rename", "habits", "e,enter", "rename", "Another name, in all its records too."),
    Action("habit.merge", "habits", "J", "merge", "Make its records those of another habit."),
    Action("habit.unit", "habits", "V", "unit", "Count it in another unit, its records too."),
    Action("habit.archive", "habits", "Z", "archive", "Ask for it no more, or ask for it again."),
    Action("habit.delete", "habits", "d", "delete", "Forget it, with its records or without."),
    Action("habit.name", "habits", "n", "new", "Name a habit, or a thing to stop.", False),
    Action("habit.leave", "habits", "escape,backspace,L", "back", "Back to Body."),
    Action(
        "insight.next", "insight", "tab,right,l", "view", "The next view: patterns, trials, ..."
    ),
    Action("insight.before", "insight", "shift+tab,left,h", "before", "The view before.", False),
    Action("insight.open", "insight", "enter", "details", "All about a pattern or an experiment."),
    Action("insight.outcome", "insight", "O", "outcome", "Deep minutes, commits, or your rating."),
    Action("insight.noise", "insight", "T", "noise", "Try it on noise: your days, shuffled."),
    Action("insight.cancel", "insight", "escape", "break off", "Break a computation off.", False),
    Action("trial.new", "insight", "E", "experiment", "Put it to the test, days dealt by chance."),
    Action("trial.did", "insight", "y", "did it", "Note that you did it today.", False),
    Action("trial.left", "insight", "Y", "left it", "Note that you left it today.", False),
    Action("trial.stop", "insight", "d", "give up", "Give an experiment up.", False),
    Action("pair.next", "pair", "tab,right,l", "view", "The next view: days, difference, ..."),
    Action("pair.before", "pair", "shift+tab,left,h", "view before", "The view before.", False),
    Action("pair.trial", "pair", "E", "experiment", "Put this pattern to the test."),
    Action("pair.back", "pair", "escape,backspace", "back", "Back to the list."),
    Action("mode.focus", "app", "1", "focus", "Focus: the running block, or today's.", False),
    Action("mode.runs", "app", "2", "runs", "Runs: training runs and GPUs; a look counts.", False),
    Action("mode.body", "app", "3", "body", "Body: energy, sleep, food, movement.", False),
    Action("mode.insight", "app", "4", "insight", "Insight: what goes with output.", False),
    Action("mode.review", "app", "5", "review", "Review: days, weeks, months, years.", False),
    Action(
        "review.next", "review", "tab,right,l", "view", "The next view: day, week, month, year."
    ),
    Action("review.before", "review", "shift+tab,left,h", "view before", "The view before.", False),
    Action("review.earlier", "review", "left_square_bracket", "before", "The one before this one."),
    Action(
        "review.later", "review", "right_square_bracket", "after", "The one after this one.", False
    ),
    Action("review.today", "review", "period", "today", "Back to today.", False),
    Action("review.down", "review", "j,down", "down", "The next day, week or plan.", False),
    Action("review.up", "review", "k,up", "up", "The day, week or plan before.", False),
    Action("review.open", "review", "enter", "open", "Open a day or a week; begin a plan."),
    Action("review.by", "review", "v", "by", "Where the time went: by context, tag, mode, hour."),
    Action("review.questions", "review", "Q", "review", "The week in six questions."),
    Action("review.plan", "review", "P", "plan week", "Lay next week's blocks out."),
    Action("review.move", "review", "M", "move", "Move a planned block.", False),
    Action("review.skip", "review", "N", "not today", "Let a planned block go.", False),
    Action("review.find", "review", "slash", "find", "Find a word in all you wrote.", False),
    Action("review.report", "review", "R", "report", "Write the report of what is shown.", False),
    Action("review.go", "review", "D", "go to day", "Any day, by its name or date.", False),
    Action("app.checkin", "app", "c", "check-in", "The end of the day in a dozen keys.", False),
    Action("app.log", "app", "colon", "log", "Log a line: yoga 30 e6, coffee, energy 4.", False),
    Action("app.undo", "app", "u", "undo", "Take back the last change.", False),
    Action("app.redo", "app", "U", "redo", "Do again what was taken back.", False),
    Action("app.theme", "app", "t", "theme", "Choose a theme; it is shown at once.", False),
    Action(
        "app.palette",
        "app",
        "ctrl+p",
        "palette",
        "Every action by its name.",
        False,
        "command_palette",
    ),
    Action("app.help", "app", "question_mark", "help", "Every key that works here."),
    Action("app.suspend", "app", "ctrl+z", "shell", "Back to the shell; fg returns.", False),
    Action("app.leave", "app", "q,ctrl+q", "leave", "Leave; a running block goes on.", False),
)


def remapped(
    keys: Mapping[str, str], actions: Iterable[Action] = ACTIONS
) -> tuple[tuple[Action, ...], list[str]]:
    """The actions with a person's keys, and what is wrong with those.

    An unknown id, or a key that another action of the same place has, leaves the default.
    """
    by_id = {action.id: action for action in actions}
    problems: list[str] = []
    for id, wanted in keys.items():
        if id not in by_id:
            near = nearest(id, by_id)
            problems.append(
                f"keys.{id}: there is no such action"
                + (f"; did you mean {near}?" if near else "; see: flowtui keys")
            )
            continue
        changed = replace(by_id[id], keys=wanted.replace(" ", ""))
        other = clash(changed, by_id.values())
        if other is not None:
            problems.append(
                f"keys.{id}: {wanted!r} is the key of {other.id} ({other.label}) already; "
                f"give that another key too, first"
            )
            continue
        by_id[id] = changed
    return tuple(by_id.values()), problems


def clash(action: Action, others: Iterable[Action]) -> Action | None:
    """Another action that works in the same place and has one of `action`'s keys."""
    places = (action.place, *MEET[action.place])
    keys = set(action.keys.split(","))
    for other in others:
        if other.id == action.id or other.place not in places:
            continue
        if keys & set(other.keys.split(",")):
            return other
    return None


SHOWN = {
    "escape": "esc",
    "plus": "+",
    "minus": "-",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "right": "→",
    "left": "←",
}


def shown_keys(action: Action) -> str:
    """The keys of an action as people write them: "space, →"."""
    return ", ".join(SHOWN.get(key, key) for key in action.keys.split(","))
