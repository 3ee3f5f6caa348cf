"""The lists that come with flowtui, one TOML file each."""
