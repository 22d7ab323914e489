// The module's map follows.
