"""Review: looking back at days, weeks, months, years."""
