"""Other programs' files: read with a dry run first, written as tidy tables."""
