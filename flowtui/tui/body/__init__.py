"""The screens of the body log."""
