"""Planning ahead: calendars, planned blocks, what is due."""
