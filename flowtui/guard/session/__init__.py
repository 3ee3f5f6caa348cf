"""What a user's own session can keep away without root: notices, and one's own apps."""
