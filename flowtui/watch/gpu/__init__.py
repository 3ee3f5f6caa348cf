"""NVIDIA GPUs by way of the driver's own library (NVML), slowly and without waking one."""
