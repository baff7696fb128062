"""One module per word of the terminal; the contract is at the top of `app.cli`."""
