"""The body log: what an entry is, and everything that follows from entries. Pure."""
