"""The shapes of responses against OpenAI's schemas: a page, Markdown and JSON."""
