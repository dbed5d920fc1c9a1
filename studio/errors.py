"""The one expected error: a sentence for the person, and a way out."""


class StudioError(Exception):
    """Something the person can do something about.

    The message is one sentence that names the thing (a file, a value); the hint says what to do.
    Everything else that is raised is a bug and ends in the crash report.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()
