"""Use cases on the body log."""
