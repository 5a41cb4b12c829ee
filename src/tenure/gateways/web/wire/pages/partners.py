"""The page before a platform of a partner (PRV-PARTNER): whose notice applies, and the way on."""

from collections.abc import Sequence
from html import escape
from typing import Final

import msgspec

from tenure.gateways.web.wire.pages.frame import Frame, page

WORDS: Final = {
    "en": {
        "title": "Our partners",
        "intro": "Platforms of others that you can reach from here.",
        "leaving": "You are leaving {operator}",
        "notice": (
            "{title} is the platform of somebody else. There the partner's own privacy notice"
            " applies, not ours. We tell the partner nothing about you by this link."
        ),
        "read": "Read the partner's privacy notice",
        "on": "Go on to {place}",
        "stay": "Stay here",
        "none": "There are none.",
    },
    "km": {
        "title": "ដៃគូរបស់យើង",
        "intro": "វេទិការបស់អ្នកដទៃ ដែលអ្នកអាចចូលពីទីនេះ។",
        "leaving": "អ្នកកំពុងចាកចេញពី {operator}",
        "notice": (
            "{title} ជាវេទិការបស់អ្នកដទៃ។ នៅទីនោះ សេចក្តីជូនដំណឹងអំពីឯកជនភាពរបស់ដៃគូត្រូវអនុវត្ត"
            " មិនមែនរបស់យើងទេ។ តាមតំណនេះ យើងមិនប្រាប់ដៃគូអ្វីអំពីអ្នកឡើយ។"
        ),
        "read": "អានសេចក្តីជូនដំណឹងអំពីឯកជនភាពរបស់ដៃគូ",
        "on": "បន្តទៅ {place}",
        "stay": "នៅទីនេះ",
        "none": "មិនមានទេ។",
    },
    "id": {
        "title": "Mitra kami",
        "intro": "Platform pihak lain yang dapat dibuka dari sini.",
        "leaving": "Anda meninggalkan {operator}",
        "notice": (
            "{title} adalah platform pihak lain. Di sana berlaku pemberitahuan privasi mitra itu,"
            " bukan milik kami. Lewat tautan ini mitra tidak kami beri tahu apa pun tentang Anda."
        ),
        "read": "Baca pemberitahuan privasi mitra",
        "on": "Lanjut ke {place}",
        "stay": "Tetap di sini",
        "none": "Tidak ada.",
    },
}
ADDRESS: Final = "/partner"


class Way(msgspec.Struct, frozen=True):
    """A partner's platform, in the language of who reads."""

    name: str
    title: str
    url: str
    notice_url: str

    @property
    def place(self) -> str:
        """The name of the site, as a browser shows it."""
        return self.url.split("/")[2]


def listed(frame: Frame, language: str, found: Sequence[Way]) -> str:
    """The partners; each leads to its page here, and nowhere else."""
    words = WORDS[language]
    items = "".join(
        f"<li><a href='{ADDRESS}/{one.name}?language={language}'>{escape(one.title)}</a></li>"
        for one in found
    )
    body = (
        f"<section class='card' lang='{language}'><h2>{words['title']}</h2>"
        f"<p>{words['intro']}</p><ul>{items or words['none']}</ul></section>"
    )
    return page(frame, words["title"], body)


def before(frame: Frame, language: str, way: Way) -> str:
    """What somebody is told before they go on, with the only link that leads outside."""
    words = WORDS[language]
    operator = escape(frame.operator)
    title = escape(way.title)
    body = (
        f"<section class='card' lang='{language}'>"
        f"<h2>{words['leaving'].format(operator=operator)}</h2>"
        f"<p>{words['notice'].format(title=title)}</p>"
        f"<p><a rel='noopener noreferrer' href='{escape(way.notice_url)}'>{words['read']}</a></p>"
        f"<p><a class='button' rel='noopener noreferrer' href='{escape(way.url)}'>"
        f"{words['on'].format(place=escape(way.place))}</a></p>"
        f"<p><a href='{ADDRESS}?language={language}'>{words['stay']}</a></p></section>"
    )
    return page(frame, title, body)
