"""Looking back: sums, a stretch of days as figures, what may be shown of it."""
