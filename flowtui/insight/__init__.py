"""What it adds up to: day table, associations, experiments. numpy alone, never in the app."""
