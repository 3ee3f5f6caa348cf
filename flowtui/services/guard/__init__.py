"""Use cases on the guard."""
