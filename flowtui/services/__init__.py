"""One object per activity, tying the parts together; wiring.py builds them all."""
