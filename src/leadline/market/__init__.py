"""The simulated mobile-securities market, whose truth is known. Analyses never import this room."""
