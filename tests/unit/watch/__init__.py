"""What the machines do."""
