"""SLURM: what to ask, and what the answers mean, from 22.05 on."""
