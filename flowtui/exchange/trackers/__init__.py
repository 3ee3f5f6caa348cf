"""Time trackers: past focus out of other programs' exports."""
