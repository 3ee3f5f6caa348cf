"""The screens of blocks."""
