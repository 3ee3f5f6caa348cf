"""The rules: each a pure function from what is seen of a run to a finding, or None."""
