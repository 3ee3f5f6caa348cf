"""Training runs: what is known of them, and what it adds up to."""
