"""What the slices' pages share: templates, static files and the table of the main navigation."""
