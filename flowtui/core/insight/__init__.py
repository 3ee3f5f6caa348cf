"""What insight says and decides: words, variables, schedules, scores. Standard library alone."""
