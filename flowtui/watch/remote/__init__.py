"""What is watched beyond this machine: hosts over SSH, servers, commands that print."""
