"""The machine underneath: clock, git, notices, hooks and the heartbeat file."""
