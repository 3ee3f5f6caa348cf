"""What happened: TinyDB over a crash-safe journal, the only writer of user data."""
