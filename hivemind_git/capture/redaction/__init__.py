"""Where the secrets are in a text: pure functions from a text to spans. `capture.redact` replaces them."""
