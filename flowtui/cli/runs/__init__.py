"""Commands on training runs."""
