"""What must not disturb: changes the world, undoably. Holds the one privileged program."""
