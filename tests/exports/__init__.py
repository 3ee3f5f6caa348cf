"""Exports of other programs, made as those programs write them; all values are invented.

`python -m tests.exports FOLDER` writes one of each for a look.
"""
