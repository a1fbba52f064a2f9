"""Real servers, measured one after the other: installed, started, tested with the whole suite, and stopped."""
