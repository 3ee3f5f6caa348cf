"""Use cases on blocks."""
