"""The command line: arguments, lists, and the summary in the terminal."""
