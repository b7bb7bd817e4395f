"""The card and the plate of one address, to print: for everybody who may see the address."""
