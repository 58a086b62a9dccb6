"""From passages to tokens and entities, with municipalities and parties linked."""
