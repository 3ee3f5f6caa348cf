"""Screens: they compose and route, they do not compute."""
