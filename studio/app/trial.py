"""A change that is seen while a person still decides: kept as one undo step, or taken back."""

from __future__ import annotations

from studio.app.document_session import DocumentSession
from studio.core.document import Document, new_id


class Trial:
    """Shows one document after another in place of `before`; all are one undo step named `text`.

    To keep what is shown, forget the trial.
    """

    def __init__(self, session: DocumentSession, text: str) -> None:
        self.before = session.document
        self.active = session.active_id
        self.key = new_id()
        self._session = session
        self._text = text
        self._first = session.undo_stack.index()
        self._shown: Document | None = None
        self._over = False

    @property
    def in_view(self) -> bool:
        """Whether nothing else has changed the document since."""
        return self._session.document is (self._shown or self.before)

    def show(self, document: Document) -> None:
        """Nothing happens once the trial was cancelled: results may come late."""
        if not self._over:
            self._shown = document
            self._session.commit(document, self._text, self.key)

    def cancel(self) -> None:
        """Take back what was shown, unless the person has gone on from there."""
        self._over = True
        stack = self._session.undo_stack
        if self._shown is not None and self.in_view and stack.index() == self._first + 1:
            self._session.show(self.before)
            stack.command(self._first).setObsolete(True)
            stack.undo()  # of what is obsolete only removes it: nothing is left to redo
