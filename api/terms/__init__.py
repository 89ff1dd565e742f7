"""The terms of service: which texts bind a contract, how they are published, and that they were accepted."""
