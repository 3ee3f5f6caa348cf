"""Dialogs: each asks one thing and answers with one value."""
