"""The inputs, one module or package each. They are listed in `collectors.registry`."""
