"""A home to try flowtui in: a made-up life, a pretend training, and nothing that stays."""
