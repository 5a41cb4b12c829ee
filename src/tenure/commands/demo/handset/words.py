"""What stands around the phone on the page, in the languages that phones of the packs speak."""

from collections.abc import Mapping
from typing import Final

ENGLISH: Final = "en"
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "own": "English",
        "title": "A phone of the demonstration",
        "invented": "Everybody here is invented. What you do is done: money, locks and consent are"
        " in the database as they would be for a customer.",
        "number": "Number",
        "open": "Pick up this phone",
        "messages": "Messages",
        "dial": "Dial",
        "nothing": "No messages yet. Dial a code, or write to a short number.",
        "to": "To",
        "write": "Message",
        "send": "Send",
        "call": "Call",
        "delete": "Delete the last digit",
        "answer": "Your answer",
        "close": "Close",
        "waiting": "…",
        "unsent": "It was not sent: Tenure is not bound to the message centre. Try again.",
        "over": "The dialogue is over. Dial again.",
        "wrong": "This is no number. Write it as people here do, or as +855…",
        "trouble": "The network does not answer. Try again.",
    },
    "km": {
        "own": "ខ្មែរ",
        "title": "ទូរសព្ទសម្រាប់សាកល្បង",
        "invented": "មនុស្សទាំងអស់នៅទីនេះគ្រាន់តែជាការបង្កើត។ អ្វីដែលអ្នកធ្វើ នឹងត្រូវអនុវត្តពិតប្រាកដក្នុងប្រព័ន្ធ"
        " ដូចសម្រាប់អតិថិជនដែរ។",
        "number": "លេខ",
        "open": "បើកទូរសព្ទនេះ",
        "messages": "សារ",
        "dial": "ចុចលេខ",
        "nothing": "មិនទាន់មានសារទេ។ សូមចុចកូដ ឬផ្ញើសារទៅលេខខ្លី។",
        "to": "ទៅលេខ",
        "write": "សារ",
        "send": "ផ្ញើ",
        "call": "ហៅ",
        "delete": "លុបលេខចុងក្រោយ",
        "answer": "ចម្លើយរបស់អ្នក",
        "close": "បិទ",
        "waiting": "…",
        "unsent": "មិនបានផ្ញើទេ។ សូមព្យាយាមម្តងទៀត។",
        "over": "ការចុចលេខបានបញ្ចប់។ សូមចុចម្តងទៀត។",
        "wrong": "លេខនេះមិនត្រឹមត្រូវទេ។",
        "trouble": "បណ្តាញមិនឆ្លើយតប។ សូមព្យាយាមម្តងទៀត។",
    },
    "id": {
        "own": "Indonesia",
        "title": "Ponsel percobaan",
        "invented": "Semua orang di sini rekaan. Apa yang Anda lakukan sungguh dijalankan di"
        " sistem, seperti untuk pelanggan.",
        "number": "Nomor",
        "open": "Pakai ponsel ini",
        "messages": "Pesan",
        "dial": "Panggil",
        "nothing": "Belum ada pesan. Tekan kode, atau kirim pesan ke nomor pendek.",
        "to": "Kepada",
        "write": "Pesan",
        "send": "Kirim",
        "call": "Panggil",
        "delete": "Hapus angka terakhir",
        "answer": "Jawaban Anda",
        "close": "Tutup",
        "waiting": "…",
        "unsent": "Pesan tidak terkirim. Silakan coba lagi.",
        "over": "Sesi sudah selesai. Silakan panggil lagi.",
        "wrong": "Nomor ini tidak benar.",
        "trouble": "Jaringan tidak menjawab. Silakan coba lagi.",
    },
}


def words_of(language: str) -> Mapping[str, str]:
    """The words of a language, or English."""
    return WORDS.get(language, WORDS[ENGLISH])
