"""One small module for each format of training logs; `registry` finds the one for a file."""
