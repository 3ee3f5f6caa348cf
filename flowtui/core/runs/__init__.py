"""Training runs: what was seen of them, what it adds up to, and the verdicts of the rules."""
