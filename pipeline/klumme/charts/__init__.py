"""Charts as SVG, and the report page made of them."""
