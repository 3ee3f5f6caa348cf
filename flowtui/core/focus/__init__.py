"""Blocks: what one is, what can be done to it, what follows from it."""
