"""What it adds up to: day table, associations and experiments, on numpy."""
