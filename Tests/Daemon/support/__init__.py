"""What the black-box tests share. They know the hub by its interface alone: sockets, signals, output and exit codes."""
