"""Commands on the guard."""
