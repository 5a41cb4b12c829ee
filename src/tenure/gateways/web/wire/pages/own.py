"""The page by which a holder sees the whole tenure of their own number."""

from collections.abc import Sequence
from html import escape
from typing import Final

from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.frame import Frame, hidden, passkey_form
from tenure.gateways.web.wire.pages.line import tenure
from tenure.gateways.web.wire.stories import Signing, Story

TITLE: Final = "My number"
NONE: Final = "You hold no number here."
WORDS: Final = {
    "en": {
        "title": TITLE,
        "why": (
            "See what is held about you and your own numbers, and the proof of it. You show who"
            " you are with the passkey that you registered in a shop; nothing is kept of your"
            " visit."
        ),
        "use": "Show my numbers",
        "not-yours": (
            "This passkey is nobody's here, or it took too long. Try again, or bring it to a shop"
            " with your document."
        ),
        "none-yet": (
            "No passkey yet? A shop registers one, and shows you the same, with your document."
        ),
        "forms": "You only sent a form of our website? This is the page for it:",
        "link": "What we hold of forms",
    },
    "km": {
        "title": "លេខរបស់ខ្ញុំ",
        "why": (
            "សូមមើលអ្វីដែលយើងរក្សាទុកអំពីលោកអ្នក និងលេខរបស់លោកអ្នក ព្រមទាំងភស្តុតាង។"
            " លោកអ្នកបង្ហាញថាជានរណាដោយសោសម្ងាត់ (passkey) ដែលបានចុះឈ្មោះនៅហាង"
            " ហើយគ្មានអ្វីត្រូវបានរក្សាទុកពីការចូលមើលរបស់លោកអ្នកទេ។"
        ),
        "use": "បង្ហាញលេខរបស់ខ្ញុំ",
        "not-yours": (
            "សោសម្ងាត់នេះមិនមែនជារបស់នរណានៅទីនេះទេ ឬចំណាយពេលយូរពេក។"
            " សូមព្យាយាមម្តងទៀត ឬយកវាមកហាងជាមួយឯកសាររបស់លោកអ្នក។"
        ),
        "none-yet": (
            "មិនទាន់មានសោសម្ងាត់មែនទេ? ហាងចុះឈ្មោះវាជូន ហើយបង្ហាញលោកអ្នកដូចគ្នា ដោយមានឯកសាររបស់លោកអ្នក។"
        ),
        "forms": "លោកអ្នកបានផ្ញើតែទម្រង់នៃគេហទំព័រមែនទេ? ទំព័រសម្រាប់វា៖",
        "link": "អ្វីដែលយើងរក្សាទុកពីទម្រង់",
    },
    "id": {
        "title": "Nomor saya",
        "why": (
            "Lihat apa yang disimpan tentang Anda dan nomor Anda, beserta buktinya. Anda"
            " menunjukkan siapa Anda dengan passkey yang didaftarkan di gerai; kunjungan Anda"
            " tidak disimpan."
        ),
        "use": "Tampilkan nomor saya",
        "not-yours": (
            "Passkey ini bukan milik siapa pun di sini, atau terlalu lama. Coba lagi, atau bawa ke"
            " gerai beserta dokumen Anda."
        ),
        "none-yet": (
            "Belum punya passkey? Gerai mendaftarkannya, dan menunjukkan hal yang sama, dengan"
            " dokumen Anda."
        ),
        "forms": "Anda hanya mengirim formulir situs kami? Ini halamannya:",
        "link": "Yang kami simpan dari formulir",
    },
}
NOT_YOURS: Final = "not-yours"


def ask(frame: Frame, signing: Signing, trouble: str = "", language: str = "en") -> str:
    """Who are you?  ``trouble`` names what is told before."""
    words = WORDS[language]
    form = passkey_form("/mine", signing, words["use"], hidden(challenge=signing.challenge))
    body = (
        f"<div lang='{language}'>{parts.said(words[trouble]) if trouble else ''}"
        f"<section class='card narrow'><h2>{words['title']}</h2>"
        f"<p>{words['why']}</p>{form}<p class='note'>{words['none-yet']}</p>"
        f"<p class='note'>{words['forms']} <a href='/site/{language}/held'>{words['link']}</a></p>"
        "</section></div>"
    )
    return parts.page(frame, words["title"], body, scripts=("passkey.js",))


def numbers(frame: Frame, held: Sequence[tuple[str, Story]], agreed: str = "") -> str:
    """The numbers of who was proven to hold them, and what they agreed to."""
    shown = "".join(
        f"<section class='own'><h2 class='number'>{escape(number)}</h2>{tenure(story)}</section>"
        for number, story in held
    )
    return parts.page(frame, TITLE, (shown or parts.said(NONE)) + agreed)
