"""What a block keeps away, as a person chose it."""
