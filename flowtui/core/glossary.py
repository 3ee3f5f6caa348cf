"""The words that a newcomer cannot know, one line each: for help, the manual page, the README."""

from __future__ import annotations

WORDS = (
    ("block", "One stretch of intended work: an intention, a plan, an outcome."),
    ("gap", "Time inside a block that is not focus, always with its cause."),
    ("interruption", "A key while the clock runs on: I wandered, or I was called."),
    ("park", "Write a thought down and let go of it; it waits in the inbox."),
    ("context", "A part of your life with its own folders, floor and lists."),
    ("mode", "The kind of work: theory, practice, build, share, give."),
    ("floor", "Hours a week that keep something alive; not a goal, no streak."),
    ("guard", "What makes distractions unreachable until the block ends."),
    ("run", "One training job that is watched, so that nobody has to look."),
)
