"""The one privileged program: installed as a root-owned archive and run by the system's Python.

It knows nothing of the rest of flowtui: the standard library of Python 3.9 alone. Whatever it is
sent is taken for hostile until `requests` has read it; what it changes is journalled first.
"""

VERSION = 1
"""Of the protocol; a client of another one is told so."""
