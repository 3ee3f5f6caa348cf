"""Deep-work blocks in the terminal, for people who train models and write code.

Importing the package costs nothing: it pulls in no other module.
"""

__version__ = "0.4.0"
