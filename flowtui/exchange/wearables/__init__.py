"""Watches, rings and phones: sleep and workouts out of their exports."""
