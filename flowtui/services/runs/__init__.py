"""Training runs: started, adopted, watched, told of."""
