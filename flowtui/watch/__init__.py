"""What the machines do: reads GPUs, processes and training logs."""
