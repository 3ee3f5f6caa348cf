"""Looking back: reports, things shared and given."""
