"""What things mean: pure, standard library only, no I/O; time is an argument."""
