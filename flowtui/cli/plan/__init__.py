"""Commands on calendars and planned blocks."""
