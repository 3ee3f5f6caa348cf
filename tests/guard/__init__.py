"""Rooms for the guard: namespaces with a hosts file, policies and a network to change."""
