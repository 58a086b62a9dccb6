"""The web page: search, read, chart, label and retrain, in Danish, in a browser, on one's own machine."""
