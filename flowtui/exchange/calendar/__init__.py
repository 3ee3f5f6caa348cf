"""Calendars as other programs write them (iCalendar, RFC 5545), read in a process of its own.

The one seam to icalendar and recurring-ical-events is `expand`; nothing else of flowtui imports
them, so that a damaged or hostile calendar costs a child process and not the app.
"""
