"""Commands on insight and experiments."""
