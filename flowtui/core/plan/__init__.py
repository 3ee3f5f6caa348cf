"""Planning ahead: what the calendar says, what is meant for today and the days to come."""
