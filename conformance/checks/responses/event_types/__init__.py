"""
The types of events of the Responses API: all of them, what is known of each, and in which order they come.

`table.toml` has one table for each type: the exchange that provokes it, or the recording in which OpenAI sent it. A
type with neither is known from documents alone. One that is not in the table is newer than the suite, or an addition
of an endpoint: OpenAI itself has sent `keepalive`, which no document names. Nobody is judged by such an event.
"""
