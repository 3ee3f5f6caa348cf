"""Servers of trackers and of figures: MLflow, trackio, Prometheus."""
