"""The screens of training runs."""
