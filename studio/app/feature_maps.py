"""What the channels of a level see in the picture in view, as small pictures."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.lanes import Lane, LatestWins, once
from studio.app.latent_pictures import SHEETS_AFTER
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.app.qimage import to_qimage
from studio.core.control import RunControl


class FeatureMaps(QObject):
    """Lives in the GUI thread; emits `changed()` when `pictures`, one a channel, are new."""

    changed = Signal()

    def __init__(self, latent: LatentSession, lane: Lane, notifications: Notifications) -> None:
        super().__init__()
        self._latent = latent
        self._notifications = notifications
        self._jobs: LatestWins[list[QImage]] = LatestWins(lane, priority=SHEETS_AFTER, steady=True)
        self._asked: tuple[object, ...] = ()
        self.pictures: list[QImage] = []

    def look_at(self, level: int) -> None:
        """Show a level of the picture in view, unless that is what is shown."""
        card, point = self._latent.card, self._latent.state.point
        if card is None:
            return
        earlier = tuple(bend for bend in point.bends if bend.level < level)
        plain = replace(point, bends=earlier, region=None)  # all that the level depends on
        asked = (card.sha256, plain, level)
        if asked == self._asked:
            return
        self._asked, path = asked, card.path

        def work(_control: RunControl) -> list[QImage]:
            maps = self._latent.memory.get(path).feature_maps(plain, level)
            return [to_qimage(each) for each in maps]

        self._jobs.request(once(work), self._take, on_failed=self._notifications.failed)

    def _take(self, pictures: list[QImage]) -> None:
        self.pictures = pictures
        self.changed.emit()
