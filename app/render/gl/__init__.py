"""The body in OpenGL 3.3, in a window or off screen: knows nothing of Qt, and is the only user of moderngl."""
