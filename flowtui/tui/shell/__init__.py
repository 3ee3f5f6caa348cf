"""What all screens stand on: host, keys, modes, themes, the way to the services."""
