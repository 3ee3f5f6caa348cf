"""What must not disturb: changes to the world that can be undone."""
