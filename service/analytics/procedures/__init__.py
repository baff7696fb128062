"""How a published case is put through the functions of a method, one module per method."""
