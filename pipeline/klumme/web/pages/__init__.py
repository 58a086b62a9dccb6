"""The pages: each a function from what was asked to plain data, which is shown as HTML or given as JSON."""
