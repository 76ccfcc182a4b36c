"""Parts of reading a service guide: labels, rows, tabs, tables of materials, values."""
