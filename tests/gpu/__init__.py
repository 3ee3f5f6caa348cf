"""Pretend GPUs: a library that answers as the driver's does, out of a text file."""
