"""Reading a page as a browser would, for the tests of the reports."""

from html.parser import HTMLParser


class Elements(HTMLParser):
    """What a page consists of: its elements with their attributes, the text that is shown, and its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.script = ""
        self.within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append((tag, dict(attrs)))
        self.within = tag

    def handle_endtag(self, tag: str) -> None:
        """Forget which element we are in: only scripts and styles matter, and they hold no other."""
        self.within = "" if tag else self.within

    def handle_data(self, data: str) -> None:
        """Note text: of scripts apart, of styles not at all."""
        if self.within == "script":
            self.script += data
        elif self.within != "style":
            self.text += data
