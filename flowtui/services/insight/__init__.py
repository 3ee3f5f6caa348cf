"""Insight as an activity: the day table, the computing process, the log of questions."""
