"""Planned blocks on the screens of Focus."""
