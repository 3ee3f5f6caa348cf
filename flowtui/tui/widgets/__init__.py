"""Widgets that more than one place shows."""
