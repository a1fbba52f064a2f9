"""
What an endpoint keeps of a response: its input in pages, its events, its work in the background, its tokens counted.

Retrieving, continuing and deleting one stored response is `conformance.checks.responses.test_state`.
"""
