"""What the machines do: reads GPUs, processes and logs; changes nothing."""
