"""Commands on blocks."""
