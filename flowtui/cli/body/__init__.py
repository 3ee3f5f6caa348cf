"""Commands on the body log."""
