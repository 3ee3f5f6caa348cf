"""What the user chose: folders, configuration, keys and themes."""
