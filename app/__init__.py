"""The application: devices, threads, files, sockets and windows around the engines."""
