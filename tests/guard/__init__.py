"""Rooms of their own for the guard: namespaces with a hosts file, policies and a network to change."""
